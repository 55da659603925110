# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What connections have on a test host."""

import json
import time

import pytest

CONNECTION = "python3 /root/connection.py"
SOCKETS = "ss -Htno state established '( sport = :7001 or dport = :7001 )'"
# Connects to the service, and shows the service's ends of its connections.
ACCEPTED = """python3 -c 'import os, socket
held = socket.create_connection(("127.0.0.1", 7001))
os.system("ss -Htno state established sport = :7001")'"""
IN_CONTAINER = "nsenter --net --target=$(podman inspect --format '{{{{.State.Pid}}}}' {}) " + SOCKETS
SECONDS = 60


@pytest.fixture
def ends(host):
    """Return a function that makes a connection and returns what its ends have; ``within`` a command."""

    def make(within="{}"):
        return json.loads(host.check_output(within.format(CONNECTION)))

    return make


@pytest.fixture
def of_the_application(host):
    """Return a function that tells how many connections the service holds, and on how many a keepalive timer
    runs; ``accepted``: its ends of them, with one that is new."""

    def count(accepted=False):
        return timers(host.check_output(ACCEPTED if accepted else SOCKETS))

    return count


@pytest.fixture
def of_a_container(host):
    """Return a function that tells the same of what a container holds; nothing while it does not run."""
    return lambda name: timers(host.run(IN_CONTAINER.format(name)).stdout)


def timers(lines):
    return len(lines.splitlines()), lines.count("timer:(keepalive,")


@pytest.fixture
def comes_to():
    """Return a function that tells whether a look comes to what is expected: units and containers start when
    a command or a boot is done."""

    def wait(look, expected):
        end = time.monotonic() + SECONDS
        while look() != expected and time.monotonic() < end:
            time.sleep(0.3)
        return look() == expected

    return wait
