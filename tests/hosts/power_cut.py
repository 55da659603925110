# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Cuts the power during a play and right after it, many times, on a machine that was booted once.

    python -m hosts.power_cut FOLDER SUITE PLAYBOOK FILE [--after N] [--during N] [--seed SEED]

The machine is the host SUITE in FOLDER, and FILE is the one that the play writes.
The machine's memory and disk are saved as they are now. For each cut, a copy resumes from there, gets the
play, and is killed: after the play has reported success, or at a random moment in the second half of the
play, which is when hosts change. Then its disk is mounted, which replays the journal as a boot would, and
that disk's own systemd-sysctl is run on it in a network namespace. Each cut prints one line of JSON: when it
came, the text of FILE afterwards, and the values that the boot tool sets.
"""

import argparse
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from . import client, images, peers, processes
from .qemu import Qemu, create_overlay

SECONDS = 120
NAMES = ("time", "intvl", "probes")
SETTING = "/proc/sys/net/ipv4/tcp_keepalive_"

BOOT = f"""
mount -t proc proc "$1/proc"
chroot "$1" /usr/lib/systemd/systemd-sysctl > /dev/null 2>&1 || true
exec cat {SETTING}time {SETTING}intvl {SETTING}probes
"""


def save(machine: Qemu, target: Path) -> None:
    """Write a running machine's memory and disk to a folder, and let the machine continue."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(machine.folder / "qmp"))
        stream = connection.makefile("rw")
        stream.readline()
        command(stream, "qmp_capabilities")
        # As fast as the disk allows.
        command(stream, "migrate-set-parameters", {"max-bandwidth": 1 << 40})
        command(stream, "migrate", {"uri": f"exec:cat > {target}/memory"})
        while command(stream, "query-migrate")["status"] != "completed":
            time.sleep(0.1)
        shutil.copy(machine.disk, target / "base.qcow2")
        command(stream, "cont")


def command(stream, name: str, arguments: dict | None = None) -> dict:
    """Run a command of QEMU's monitor (docs/interop/qmp-spec), and return its answer."""
    stream.write(json.dumps({"execute": name, "arguments": arguments or {}}) + "\n")
    stream.flush()
    while "return" not in (answer := json.loads(stream.readline())):
        if "error" in answer:
            raise RuntimeError(f"{name}: {answer['error']['desc']}")
    return answer["return"]


class Copy:
    """A copy of the saved machine, which resumes where it was saved."""

    def __init__(self, suite: str, saved: Path, folder: Path):
        self.name, self.folder = suite, folder
        create_overlay(folder / "disk.qcow2", saved / "base.qcow2", "qcow2")
        machine = Qemu(suite, suite, folder)
        resume = [*processes.ENDS_WITH_PARENT, *machine.command("-incoming", f"exec:cat {saved}/memory")]
        with open(folder / "console.log", "w") as console:
            self.process = subprocess.Popen(resume, stdin=subprocess.DEVNULL, stdout=console, stderr=console)
        self.config = folder / "ssh_config"
        self.config.write_text(client.ssh_config(folder, {suite: Qemu.SSH_PORT}, reuse=False))
        while machine.leader(self.process.pid) is None:
            time.sleep(0.02)
        (folder / suite).mkdir()
        (folder / suite / "leader").write_text(str(self.process.pid))
        if not client.answers(self.config, suite, lambda: self.process.poll() is None, SECONDS):
            log = (folder / "console.log").read_text(errors="replace")
            sys.exit(f"The copy of {suite} did not answer.\n{log[-3000:]}")

    def cut(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def recovered(self, file: str) -> tuple[str | None, list[int]]:
        """Return a file's text once the disk's journal is replayed, and the values the boot tool sets."""
        disk = self.folder / "disk.img"
        convert = ["qemu-img", "convert", "-q", "-O", "raw", self.folder / "disk.qcow2", disk]
        subprocess.run(convert, check=True)
        with images.mounted(disk) as root:
            path = Path(f"{root}{file}")
            text = path.read_text("latin-1") if path.exists() else None
            boot = ["unshare", "--net", "--mount", "--propagation", "private", "sh", "-euc", BOOT, "sh", root]
            done = subprocess.run(boot, check=True, capture_output=True, text=True)
        return text, [int(number) for number in done.stdout.split()]


def play(machine: Copy, playbook: Path) -> subprocess.Popen:
    settings = {
        "ansible_user": "root",
        "ansible_python_interpreter": "/usr/bin/python3",
        "ansible_ssh_common_args": f"-F {machine.config}",
        "ansible_ssh_args": "-C",
    }
    # As if started from a shell, whatever play this is part of.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    environment |= {"ANSIBLE_PIPELINING": "1", "ANSIBLE_COLLECTIONS_PATH": str(peers.collections())}
    return subprocess.Popen(
        ["ansible-playbook", "-i", f"{machine.name},", str(playbook), "-e", json.dumps(settings)],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def trial(suite: str, saved: Path, playbook: Path, file: str, moment: float | None) -> dict:
    """Run the play on a copy and cut its power ``moment`` seconds after the start; None: after success."""
    with tempfile.TemporaryDirectory(prefix="cut-") as folder:
        machine = Copy(suite, saved, Path(folder))
        started = time.monotonic()
        running = play(machine, playbook)
        try:
            output, _none = running.communicate(timeout=SECONDS if moment is None else moment)
        except subprocess.TimeoutExpired:
            output = None
        seconds = time.monotonic() - started
        machine.cut()
        if output is None:
            running.communicate(timeout=SECONDS)
        elif running.returncode != 0:
            sys.exit(f"The play failed before the power was cut:\n{output}")
        text, boot = machine.recovered(file)
        return {
            "playbook": playbook.stem,
            "host": suite,
            "succeeded": output is not None,
            "seconds": round(seconds, 2),
            "boot": boot,
            "file": text,
        }


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="hosts.power_cut", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("suite")
    parser.add_argument("playbook", type=Path)
    parser.add_argument("file")
    parser.add_argument("--after", type=int, default=3, help="how many cuts after success")
    parser.add_argument("--during", type=int, default=3, help="how many cuts during the play")
    parser.add_argument("--seed", type=int, help="seed of the random moments")
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory(prefix="saved-") as folder:
        saved = Path(folder)
        save(Qemu(arguments.suite, arguments.suite, arguments.folder / arguments.suite), saved)
        records = [cut(arguments, saved, None) for _number in range(arguments.after)]
        fastest = min(record["seconds"] for record in records)
        during = 0
        # In the first half the controller is getting ready. If a play is the fastest so far, the cut may come
        # after success, and then does not count here.
        while during < arguments.during:
            during += not cut(arguments, saved, chance.uniform(fastest / 2, fastest))["succeeded"]


def cut(arguments: argparse.Namespace, saved: Path, moment: float | None) -> dict:
    record = trial(arguments.suite, saved, arguments.playbook, arguments.file, moment)
    print(json.dumps(record), flush=True)
    return record


if __name__ == "__main__":
    main()
