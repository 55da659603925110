"""Starting hosts, waiting until they answer, ending them: what tests and the command line use."""

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
# A host that reboots or loses its power is noticed.
SSH_CONFIG_WATCH = """\
  ConnectTimeout 5
  ServerAliveInterval 3
  ServerAliveCountMax 2
"""
# One connection for all that a test asks of a host.
SSH_CONFIG_REUSE = """\
  ControlMaster auto
  ControlPersist 60
  ControlPath {folder}/%n.ssh
"""
END_SECONDS = 20
BOOT_SECONDS = 400


class Spec(NamedTuple):
    """A host to start, ``NAME=KIND:SUITE`` in text."""

    name: str
    kind: str
    suite: str

    @classmethod
    def parse(cls, text: str) -> "Spec":
        found = re.fullmatch(r"([a-z0-9-]+)=(\w+):([\w-]+)", text)
        if not found or found.group(2) not in KINDS:
            sys.exit(f"{text!r} is not NAME=KIND:SUITE with one of the kinds {', '.join(KINDS)}.")
        return cls(*found.groups())

    @property
    def machine(self):
        return KINDS[self.kind]


def up(folder: Path, specs: list[Spec], owner: int | None = None) -> None:
    """Start the hosts and return when all of them answer over SSH; end them all if one does not.

    They end with the process ``owner``, if one is named, else by ``down``.
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
    """Return how ssh(1) reaches hosts, by name and port, whose leader's pid is in ``folder``/NAME/leader."""
    sections = [SSH_CONFIG.format(name=name, folder=folder / name, port=port) for name, port in ports.items()]
    everyone = SSH_CONFIG_LOGIN + SSH_CONFIG_WATCH + (SSH_CONFIG_REUSE if reuse else "")
    return "\n".join([*sections, everyone.format(key=images.key(), folder=folder)])


def down(folder: Path) -> None:
    """End the hosts of a folder, and the SSH connections to them that are kept open, and remove the folder."""
    for control in folder.glob("*.ssh"):
        subprocess.run(
            ["ssh", "-F", folder / "ssh_config", "-O", "exit", control.stem],
            check=False,
            stderr=subprocess.DEVNULL,
        )
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
    """Kill a virtual machine, and return when it has booted again; what is asked of it over SSH until then is not waited for."""
    subprocess.run(
        ["ssh", "-F", folder / "ssh_config", "-O", "exit", name], check=False, stderr=subprocess.DEVNULL
    )
    leader = folder / name / "leader"
    pid = leader.read_text()
    os.kill(int(pid), signal.SIGKILL)
    while not leader.exists() or leader.read_text() == pid:
        time.sleep(0.05)
    if not answers(folder / "ssh_config", name, lambda: True, BOOT_SECONDS):
        sys.exit(f"{name} does not answer after the power cut.")


def answers(config: Path, name: str, alive: Callable[[], bool], seconds: float) -> bool:
    """Wait for a host until it answers over SSH; tell whether it did, before it was no longer alive or the time was up."""
    command = ["ssh", "-F", config, name, "true"]
    deadline = time.monotonic() + seconds
    while alive() and time.monotonic() < deadline:
        if (
            subprocess.run(
                command, check=False, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            ).returncode
            == 0
        ):
            return True
        time.sleep(0.2)
    return False


def _wait(folder: Path, spec: Spec, keeper: subprocess.Popen) -> None:
    started = time.monotonic()
    if answers(folder / "ssh_config", spec.name, lambda: keeper.poll() is None, spec.machine.READY_SECONDS):
        print(
            f"{spec.name} ({spec.kind}, {spec.suite}) answers after {time.monotonic() - started:.0f} s",
            flush=True,
        )
        return
    logs = [path.read_text(errors="replace")[-3000:] for path in sorted((folder / spec.name).glob("*.log"))]
    sys.exit(f"{spec.name} ({spec.kind}, {spec.suite}) does not answer.\n" + "\n".join(logs))


def _is_locked(file) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(file, fcntl.LOCK_UN)
    return False
