"""Power cuts in the middle of a play and right after it, over and over, in a machine that was booted once.

    python -m hosts.power_cut FOLDER SUITE PLAYBOOK FILE [--after N] [--during N] [--seed SEED]

The machine is the host SUITE in the folder, and FILE the one that the play writes.
The machine's memory and disk are saved as they are now. For each cut a copy goes on from there, gets the play, and is killed:
after the play has reported success, or at a random moment in the second half of its time, which is when hosts change. Then
its disk is mounted, which replays the journal as a boot would, and the real systemd-sysctl of that disk is run on it in a
network namespace. One line of JSON tells of each cut: when it came, what FILE then is, and what the boot tool sets.
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

from . import client, images, peers
from .qemu import Qemu

SECONDS = 120
NAMES = ("time", "intvl", "probes")
SETTING = "/proc/sys/net/ipv4/tcp_keepalive_"

BOOT = f"""
mount -t proc proc "$1/proc"
chroot "$1" /usr/lib/systemd/systemd-sysctl > /dev/null 2>&1 || true
exec cat {SETTING}time {SETTING}intvl {SETTING}probes
"""


def save(machine: Qemu, target: Path) -> None:
    """Write the memory of a running machine and its disk to a folder, and let it go on."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(machine.folder / "qmp"))
        stream = connection.makefile("rw")
        stream.readline()
        ask(stream, "qmp_capabilities")
        # Written once, as fast as the disk takes it.
        ask(stream, "migrate-set-parameters", {"max-bandwidth": 1 << 40})
        ask(stream, "migrate", {"uri": f"exec:cat > {target}/memory"})
        while ask(stream, "query-migrate")["status"] != "completed":
            time.sleep(0.1)
        shutil.copy(machine.disk, target / "base.qcow2")
        ask(stream, "cont")


def ask(stream, command: str, arguments: dict | None = None) -> dict:
    """Give QEMU's monitor a command (docs/interop/qmp-spec), and return the answer."""
    stream.write(json.dumps({"execute": command, "arguments": arguments or {}}) + "\n")
    stream.flush()
    while "return" not in (answer := json.loads(stream.readline())):
        if "error" in answer:
            raise RuntimeError(f"{command}: {answer['error']['desc']}")
    return answer["return"]


class Copy:
    """A copy of the saved machine, going on from where it was saved."""

    def __init__(self, suite: str, saved: Path, folder: Path):
        self.name, self.folder = suite, folder
        disk = folder / "disk.qcow2"
        subprocess.run(
            ["qemu-img", "create", "-q", "-f", "qcow2", "-F", "qcow2", "-b", saved / "base.qcow2", disk],
            check=True,
        )
        machine = Qemu(suite, suite, folder)
        command = [
            "setpriv",
            "--pdeathsig",
            "KILL",
            *machine.command("-incoming", f"exec:cat {saved}/memory"),
        ]
        with open(folder / "console.log", "w") as console:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=console, stderr=console)
        self.config = folder / "ssh_config"
        self.config.write_text(client.ssh_config(folder, {suite: Qemu.SSH_PORT}, reuse=False))
        while machine.leader(self.process.pid) is None:
            time.sleep(0.02)
        (folder / suite).mkdir()
        (folder / suite / "leader").write_text(str(self.process.pid))
        if not client.answers(self.config, suite, lambda: self.process.poll() is None, SECONDS):
            sys.exit(
                f"The copy of {suite} does not answer.\n{(folder / 'console.log').read_text(errors='replace')[-3000:]}"
            )

    def cut(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def recovered(self, file: str) -> tuple[str | None, list[int]]:
        """Return what is in a file of the disk once its journal is replayed, and what the real boot tool sets."""
        disk = self.folder / "disk.img"
        subprocess.run(
            ["qemu-img", "convert", "-q", "-O", "raw", self.folder / "disk.qcow2", disk], check=True
        )
        with images.mounted(disk) as root:
            path = Path(f"{root}{file}")
            text = path.read_text("latin-1") if path.exists() else None
            boot = ["unshare", "--net", "--mount", "--propagation", "private", "sh", "-euc", BOOT, "sh", root]
            done = subprocess.run(boot, check=True, capture_output=True, text=True)
        return text, [int(number) for number in done.stdout.split()]


def play(machine: Copy, playbook: Path) -> subprocess.Popen:
    command = ["ansible-playbook", "-i", f"{machine.name},", str(playbook)]
    settings = {
        "ansible_user": "root",
        "ansible_python_interpreter": "/usr/bin/python3",
        "ansible_ssh_common_args": f"-F {machine.config}",
        "ansible_ssh_args": "-C",
    }
    # As from a shell of its own, whatever play this is a part of.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    environment |= {"ANSIBLE_PIPELINING": "1", "ANSIBLE_COLLECTIONS_PATH": str(peers.collections())}
    return subprocess.Popen(
        [*command, "-e", json.dumps(settings)],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def trial(suite: str, saved: Path, playbook: Path, file: str, moment: float | None) -> dict:
    """Run the play in a copy and cut its power ``moment`` seconds after the start, or after success (None)."""
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
    parser.add_argument("--seed", type=int, help="of the random moments")
    given = parser.parse_args()
    chance = random.Random(given.seed)
    with tempfile.TemporaryDirectory(prefix="saved-") as folder:
        saved = Path(folder)
        save(Qemu(given.suite, given.suite, given.folder / given.suite), saved)
        records = [cut(given, saved, None) for _number in range(given.after)]
        fastest = min(record["seconds"] for record in records)
        during = 0
        # The first half is the controller getting ready. A play that was faster than ever before is one more cut after success.
        while during < given.during:
            during += not cut(given, saved, chance.uniform(fastest / 2, fastest))["succeeded"]


def cut(given: argparse.Namespace, saved: Path, moment: float | None) -> dict:
    record = trial(given.suite, saved, given.playbook, given.file, moment)
    print(json.dumps(record), flush=True)
    return record


if __name__ == "__main__":
    main()
