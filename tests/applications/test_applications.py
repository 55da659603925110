# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds and runs every example; the kernel must show the timer armed as requested, at both ends."""

import os
import subprocess
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import pytest
from applications import APPLICATIONS, PORT, table
from hosts import images
from hosts.processes import ENDS_WITH_PARENT, IN_NAMESPACES

ROOT = Path(__file__).parents[2]
SECONDS = 60
TICKS = os.sysconf("SC_CLK_TCK")
ESTABLISHED, LISTENS, KEEPALIVE_TIMER = "01", "0A", "02"

# The image is only read; writes go to memory.
INSIDE = """
mount -t tmpfs tmpfs "$2"; mkdir "$2/upper" "$2/work" "$2/root"
mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/root"
mount -t proc proc "$2/root/proc"; mount --rbind /dev "$2/root/dev"
mount -t tmpfs tmpfs "$2/root/tmp"; chmod 1777 "$2/root/tmp"
cp -r "$3" "$2/root/examples"
ip link set lo up
echo ready
exec sleep 1000
"""


class Socket(NamedTuple):
    """A line of /proc/net/tcp: ``seconds`` until the timer expires."""

    local_port: int
    state: str
    timer: str
    seconds: float


class Sandbox:
    """A Debian with compilers and servers in its own network and mount namespaces."""

    def __init__(self, folder: str):
        self.root = f"{folder}/root"
        arguments = [images.tree("bookworm-applications"), folder, ROOT / "examples/applications"]
        self.process = subprocess.Popen(
            [*IN_NAMESPACES, "sh", "-euc", INSIDE, "sh", *arguments], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout.readline() == "ready\n"

    def close(self):
        self.process.kill()
        self.process.communicate()

    def start(self, command: str) -> subprocess.Popen:
        """Start a shell command in /examples; when it is killed, everything that it started ends too."""
        enter = ["nsenter", f"--target={self.process.pid}", "--net", "--mount"]
        alone = [*ENDS_WITH_PARENT, "unshare", "--pid", "--fork", "--kill-child"]
        path = "PATH=/usr/sbin:/usr/bin:/sbin:/bin"
        inside = ["chroot", self.root, "env", "-i", path, "sh", "-euc", f"cd /examples; {command}"]
        return subprocess.Popen(
            [*enter, *alone, *inside],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def sockets(self) -> list[Socket]:
        """Return every TCP socket. Java uses IPv6 sockets for IPv4 too, so both tables are read."""
        sockets = []
        tables = [
            Path(f"/proc/{self.process.pid}/net/{name}").read_text().splitlines()[1:]
            for name in ("tcp", "tcp6")
        ]
        for fields in (line.split() for lines in tables for line in lines):
            timer, expires = fields[5].split(":")
            port = int(fields[1].partition(":")[2], 16)
            sockets.append(Socket(port, fields[3], timer, int(expires, 16) / TICKS))
        return sockets


@pytest.fixture(scope="module")
def sandbox():
    with tempfile.TemporaryDirectory(prefix="applications-") as folder:
        opened = Sandbox(folder)
        yield opened
        opened.close()


def wait(condition, process: subprocess.Popen):
    """Return the condition's value once it is true; fail if the process ends or the time is up."""
    deadline = time.monotonic() + SECONDS
    while not (value := condition()):
        assert process.poll() is None, process.stdout.read().decode()
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return value


@pytest.mark.parametrize("application", APPLICATIONS, ids=lambda application: application.file)
def test_kernel_shows_the_keepalive_timer_at_both_ends(sandbox, application):
    if application.build:
        built = sandbox.start(application.build)
        output, _none = built.communicate(timeout=SECONDS)
        assert built.returncode == 0, output.decode()
    server = sandbox.start(application.server)
    processes = [server]
    try:
        wait(lambda: [socket for socket in sandbox.sockets() if socket[:2] == (PORT, LISTENS)], server)
        client = sandbox.start(
            application.client or f"exec 3<>/dev/tcp/127.0.0.1/{PORT}; sleep 1000".join(("bash -c '", "'"))
        )
        processes.append(client)

        def armed():
            established = [socket for socket in sandbox.sockets() if socket.state == ESTABLISHED]
            keepalive = [socket for socket in established if socket.timer == KEEPALIVE_TIMER]
            at_server = [socket for socket in keepalive if socket.local_port == PORT]
            at_client = [socket for socket in keepalive if socket.local_port != PORT]
            return keepalive if at_server and (at_client or not application.client) else None

        for socket in wait(armed, client):
            assert application.idle - 10 < socket.seconds <= application.idle
    finally:
        for process in processes:
            process.kill()
            process.communicate()
        # The next application needs the port.
        wait(
            lambda: not any(socket.state in (LISTENS, ESTABLISHED) for socket in sandbox.sockets()),
            sandbox.process,
        )


def test_docs_hold_the_current_table():
    assert table() in (ROOT / "docs/guide/applications.md").read_text(), (
        "Paste the output of `python tests/applications/applications.py` there."
    )
