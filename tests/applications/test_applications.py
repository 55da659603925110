# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds and runs every example; the kernel must show the timer armed as requested, at both ends."""

from pathlib import Path

import pytest
from applications import APPLICATIONS, PORT, table
from hosts.sandbox import ESTABLISHED, KEEPALIVE_TIMER, LISTENS, wait

ROOT = Path(__file__).parents[2]
FILES = ROOT / "examples/applications"


@pytest.mark.parametrize("application", APPLICATIONS, ids=lambda application: application.file)
def test_kernel_shows_the_keepalive_timer_at_both_ends(sandbox, application):
    if application.build:
        sandbox.sh(application.build)
    server = sandbox.start(application.server)
    processes = [server]
    try:
        wait(lambda: any(socket.local_port == PORT for socket in sandbox.sockets(LISTENS)), server)
        client = sandbox.start(
            application.client or f"exec 3<>/dev/tcp/127.0.0.1/{PORT}; sleep 1000".join(("bash -c '", "'"))
        )
        processes.append(client)

        def armed():
            established = sandbox.sockets(ESTABLISHED)
            keepalive = [socket for socket in established if socket.timer == KEEPALIVE_TIMER]
            at_server = [socket for socket in keepalive if socket.local_port == PORT]
            at_client = [socket for socket in keepalive if socket.local_port != PORT]
            return keepalive if at_server and (at_client or not application.client) else None

        for socket in wait(armed, client):
            assert application.idle - 10 < socket.seconds <= application.idle
    finally:
        sandbox.end(processes)


def test_docs_hold_the_current_table():
    assert table() in (ROOT / "docs/guide/applications.md").read_text(), (
        "Paste the output of `python tests/applications/applications.py` there."
    )
