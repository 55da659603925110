# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds and runs applications that never ask for keepalive: the loader of tcp_keepalive_always arms both
ends of a connection that is open, and of one that comes."""

import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._always import _loader
from applications import PORT
from hosts.sandbox import ESTABLISHED, KEEPALIVE_TIMER, LISTENS, wait

FILES = Path(__file__).parent / "never_asking"
IDLE = 45


class Application(NamedTuple):
    """``build`` and ``run`` are shell commands; ``run`` gets server or client, and the port."""

    name: str
    run: str
    build: str = ""


APPLICATIONS = [
    Application("C", "./never-asks-c", "cc -Wall -Werror -o never-asks-c never_asks.c"),
    Application(
        "C, static", "./never-asks-static", "cc -Wall -Werror -static -o never-asks-static never_asks.c"
    ),
    Application(
        "Go, keepalive off",
        "./never-asks-go",
        "HOME=/tmp GO111MODULE=off CGO_ENABLED=0 go build -o never-asks-go never_asks.go",
    ),
    Application("Rust", "./never-asks-rs", "rustc -o never-asks-rs never_asks.rs"),
    Application("Java, Socket and ServerSocket", "java NeverAsksSocket.java"),
    Application("Java, NIO channels", "java NeverAsksChannel.java"),
    Application("Java, Netty 4", "java -cp '/usr/share/java/*' NeverAsksNetty.java"),
]


@pytest.fixture
def load():
    """Return a function that runs the loader as a boot does."""

    def run(*arguments: str) -> None:
        subprocess.run([sys.executable, "-I", "-S", _loader.__file__, *arguments], check=True)

    yield run
    run("detach")


@pytest.mark.parametrize("application", APPLICATIONS, ids=lambda application: application.name)
def test_the_open_connection_is_armed_and_the_next(sandbox, load, application):
    if application.build:
        sandbox.sh(application.build)
    processes = [sandbox.start(f"exec {application.run} server {PORT}")]
    try:
        wait(lambda: sandbox.sockets(LISTENS), processes[0])

        def connect():
            """Return the keepalive timers of all connections when there is one more, in seconds."""
            processes.append(sandbox.start(f"exec {application.run} client {PORT}"))
            ends = 2 * (len(processes) - 1)
            sockets = wait(
                lambda: found if len(found := sandbox.sockets(ESTABLISHED)) == ends else None, processes[-1]
            )
            return [socket.seconds for socket in sockets if socket.timer == KEEPALIVE_TIMER]

        assert connect() == []
        load("attach", str(IDLE), "7", "9", "-")
        timers = connect()
        assert len(timers) == 4 and all(IDLE - 10 < seconds <= IDLE for seconds in timers)
    finally:
        sandbox.end(processes)
