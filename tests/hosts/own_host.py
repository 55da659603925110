# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host of the tests' own, so that nothing they do ever reaches another process of the machine: this one is
the first of its PID namespace, and moves into a control group, network and mount namespace of its own."""

import ctypes
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# include/uapi/linux/sched.h
NEW_NAMESPACES = 0x00020000 | 0x02000000 | 0x40000000  # mounts, control groups, network


@contextmanager
def own_host() -> Iterator[None]:
    if os.geteuid() != 0:
        sys.exit("BPF programs need root: run this as root or with sudo.")
    if os.getpid() != 1:
        sys.exit(
            "Run this as the first process of a PID namespace: unshare --pid --fork --mount-proc COMMAND."
        )
    rows = [line.split(" ") for line in Path("/proc/self/mountinfo").read_text().splitlines()]
    mount = next((Path(row[4]) for row in rows if "cgroup2" in row and row[3] == "/"), None)
    if mount is None:
        sys.exit("There is no control group of version 2: mount -t cgroup2 none DIRECTORY.")
    root, earlier = os.open(mount, os.O_RDONLY), current()
    own = f"tcp_keepalive-test-{secrets.token_hex(4)}"
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
        sys.exit(f"No namespaces of our own: {os.strerror(ctypes.get_errno())}.")
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
