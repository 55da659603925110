# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Debian in which programs run that this machine need not have, and the sockets that the kernel shows."""

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from . import images
from .processes import ENDS_WITH_PARENT, IN_NAMESPACES

SECONDS = 60
TICKS = os.sysconf("SC_CLK_TCK")
ESTABLISHED, LISTENS = "01", "0A"
KEEPALIVE_TIMER = "02"

# The image is only read; writes go to memory.
INSIDE = """
mount -t tmpfs tmpfs "$2"; mkdir "$2/upper" "$2/work" "$2/root"
mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/root"
mount -t proc proc "$2/root/proc"; mount --rbind /dev "$2/root/dev"
mount -t tmpfs tmpfs "$2/root/tmp"; chmod 1777 "$2/root/tmp"
cp -r "$3" "$2/root/files"
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
    """It has network and mount namespaces of its own, and a copy of ``files`` in /files."""

    def __init__(self, image: str, folder: Path, files: Path):
        self.root = f"{folder}/root"
        arguments = [images.tree(image), folder, files]
        self.process = subprocess.Popen(
            [*IN_NAMESPACES, "sh", "-euc", INSIDE, "sh", *arguments], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout.readline() == "ready\n"

    def close(self):
        self.process.kill()
        self.process.communicate()

    def start(self, command: str) -> subprocess.Popen:
        """Start a shell command in /files; when it is killed, all that it started ends."""
        enter = ["nsenter", f"--target={self.process.pid}", "--net", "--mount"]
        alone = [*ENDS_WITH_PARENT, "unshare", "--pid", "--fork", "--kill-child"]
        path = "PATH=/usr/sbin:/usr/bin:/sbin:/bin"
        inside = ["chroot", self.root, "env", "-i", path, "sh", "-euc", f"cd /files; {command}"]
        return subprocess.Popen(
            [*enter, *alone, *inside],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def sh(self, command: str) -> str:
        """Run a shell command that has to succeed, and return what it prints."""
        process = self.start(command)
        output, _none = process.communicate(timeout=SECONDS)
        assert process.returncode == 0, output.decode()
        return output.decode()

    def sockets(self, state: str) -> list[Socket]:
        """Return the TCP sockets in a state. Java uses IPv6 sockets for IPv4 too, so both tables are read."""
        sockets = []
        tables = [
            Path(f"/proc/{self.process.pid}/net/{name}").read_text().splitlines()[1:]
            for name in ("tcp", "tcp6")
        ]
        for fields in (line.split() for lines in tables for line in lines):
            timer, expires = fields[5].split(":")
            port = int(fields[1].partition(":")[2], 16)
            sockets.append(Socket(port, fields[3], timer, int(expires, 16) / TICKS))
        return [socket for socket in sockets if socket.state == state]

    def end(self, processes: list[subprocess.Popen]) -> None:
        """End processes, and wait until their sockets are gone: the next application needs the port."""
        for process in processes:
            process.kill()
            process.communicate()
        wait(lambda: not self.sockets(LISTENS) + self.sockets(ESTABLISHED), self.process)


def wait(condition: Callable[[], object], process: subprocess.Popen):
    """Return the condition's value once it is true; fail if the process ends or the time is up."""
    deadline = time.monotonic() + SECONDS
    while not (value := condition()):
        assert process.poll() is None, process.stdout.read().decode()
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return value
