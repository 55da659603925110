# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet on one machine: Debian hosts in their own namespaces, each with an sshd on loopback.

All share one image, each through its own overlay. Each has its own network settings, and ends with this
process.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from hosts import images
from hosts.client import SSH_CONFIG_LOGIN
from hosts.processes import ENDS_WITH_PARENT, only_child

SUITE = "trixie"
READY_SECONDS = 60

# /proc/sys/net belongs to the namespace; the rest of /proc/sys is the machine's, and so is read-only.
# The first process has an init's name: with another, the module would find a container that does not boot.
INSIDE = """
mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/root"
mount -t proc proc "$2/root/proc"
mount --bind "$2/root/proc/sys" "$2/root/proc/sys"
mount -o remount,bind,ro "$2/root/proc/sys"
mount --bind /proc/sys/net "$2/root/proc/sys/net"
mount --rbind /dev "$2/root/dev"
mount -t tmpfs tmpfs "$2/root/run"
mkdir "$2/root/run/sshd"
ip link set lo up
ln -s /usr/sbin/sshd "$2/root/run/init"
exec chroot "$2/root" /run/init -D -E /sshd.log -o ListenAddress=127.0.0.1 -o LogLevel=VERBOSE
"""
SSH_CONFIG = SSH_CONFIG_LOGIN + "  ProxyCommand nsenter --net={folder}/%n/net nc 127.0.0.1 22\n"


class Fleet:
    """``names``: the hosts' names; ``ssh_config``: the file with which ssh(1) reaches them."""

    def __init__(self, size: int):
        self.names = [f"host{number:03}" for number in range(1, size + 1)]
        # On disk, as the writes of a real host are.
        self.folder = Path(tempfile.mkdtemp(prefix="fleet-", dir="/var/tmp"))
        self.ssh_config = self.folder / "ssh_config"
        self._processes = []

    def __enter__(self) -> "Fleet":
        self.ssh_config.write_text(SSH_CONFIG.format(key=images.key(), folder=self.folder))
        tree = images.tree(SUITE)
        try:
            for name in self.names:
                self._start(tree, self.folder / name)
            for name, process in zip(self.names, self._processes, strict=True):
                self._wait(self.folder / name, process)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error) -> None:
        for process in self._processes:
            process.kill()
        for process in self._processes:
            process.wait()
        shutil.rmtree(self.folder)

    def _start(self, tree: Path, host: Path) -> None:
        for name in ("upper", "work", "root"):
            (host / name).mkdir(parents=True)
        namespaces = ["--net", "--mount", "--pid", "--fork", "--kill-child", "--propagation", "private"]
        command = [*ENDS_WITH_PARENT, "unshare", *namespaces, "sh", "-euc", INSIDE, "sh", tree, host]
        with open(host / "start.log", "w") as log:
            self._processes.append(
                subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            )

    def _wait(self, host: Path, process: subprocess.Popen) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while "Server listening" not in self._log(host):
            if process.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"{host.name} did not start:\n{(host / 'start.log').read_text()}{self._log(host)}")
            time.sleep(0.02)
        (host / "net").symlink_to(f"/proc/{only_child(process.pid)}/ns/net")

    def write(self, name: str, path: str, text: str) -> None:
        """Write an executable file at the root of a host."""
        file = self.folder / name / "upper" / path.lstrip("/")
        file.write_text(text)
        file.chmod(0o755)

    def read(self, name: str, path: str) -> str:
        """Return the text of a file that was written on a host."""
        return (self.folder / name / "upper" / path.lstrip("/")).read_text()

    def clear_log(self, name: str) -> None:
        os.truncate(self.folder / name / "upper/sshd.log", 0)

    def log(self, name: str) -> str:
        """Return the log of a host's sshd since it was cleared."""
        return self._log(self.folder / name)

    def traffic(self, name: str) -> int:
        """Return the bytes that a host's network has carried so far, in both directions, headers included."""
        # /proc/PID/net shows the network namespace of that process.
        devices = (self.folder / name / "net").readlink().parents[1] / "net/dev"
        return int(re.search(r"lo: *(\d+)", devices.read_text()).group(1))

    def _log(self, host: Path) -> str:
        path = host / "upper/sshd.log"
        return path.read_text() if path.exists() else ""
