# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A virtual machine with its own kernel: it really reboots, and killing it cuts its power."""

import os
import re
import signal
import subprocess
from pathlib import Path

from . import images, processes

MEMORY = "1024"
KVM = ("-accel", "kvm", "-cpu", "host")
# One processor: several that are emulated wait for each other's locks. And an old one: what newer ones have
# takes longer to emulate; without svm, so that no guest loads its own KVM.
EMULATION = ("-accel", "tcg", "-cpu", "qemu64,-svm")
FASTER = "quiet mitigations=off"

# In its own network namespace, so that the forwarded port cannot collide with another machine's.
SCRIPT = 'ip link set lo up; exec "$@"'


class Qemu:
    """A virtual machine that is one host, with its files in ``folder``."""

    SSH_PORT = 2222
    READY_SECONDS = 900
    image = staticmethod(images.disk)

    def __init__(self, name: str, suite: str, folder: Path):
        self.name, self.folder = name, folder
        self.files = self.image(suite)
        self.disk = folder / "disk.qcow2"
        if not self.disk.exists():
            create_overlay(self.disk, self.files / "disk.img", "raw")

    def command(self, *more: str) -> list[str]:
        """Return the command that runs the machine; a guest's reboot does not end it."""
        return [
            *("unshare", "--net", "sh", "-euc", SCRIPT, "sh"),
            *("qemu-system-x86_64", "-name", self.name, "-m", MEMORY),
            *(KVM if has_kvm() else EMULATION),
            *("-nodefaults", "-no-user-config", "-display", "none", "-serial", "stdio"),
            *("-kernel", str(self.files / "vmlinuz"), "-initrd", str(self.files / "initrd.img")),
            *("-append", f"root=/dev/vda rw console=ttyS0 {FASTER} systemd.hostname={self.name}"),
            *("-drive", f"file={self.disk},if=virtio,format=qcow2,cache=writeback"),
            *("-netdev", f"user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:{self.SSH_PORT}-:22"),
            *("-device", "virtio-net-pci,netdev=net", "-device", "virtio-rng-pci"),
            *("-qmp", f"unix:{self.folder}/qmp,server=on,wait=off", *more),
        ]

    def boots_again(self, status: int) -> bool:
        """Return whether the power was cut, after which it comes back; a guest that shut down stays off."""
        return status == -signal.SIGKILL

    def leader(self, pid: int) -> int | None:
        """Return the pid of a process in the machine's network namespace; None until the command is QEMU."""
        return pid if processes.command_name(pid).startswith("qemu") else None

    def clean_up(self) -> None:
        """Do nothing: there is nothing outside the host's folder."""


def create_overlay(disk: Path, base: Path, base_format: str) -> None:
    """Create a qcow2 disk that holds only the differences from its base."""
    command = ["qemu-img", "create", "-q", "-f", "qcow2", "-F", base_format, "-b", base, disk]
    subprocess.run(command, check=True)


def has_kvm() -> bool:
    """Return whether KVM works; where the processor lacks it, machines hang even though /dev/kvm exists."""
    return os.access("/dev/kvm", os.R_OK | os.W_OK) and bool(
        re.search(r"^flags\s*:.*\b(vmx|svm)\b", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    )
