# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads about processes in /proc, and how to start one that ends with its parent."""

from pathlib import Path

# Prefixes of commands.
ENDS_WITH_PARENT = ["setpriv", "--pdeathsig", "KILL"]
IN_NAMESPACES = [*ENDS_WITH_PARENT, "unshare", "--net", "--mount", "--propagation", "private"]


def only_child(pid: int) -> int | None:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return None
    return int(children[0]) if len(children) == 1 else None


def command_name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def pid_namespaces(pid: int) -> int:
    """Return the number of nested PID namespaces that see the process; 0 if it is gone."""
    return len(_status(pid, "NSpid"))


def arguments(pid: int) -> list[str]:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().split("\0")[:-1]
    except OSError:
        return []


def ancestors(pid: int) -> list[int]:
    """Return the pids of the parent, its parent and so on, up to the first process."""
    parents = []
    while pid > 1:
        pid = int(next(iter(_status(pid, "PPid")), 0))
        if pid:
            parents.append(pid)
    return parents


def _status(pid: int, field: str) -> list[str]:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return []
    return next((line.split()[1:] for line in lines if line.startswith(field + ":")), [])
