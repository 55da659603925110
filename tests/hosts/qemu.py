"""A virtual machine with a kernel of its own: real reboots, and power cuts by killing it."""

import os
import re
import signal
import subprocess
from pathlib import Path

from . import images, processes

MEMORY = "1024"

# In a network namespace of its own, so that the forwarded port is nobody else's.
SCRIPT = 'ip link set lo up; exec "$@"'


class Qemu:
    """The machine of one host; ``folder`` is the host's own."""

    SSH_PORT = 2222
    READY_SECONDS = 400
    image = staticmethod(images.disk)

    def __init__(self, name: str, suite: str, folder: Path):
        self.name, self.folder = name, folder
        self.files = self.image(suite)
        self.disk = folder / "disk.qcow2"
        if not self.disk.exists():
            subprocess.run(
                [
                    "qemu-img",
                    "create",
                    "-q",
                    "-f",
                    "qcow2",
                    "-F",
                    "raw",
                    "-b",
                    self.files / "disk.img",
                    self.disk,
                ],
                check=True,
            )

    def command(self, *more: str) -> list[str]:
        """Return the command that runs the machine; a guest's reboot does not end it."""
        return [
            *("unshare", "--net", "sh", "-euc", SCRIPT, "sh"),
            *(
                "qemu-system-x86_64",
                "-name",
                self.name,
                "-m",
                MEMORY,
                "-smp",
                str(min(2, os.cpu_count() or 1)),
            ),
            *(
                ("-accel", "kvm", "-cpu", "host")
                if has_kvm()
                else ("-accel", "tcg,thread=multi", "-cpu", "max")
            ),
            *("-nodefaults", "-no-user-config", "-display", "none", "-serial", "stdio"),
            *("-kernel", str(self.files / "vmlinuz"), "-initrd", str(self.files / "initrd.img")),
            *("-append", f"root=/dev/vda rw console=ttyS0 quiet systemd.hostname={self.name}"),
            *("-drive", f"file={self.disk},if=virtio,format=qcow2,cache=writeback"),
            *("-netdev", f"user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:{self.SSH_PORT}-:22"),
            *("-device", "virtio-net-pci,netdev=net", "-device", "virtio-rng-pci"),
            *("-qmp", f"unix:{self.folder}/qmp,server=on,wait=off", *more),
        ]

    def boots_again(self, status: int) -> bool:
        """Power that was cut comes back; a guest that shut down stays off."""
        return status == -signal.SIGKILL

    def leader(self, pid: int) -> int | None:
        """Return a process in the machine's network namespace; None until the command is QEMU itself."""
        return pid if processes.command_name(pid).startswith("qemu") else None

    def clean_up(self) -> None:
        """There is nothing outside the host's folder."""


def has_kvm() -> bool:
    """Tell whether the processor can; a /dev/kvm alone starts machines that hang."""
    return os.access("/dev/kvm", os.R_OK | os.W_OK) and bool(
        re.search(r"^flags\s*:.*\b(vmx|svm)\b", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    )
