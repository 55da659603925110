"""Every example is built and run, and the kernel must show the keepalive timer armed with the value asked for, at both ends."""

import os
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from applications import APPLICATIONS, PORT, table
from hosts import images

ROOT = Path(__file__).parents[2]
SECONDS = 60
TICKS = os.sysconf("SC_CLK_TCK")
ESTABLISHED, LISTENS, KEEPALIVE_TIMER = "01", "0A", "02"

# The image is only looked at; what is written goes to memory.
INSIDE = """
mount -t tmpfs tmpfs "$2"; mkdir "$2/upper" "$2/work" "$2/root"
mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/root"
mount -t proc proc "$2/root/proc"; mount --rbind /dev "$2/root/dev"; mount -t tmpfs tmpfs "$2/root/tmp"; chmod 1777 "$2/root/tmp"
cp -r "$3" "$2/root/examples"
ip link set lo up
echo ready
exec sleep 1000
"""


class Sandbox:
    """A Debian with compilers and servers, in namespaces of its own: net, mount and PID, so that all of it ends together."""

    def __init__(self, folder: str):
        self.root = f"{folder}/root"
        alone = ["setpriv", "--pdeathsig", "KILL", "unshare", "--net", "--mount", "--propagation", "private"]
        arguments = [images.tree("bookworm-applications"), folder, ROOT / "examples/applications"]
        self.process = subprocess.Popen(
            [*alone, "sh", "-euc", INSIDE, "sh", *arguments], stdout=subprocess.PIPE, text=True
        )
        assert self.process.stdout.readline() == "ready\n"

    def close(self):
        self.process.kill()
        self.process.communicate()

    def start(self, command: str) -> subprocess.Popen:
        """Start a shell command in /examples; it, and all that it starts, end when it is killed."""
        enter = ["nsenter", f"--target={self.process.pid}", "--net", "--mount"]
        alone = ["setpriv", "--pdeathsig", "KILL", "unshare", "--pid", "--fork", "--kill-child"]
        path = "PATH=/usr/sbin:/usr/bin:/sbin:/bin"
        inside = ["chroot", self.root, "env", "-i", path, "sh", "-euc", f"cd /examples; {command}"]
        return subprocess.Popen(
            [*enter, *alone, *inside],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def connections(self) -> list[tuple[int, str, str, float]]:
        """Return (local port, state, timer, seconds) of every TCP socket; Java's are those of IPv6 for both."""
        found = []
        tables = [
            Path(f"/proc/{self.process.pid}/net/{name}").read_text().splitlines()[1:]
            for name in ("tcp", "tcp6")
        ]
        for fields in (line.split() for lines in tables for line in lines):
            kind, when = fields[5].split(":")
            found.append((int(fields[1].partition(":")[2], 16), fields[3], kind, int(when, 16) / TICKS))
        return found


@pytest.fixture(scope="module")
def sandbox():
    with tempfile.TemporaryDirectory(prefix="applications-") as folder:
        opened = Sandbox(folder)
        yield opened
        opened.close()


def wait(condition, process: subprocess.Popen):
    deadline = time.monotonic() + SECONDS
    while not (found := condition()):
        assert process.poll() is None, process.stdout.read().decode()
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return found


@pytest.mark.parametrize("application", APPLICATIONS, ids=lambda one: one.file)
def test_kernel_shows_the_timer(sandbox, application):
    if application.build:
        built = sandbox.start(application.build)
        output, _none = built.communicate(timeout=SECONDS)
        assert built.returncode == 0, output.decode()
    server = sandbox.start(application.server)
    processes = [server]
    try:
        wait(lambda: [one for one in sandbox.connections() if one[:2] == (PORT, LISTENS)], server)
        client = sandbox.start(
            application.client or f"exec 3<>/dev/tcp/127.0.0.1/{PORT}; sleep 1000".join(("bash -c '", "'"))
        )
        processes.append(client)

        def ends():
            established = [one for one in sandbox.connections() if one[1] == ESTABLISHED]
            at_server = [one for one in established if one[0] == PORT and one[2] == KEEPALIVE_TIMER]
            at_client = [one for one in established if one[0] != PORT and one[2] == KEEPALIVE_TIMER]
            return at_server + at_client if at_server and (at_client or not application.client) else None

        for _port, _state, _timer, seconds in wait(ends, client):
            assert application.idle - 10 < seconds <= application.idle
    finally:
        for process in processes:
            process.kill()
            process.communicate()
        # The next one needs the port.
        wait(
            lambda: not any(one[1] in (LISTENS, ESTABLISHED) for one in sandbox.connections()),
            sandbox.process,
        )


def test_docs_have_the_table():
    assert table() in (ROOT / "docs/guide/applications.md").read_text(), (
        "Put the output of `python tests/applications/applications.py` there."
    )
