# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The process that keeps one host running: it boots, reboots and ends it.

    python -m hosts.keeper FOLDER NAME KIND SUITE [OWNER_FD]

It ends on SIGTERM, when the owner (a pidfd) is gone, when the guest has shut down, or after LIFETIME
seconds.
"""

import fcntl
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path

from . import processes
from .nspawn import Nspawn, Privileged, SharedNetwork, Unprivileged
from .qemu import Qemu

KINDS = {
    "nspawn": Nspawn,
    "privileged": Privileged,
    "unprivileged": Unprivileged,
    "shared": SharedNetwork,
    "qemu": Qemu,
}
LIFETIME = 3 * 3600
LEADER_SECONDS = 30


def main() -> None:
    folder, name, kind, suite = Path(sys.argv[1]), *sys.argv[2:5]
    owner = int(sys.argv[5]) if len(sys.argv) > 5 else None
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))
    # The pid in this file is valid as long as the lock is held.
    with open(folder / "keeper.pid", "w") as pid_file:
        fcntl.flock(pid_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        pid_file.write(str(os.getpid()))
        pid_file.flush()
        machine = KINDS[kind](name, suite, folder)
        deadline = time.monotonic() + LIFETIME
        try:
            while boot(machine, folder, owner, deadline):
                print("rebooting", flush=True)
        finally:
            machine.clean_up()


def boot(machine, folder: Path, owner: int | None, deadline: float) -> bool:
    """Run the machine until it ends, or end it; return whether it should boot again."""
    command = [*processes.ENDS_WITH_PARENT, *machine.command()]
    with open(folder / "console.log", "ab") as console:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=console, stderr=console)
    leader = folder / "leader"
    try:
        write_leader(machine, process, leader)
        ended = os.pidfd_open(process.pid)
        poll = select.poll()
        for descriptor in filter(None, (ended, owner)):
            poll.register(descriptor, select.POLLIN)
        events = dict(poll.poll(max(0, deadline - time.monotonic()) * 1000))
        os.close(ended)
        if process.poll() is None:
            sys.exit("the owner is gone" if owner in events else "time is up")
        return machine.boots_again(process.returncode)
    finally:
        leader.unlink(missing_ok=True)
        # Killing the first process of a PID namespace ends the others too; its parent lives on to reap it.
        if process.poll() is None:
            os.kill(processes.only_child(process.pid) or process.pid, signal.SIGKILL)
        process.wait()


def write_leader(machine, process: subprocess.Popen, path: Path) -> None:
    deadline = time.monotonic() + LEADER_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if pid := machine.leader(process.pid):
            path.with_suffix(".new").write_text(str(pid))
            path.with_suffix(".new").rename(path)
            return
        time.sleep(0.05)


if __name__ == "__main__":
    main()
