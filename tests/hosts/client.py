"""Starting hosts, waiting until they answer, ending them: what tests and the command line use."""

import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from . import images
from .keeper import KINDS

SSH_CONFIG = """\
Host {name}
  ProxyCommand nsenter --net=/proc/$(cat {folder}/leader)/ns/net nc 127.0.0.1 {port}
"""
SSH_CONFIG_ALL = """\
Host *
  User root
  IdentityFile {key}
  IdentitiesOnly yes
  BatchMode yes
  StrictHostKeyChecking no
  UserKnownHostsFile /dev/null
  LogLevel ERROR
  ConnectTimeout 5
  ServerAliveInterval 3
  ServerAliveCountMax 2
  ControlMaster auto
  ControlPersist 60
  ControlPath {folder}/%n.ssh
"""
END_SECONDS = 20


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
    sections = [SSH_CONFIG.format(name=spec.name, folder=folder / spec.name, port=spec.machine.SSH_PORT) for spec in specs]
    (folder / "ssh_config").write_text("\n".join([*sections, SSH_CONFIG_ALL.format(key=images.key(), folder=folder)]))
    for spec in specs:
        spec.machine.image(spec.suite)
    try:
        keepers = [_start(folder / spec.name, spec, owner) for spec in specs]
        for spec, keeper in zip(specs, keepers, strict=True):
            _wait(folder, spec, keeper)
    except BaseException:
        down(folder)
        raise


def down(folder: Path) -> None:
    """End the hosts of a folder, and the SSH connections to them that are kept open, and remove the folder."""
    for control in folder.glob("*.ssh"):
        subprocess.run(["ssh", "-F", folder / "ssh_config", "-O", "exit", control.stem], check=False, stderr=subprocess.DEVNULL)
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


def _wait(folder: Path, spec: Spec, keeper: subprocess.Popen) -> None:
    started = time.monotonic()
    answers = ["ssh", "-F", folder / "ssh_config", spec.name, "true"]
    while keeper.poll() is None and time.monotonic() - started < spec.machine.READY_SECONDS:
        if subprocess.run(answers, check=False, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0:
            print(f"{spec.name} ({spec.kind}, {spec.suite}) answers after {time.monotonic() - started:.0f} s", flush=True)
            return
        time.sleep(0.5)
    logs = [path.read_text(errors="replace")[-3000:] for path in sorted((folder / spec.name).glob("*.log"))]
    sys.exit(f"{spec.name} ({spec.kind}, {spec.suite}) does not answer.\n" + "\n".join(logs))


def _is_locked(file) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(file, fcntl.LOCK_UN)
    return False
