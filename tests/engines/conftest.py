# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Booted test hosts reached over SSH, a Galaxy server with the collection, and the example fleet."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import yaml
from galaxy import Galaxy, copy_tree
from hosts import client

ROOT = Path(__file__).parents[2]
FLEET = ROOT / "examples/fleet"
BIN = Path(sys.executable).parent
SECONDS = 120
RELEASE = "0.2.0"
# One image for three, with Debian's ansible-core; only one host pulls.
HOSTS = {name: "nspawn:trixie-pull" for name in ("puller", "one", "two")} | {"lxc": "privileged:trixie-lxc"}


def run(*command, cwd=None, **environment):
    """Run a command of this virtual environment, and return the completed process."""
    return subprocess.run(
        [*map(str, command)],
        cwd=cwd,
        env={**os.environ, "PATH": f"{BIN}:{os.environ['PATH']}", **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


def succeed(*command, cwd=None, **environment):
    done = run(*command, cwd=cwd, **environment)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


class Hosts:
    """The test hosts of a folder."""

    def __init__(self, folder: Path):
        self.config = folder / "ssh_config"

    def run(self, name, script):
        return run("ssh", "-F", self.config, name, script)

    def sh(self, name, script):
        done = self.run(name, script)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def kernel(self, name):
        values = self.sh(
            name, "cd /proc/sys/net/ipv4; cat tcp_keepalive_time tcp_keepalive_intvl tcp_keepalive_probes"
        ).split()
        return dict(zip(("time", "intvl", "probes"), map(int, values), strict=True))

    def inventory(self, path: Path, **hosts):
        """Write an inventory of hosts, given by name with their own variables."""
        common = {
            "ansible_user": "root",
            "ansible_ssh_common_args": f"-F {self.config}",
            # Replaces Ansible's connection sharing, which distinguishes hosts by name only.
            "ansible_ssh_args": "-C",
            "ansible_python_interpreter": "/usr/bin/python3",
        }
        path.write_text(json.dumps({"all": {"hosts": hosts, "vars": common}}))
        return path


@pytest.fixture(scope="session")
def hosts():
    if os.geteuid() != 0:
        pytest.fail("Test hosts need root: run this as root or with sudo.")
    # A short path, for the sockets in it.
    folder = Path(tempfile.mkdtemp(prefix="hosts-"))
    try:
        specs = [client.Spec.parse(f"{name}={image}") for name, image in HOSTS.items()]
        client.up(folder / "up", specs, os.getpid())
        yield Hosts(folder / "up")
    finally:
        client.down(folder / "up")
        shutil.rmtree(folder)


def git(folder, *arguments, **environment):
    author = ["-c", "user.name=test", "-c", "user.email=test@example.com"]
    return succeed("git", "-C", folder, *author, *arguments, **environment)


def commit(folder, message):
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)


@pytest.fixture(scope="session")
def requirement():
    """Return the collection that the example requires: its name and range of versions."""
    return yaml.safe_load((FLEET / "collections/requirements.yml").read_text())["collections"][0]


@pytest.fixture(scope="session")
def galaxy(tmp_path_factory):
    """Return a Galaxy server that offers the tree as it is now, as a release that the example accepts."""
    folder = tmp_path_factory.mktemp("galaxy")
    (folder / "served").mkdir()
    server = Galaxy(copy_tree(ROOT, folder / "tree"), folder / "served")
    server.publish(RELEASE)
    return server


@pytest.fixture
def fleet(tmp_path):
    """Return a git repository with the example's files."""
    folder = tmp_path / "fleet"
    shutil.copytree(FLEET, folder)
    git(folder, "init", "--quiet", "--initial-branch=main")
    commit(folder, "The example")
    return folder
