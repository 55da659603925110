# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real plays against this machine's kernel, in a network and mount namespace for each test.

Its /etc/sysctl.d is empty, and its keepalive settings are the kernel's defaults, as on a new host.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

KERNEL = "/proc/sys/net/ipv4/tcp_keepalive_"
NAMES = ("time", "intvl", "probes")
FOLDER = "/etc/sysctl.d"
DROPIN = f"{FOLDER}/99-tcp-keepalive.conf"
BIN = Path(sys.executable).parent
SECONDS = 120

INSIDE = (
    f"mkdir -p {FOLDER}; mount -t tmpfs -o mode=755 tmpfs {FOLDER}; echo ready; exec sleep {10 * SECONDS}"
)


def pytest_addoption(parser):
    parser.addoption(
        "--target-python", action="append", help="a Python that runs the modules; repeat it to test several"
    )


def pytest_generate_tests(metafunc):
    if "target_python" in metafunc.fixturenames:
        pythons = metafunc.config.getoption("--target-python") or [sys.executable]
        metafunc.parametrize("target_python", pythons, ids=[Path(python).name for python in pythons])


class Namespace:
    """A host on this machine, with its own network namespace and its own view of the file system."""

    def __init__(self, folder: Path, target_python: str):
        if os.geteuid() != 0:
            pytest.fail("These tests need network namespaces: run them as root or with sudo.")
        self.folder = folder
        self.variables = {"ansible_connection": "local", "ansible_python_interpreter": target_python}
        alone = ["setpriv", "--pdeathsig", "KILL", "unshare", "--net", "--mount", "--propagation", "private"]
        self.process = subprocess.Popen([*alone, "sh", "-euc", INSIDE], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "ready\n"

    def close(self):
        self.process.kill()
        self.process.communicate()

    def run(self, *command):
        """Run a command inside, and return the completed process."""
        enter = ["nsenter", f"--target={self.process.pid}", "--net", "--mount", f"--wdns={self.folder}"]
        return subprocess.run(
            [*enter, *map(str, command)],
            # With pipelining, a task is one execution on the host, and leaves no file of code there.
            env={**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", "ANSIBLE_PIPELINING": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )

    def sh(self, script):
        done = self.run("sh", "-euc", script)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def playbook(self, name, *arguments, inventory="host,", **variables):
        """Run a playbook, given by FQCN or path, with the variables as extra variables."""
        extra = json.dumps({**self.variables, **variables})
        return self.run("ansible-playbook", "-i", inventory, name, "-e", extra, *arguments)

    def module(self, name="tcp_keepalive", *arguments, **options):
        """Run a module, and return its result, with all that was printed to stderr as ``warnings``."""
        command = ["ansible", "-i", "host,", "host", "-e", json.dumps(self.variables)]
        task = ["-m", f"netops.tcp_keepalive.{name}", "-a", json.dumps(options) if options else ""]
        done = self.run(*command, *task, *arguments)
        status, arrow, result = done.stdout.partition("=>")
        assert arrow, done.stdout + done.stderr
        return {
            **json.loads(result),
            "failed": "FAILED!" in status,
            "warnings": " ".join(done.stderr.split()),
        }

    def kernel(self):
        return {name: int(self.sh(f"cat {KERNEL}{name}")) for name in NAMES}

    def file(self, path=DROPIN):
        """Return the file's text, None if there is no file."""
        done = self.run("cat", path)
        return done.stdout if done.returncode == 0 else None

    def state(self):
        """Return all that a run could change: the values, and each file's metadata and checksum."""
        return self.kernel(), self.sh(
            f"cd {FOLDER}; stat -c '%n %i %Y %Z %a %u %g' . $(ls -A); cat $(ls -A) /dev/null | cksum"
        )


@pytest.fixture
def namespace(tmp_path, target_python):
    tmp_path.chmod(0o755)
    opened = Namespace(tmp_path, target_python)
    yield opened
    opened.close()
