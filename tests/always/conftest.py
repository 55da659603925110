# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tests run on a host of their own: this process moves into a control group, network and mount namespace
that nothing else is in, so that no program of theirs ever reaches the machine's own group."""

import ctypes
import json
import os
import signal
import subprocess
from pathlib import Path

import pytest
from ansible.module_utils import basic
from ansible.module_utils.common import warnings
from ansible_collections.netops.tcp_keepalive.plugins.modules import tcp_keepalive_always

# include/uapi/linux/sched.h
NEW_NAMESPACES = 0x00020000 | 0x02000000 | 0x40000000  # mounts, control groups, network


@pytest.fixture(scope="session", autouse=True)
def host_of_its_own():
    if os.geteuid() != 0:
        pytest.exit("BPF programs need root: run this as root or with sudo.", returncode=1)
    rows = [line.split(" ") for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    mount = next((Path(row[4]) for row in rows if "cgroup2" in row and row[3] == "/"), None)
    if mount is None:
        pytest.exit("There is no control group of version 2: mount -t cgroup2 none DIRECTORY.", returncode=1)
    root, earlier = os.open(mount, os.O_RDONLY), current()
    own = f"tcp_keepalive-test-{os.getpid()}"
    os.mkdir(own, dir_fd=root)
    try:
        move(root, own)
        leave_the_machine(mount)
        yield
    finally:
        move(root, earlier)
        os.rmdir(own, dir_fd=root)
        os.close(root)


def leave_the_machine(mount: Path) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(NEW_NAMESPACES) != 0:
        pytest.exit(f"No namespaces of our own: {os.strerror(ctypes.get_errno())}.", returncode=1)
    for command in (
        ["mount", "--make-rprivate", "/"],
        ["umount", "--lazy", str(mount)],
        ["mount", "-t", "cgroup2", "none", str(mount)],
        ["mount", "-t", "bpf", "none", "/sys/fs/bpf"],
        ["ip", "link", "set", "lo", "up"],
    ):
        subprocess.run(command, check=True)


def move(root: int, group: str) -> None:
    """Move this process to a control group below the root."""
    descriptor = os.open(f"{group}/cgroup.procs", os.O_WRONLY, dir_fd=root)
    os.write(descriptor, str(os.getpid()).encode())
    os.close(descriptor)


def current() -> str:
    """Return the control group of this process, below the root."""
    lines = Path("/proc/self/cgroup").read_text().splitlines()
    return next(line[3:] for line in lines if line.startswith("0::")).strip("/") or "."


@pytest.fixture
def root(tmp_path):
    """Return a folder for the host's files, as of one that boots with systemd."""
    for folder in ("etc/systemd/system", "usr/lib/systemd", "usr/bin", "sbin"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "usr/lib/systemd/systemd").touch()
    (tmp_path / "usr/bin/python3").touch()
    (tmp_path / "sbin/init").symlink_to(tmp_path / "usr/lib/systemd/systemd")
    return tmp_path


@pytest.fixture
def always(root, capsys, monkeypatch):
    """Return a function that runs the module and returns its result."""

    def run(check_mode=False, diff=False, **options):
        arguments = {**options, "_ansible_check_mode": check_mode, "_ansible_diff": diff}
        warnings._global_warnings.clear()
        monkeypatch.setattr(tcp_keepalive_always, "ROOT", str(root))
        monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode())
        monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
        try:
            with pytest.raises(SystemExit):
                tcp_keepalive_always.main()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, [])
        return json.loads(capsys.readouterr().out)

    return run
