# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures a run of ansible-playbook on a fleet, and counts what it sends to a host."""

import json
import os
import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import NamedTuple

from fleet import Fleet
from hosts import peers

FORKS = 20
# Connections stay open between runs, so that a run measures the tasks and not the logins. The playbook apply
# uses become, which is skipped where the remote user is known to be root.
CONFIG = f"""\
[defaults]
forks = {FORKS}
gathering = explicit
interpreter_python = {{python}}
remote_user = root
[connection]
pipelining = true
[ssh_connection]
ssh_args = -C -o ControlMaster=auto -o ControlPersist=3600
"""
PLAYBOOKS = Path(__file__).parent / "contenders"
SAMPLE_SECONDS = 0.5

# Stands in for a host's Python, and records how many bytes of code and data it is given.
COUNTING_PYTHON = """\
#!/bin/sh -eu
payload=$(mktemp)
cat > "$payload"
wc -c < "$payload" >> /payloads
/usr/bin/python3 "$@" < "$payload"
"""


class Usage(NamedTuple):
    """``seconds`` from start to end; the controller's ``processor`` seconds and peak ``memory`` in bytes."""

    seconds: float
    processor: float
    memory: int


class Counts(NamedTuple):
    """What one run sends to one host.

    ``executions``: sessions, file transfers included; ``payload``: bytes that the host's Python reads;
    ``wire``: bytes of the whole connection, in both directions, compressed.
    """

    executions: int
    payload: int
    wire: int


class Controller:
    """Runs playbooks on a fleet, all with the same settings."""

    def __init__(self, fleet: Fleet, folder: Path, python: str = "/usr/bin/python3"):
        self._fleet = fleet
        self._output = folder / "output.log"
        self._control = folder / "control"
        config = folder / "ansible.cfg"
        config.write_text(CONFIG.format(python=python))
        self._environment = {
            **os.environ,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "ANSIBLE_CONFIG": str(config),
            "ANSIBLE_HOME": str(folder),
            "ANSIBLE_COLLECTIONS_PATH": str(peers.collections()),
            "ANSIBLE_SSH_COMMON_ARGS": f"-F {fleet.ssh_config}",
            "ANSIBLE_SSH_CONTROL_PATH_DIR": str(self._control),
        }

    def __enter__(self) -> "Controller":
        return self

    def __exit__(self, *_error) -> None:
        self.disconnect()

    def disconnect(self) -> None:
        """Close the connections that earlier runs left open."""
        for control in self._control.glob("*") if self._control.exists() else ():
            close = ["ssh", "-o", f"ControlPath={control}", "-O", "exit", "any"]
            subprocess.run(close, check=False, stderr=subprocess.DEVNULL)

    def run(self, playbook: str, hosts: list[str], changes: bool, values: dict[str, int]) -> Usage:
        """Run a playbook on hosts; exit unless it changed all of them, or none, as ``changes`` expects."""
        inventory = f"--inventory={','.join(hosts)},"
        extra = f"--extra-vars={json.dumps(values)}"
        command = ["ansible-playbook", inventory, PLAYBOOKS / f"{playbook}.yml", extra]
        with open(self._output, "w") as log:
            start = time.monotonic()
            process = subprocess.Popen(
                command, env=self._environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
            watch = MemoryWatch(process.pid)
            _pid, status, used = os.wait4(process.pid, 0)
            seconds = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        text = self._output.read_text()
        recap = re.findall(r"^(\w+) +: ok=\d+ +changed=(\d+) +unreachable=0 +failed=0 ", text, re.MULTILINE)
        as_expected = [name for name, count in recap if (count != "0") == changes]
        if process.returncode or sorted(as_expected) != sorted(hosts):
            sys.exit(f"{playbook}: {'all' if changes else 'none'} of the hosts should have changed:\n{text}")
        return Usage(seconds, used.ru_utime + used.ru_stime, watch.peak())


def count(fleet: Fleet, folder: Path, playbook: str, changes: bool, values: dict[str, int]) -> Counts:
    """Run a playbook on the first host, over its own connection, and count on the host what arrives."""
    host = fleet.names[0]
    fleet.write(host, "/counting-python", COUNTING_PYTHON)
    fleet.write(host, "/payloads", "")
    fleet.clear_log(host)
    before = fleet.traffic(host)
    with Controller(fleet, folder, "/counting-python") as controller:
        controller.run(playbook, [host], changes, values)
    executions = fleet.log(host).count("Starting session: ")
    payload = sum(map(int, fleet.read(host, "/payloads").split()))
    return Counts(executions, payload, fleet.traffic(host) - before)


class MemoryWatch(threading.Thread):
    """Samples the memory of a process and its descendants, with shared pages counted once (PSS)."""

    def __init__(self, pid: int):
        super().__init__(daemon=True)
        self._pid = pid
        self._peak = 0
        self.start()

    def run(self) -> None:
        while memory := _memory(self._pid):
            self._peak = max(self._peak, memory)
            time.sleep(SAMPLE_SECONDS)

    def peak(self) -> int:
        self.join()
        return self._peak


def _memory(pid: int) -> int:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        own = re.search(r"^Pss: +(\d+) kB", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
    except OSError:
        return 0
    return (int(own.group(1)) * 1024 if own else 0) + sum(_memory(int(child)) for child in children)
