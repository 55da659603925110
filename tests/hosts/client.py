# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts hosts, waits until they answer, and ends them; for tests and the command line."""

import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from . import images
from .keeper import KINDS

SSH_CONFIG = """\
Host {name}
  ProxyCommand nsenter --net=/proc/$(cat {folder}/leader)/ns/net nc 127.0.0.1 {port}
"""
SSH_CONFIG_LOGIN = """\
Host *
  User root
  IdentityFile {key}
  IdentitiesOnly yes
  BatchMode yes
  StrictHostKeyChecking no
  UserKnownHostsFile /dev/null
  LogLevel ERROR
"""
# So that a host that reboots or loses power is noticed soon. QEMU accepts a connection before its guest does:
# an attempt that is given up keeps the guest busy all the same.
SSH_CONFIG_WATCH = """\
  ConnectTimeout 30
  ServerAliveInterval 3
  ServerAliveCountMax 2
"""
# One connection for everything that a test runs on a host.
SSH_CONFIG_REUSE = """\
  ControlMaster auto
  ControlPersist 600
  ControlPath {folder}/%n.ssh
"""
END_SECONDS = 20
BOOT_SECONDS = 900


class Spec(NamedTuple):
    """A host to start, ``NAME=KIND:SUITE`` in text."""

    name: str
    kind: str
    suite: str

    @classmethod
    def parse(cls, text: str) -> "Spec":
        match = re.fullmatch(r"([a-z0-9-]+)=(\w+):([\w-]+)", text)
        if not match or match.group(2) not in KINDS:
            sys.exit(f"{text!r} is not NAME=KIND:SUITE with one of the kinds {', '.join(KINDS)}.")
        return cls(*match.groups())

    @property
    def machine(self):
        return KINDS[self.kind]


def up(folder: Path, specs: list[Spec], owner: int | None = None) -> None:
    """Start the hosts and return when all of them answer over SSH; if one does not, end them all and exit.

    They end with the process ``owner`` (a pid) if there is one, and otherwise when ``down`` is called.
    """
    folder.mkdir(parents=True)
    (folder / "ssh_config").write_text(
        ssh_config(folder, {spec.name: spec.machine.SSH_PORT for spec in specs})
    )
    for spec in specs:
        spec.machine.image(spec.suite)
    try:
        keepers = [_start(folder / spec.name, spec, owner) for spec in specs]
        for spec, keeper in zip(specs, keepers, strict=True):
            _wait(folder, spec, keeper)
    except BaseException:
        down(folder)
        raise


def ssh_config(folder: Path, ports: dict[str, int], reuse: bool = True) -> str:
    """Return ssh(1)'s configuration for hosts, ports by name, whose leader's pid is in FOLDER/NAME/leader."""
    sections = [SSH_CONFIG.format(name=name, folder=folder / name, port=port) for name, port in ports.items()]
    everyone = SSH_CONFIG_LOGIN + SSH_CONFIG_WATCH + (SSH_CONFIG_REUSE if reuse else "")
    return "\n".join([*sections, everyone.format(key=images.key(), folder=folder)])


def down(folder: Path) -> None:
    """End the hosts of a folder and the SSH connections kept open to them, and remove the folder."""
    for control in folder.glob("*.ssh"):
        _disconnect(folder, control.stem)
    for path in folder.glob("*/keeper.pid"):
        with open(path) as pid_file:
            deadline = time.monotonic() + END_SECONDS
            if _is_locked(pid_file):
                os.kill(int(pid_file.read()), signal.SIGTERM)
            while _is_locked(pid_file) and time.monotonic() < deadline:
                time.sleep(0.05)
    if folder.exists():
        shutil.rmtree(folder)


def _start(folder: Path, spec: Spec, owner: int | None) -> subprocess.Popen:
    folder.mkdir()
    owner_fd = [os.pidfd_open(owner)] if owner else []
    command = [sys.executable, "-m", "hosts.keeper", folder, *spec, *map(str, owner_fd)]
    with open(folder / "keeper.log", "w") as log:
        return subprocess.Popen(
            command,
            pass_fds=owner_fd,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
        )


def cut(folder: Path, name: str) -> None:
    """Kill a virtual machine, and return when it has rebooted; SSH sessions still open are abandoned."""
    _disconnect(folder, name)
    leader = folder / name / "leader"
    pid = leader.read_text()
    os.kill(int(pid), signal.SIGKILL)
    while not leader.exists() or leader.read_text() == pid:
        time.sleep(0.05)
    if not answers(folder / "ssh_config", name, lambda: True, BOOT_SECONDS):
        sys.exit(f"{name} did not answer after the power cut.")


def answers(config: Path, name: str, alive: Callable[[], bool], seconds: float) -> bool:
    """Return whether a host answered over SSH while ``alive`` was true and before the seconds were over."""
    command = ["ssh", "-F", config, name, "true"]
    deadline = time.monotonic() + seconds
    while alive() and time.monotonic() < deadline:
        done = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if done.returncode == 0:
            return True
        time.sleep(0.2)
    return False


def _wait(folder: Path, spec: Spec, keeper: subprocess.Popen) -> None:
    started = time.monotonic()
    if answers(folder / "ssh_config", spec.name, lambda: keeper.poll() is None, spec.machine.READY_SECONDS):
        seconds = time.monotonic() - started
        print(f"{spec.name} ({spec.kind}, {spec.suite}) answered after {seconds:.0f} s", flush=True)
        return
    logs = [path.read_text(errors="replace")[-3000:] for path in sorted((folder / spec.name).glob("*.log"))]
    sys.exit(f"{spec.name} ({spec.kind}, {spec.suite}) did not answer.\n" + "\n".join(logs))


def _disconnect(folder: Path, name: str) -> None:
    """End the SSH connection to a host that is kept open."""
    command = ["ssh", "-F", folder / "ssh_config", "-O", "exit", name]
    subprocess.run(command, check=False, stderr=subprocess.DEVNULL)


def _is_locked(file) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(file, fcntl.LOCK_UN)
    return False
