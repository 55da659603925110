# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Containers with their own init, in a network namespace whose settings start afresh at every boot."""

import os
import time
from contextlib import suppress
from pathlib import Path

from . import images, processes

# systemd-nspawn(1): with --keep-unit, it ends with this status when the guest reboots.
REBOOT_STATUS = 133
CLEAN_UP_SECONDS = 10

ISOLATE = ["--mount", "--propagation", "private", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]

# nspawn needs a /run that is not on disk. Killing the first process of a PID namespace ends the whole guest.
SCRIPT = """
folder=$1 image=$2 name=$3 options=$4; shift 4
for cgroup; do echo 0 > "$cgroup/cgroup.procs"; done
ip link set lo up
mount -t tmpfs tmpfs /run
mount -t overlay overlay -o "lowerdir=$image,upperdir=$folder/upper,workdir=$folder/work" "$folder/root"
export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1
exec systemd-nspawn --quiet --directory="$folder/root" --machine="$name" --hostname="$name" --boot \
  --register=no --keep-unit --console=read-only --link-journal=no $options
"""


class Nspawn:
    """A container that is one host, with its files in ``folder``."""

    SSH_PORT = 22
    READY_SECONDS = 60
    OWNER = 0
    OPTIONS = "--private-network"
    image = staticmethod(images.tree)

    def __init__(self, name: str, suite: str, folder: Path):
        self.name, self.folder = name, folder
        self.root = self.image(suite)
        for layer in ("upper", "work", "root"):
            (folder / layer).mkdir(exist_ok=True)
        os.chown(folder / "upper", self.OWNER, self.OWNER)
        self.cgroups = [Path(mountpoint, f"test-host-{name}-{os.getpid()}") for mountpoint in cgroup_mounts()]
        for cgroup in self.cgroups:
            cgroup.mkdir()

    def command(self) -> list[str]:
        """Return the command that boots the machine once."""
        arguments = [str(self.folder), str(self.root), self.name, self.OPTIONS, *map(str, self.cgroups)]
        return ["unshare", *ISOLATE, "sh", "-euc", SCRIPT, "sh", *arguments]

    def boots_again(self, status: int) -> bool:
        return status == REBOOT_STATUS

    def leader(self, pid: int) -> int | None:
        """Return the pid of the guest's first process, None while there is none; ``pid`` is the command's."""
        nspawn = processes.only_child(pid)
        child = processes.only_child(nspawn) if nspawn else None
        # nspawn first has an intermediate child, which is not in the guest's PID namespace.
        return child if child and processes.pid_namespaces(child) > processes.pid_namespaces(nspawn) else None

    def clean_up(self) -> None:
        """Remove the host's cgroups, which are busy until the last process of the guest is gone."""
        deadline = time.monotonic() + CLEAN_UP_SECONDS
        for cgroup in self.cgroups:
            while cgroup.exists() and time.monotonic() < deadline:
                for path in sorted(cgroup.glob("**/"), reverse=True):
                    with suppress(OSError):
                        path.rmdir()
                time.sleep(0.05)


class Unprivileged(Nspawn):
    """The same in a user namespace: its root has no privileges outside."""

    OWNER = images.OWNERS
    OPTIONS = f"--private-network --private-users={images.OWNERS}:65536"
    image = staticmethod(images.unprivileged_tree)


class Privileged(Nspawn):
    """The same with what an engine for containers needs, and programs on control groups."""

    SYSTEM_CALLS = ("@mount", "@keyring", "bpf", "pidfd_open", "pidfd_getfd")
    OPTIONS = " ".join(
        ["--private-network", "--capability=all", *(f"--system-call-filter={name}" for name in SYSTEM_CALLS)]
    )


class SharedNetwork(Nspawn):
    """The same with its host's network, so that /proc/sys/net is read-only inside."""

    OPTIONS = ""


def cgroup_mounts() -> list[str]:
    """Return the mount points of the cgroup hierarchies that a guest's systemd could manage."""
    mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    return [
        mount[1]
        for mount in mounts
        if mount[2] == "cgroup2" or (mount[2] == "cgroup" and "name=systemd" in mount[3])
    ]
