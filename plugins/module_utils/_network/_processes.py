# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who a process is, in words that a person recognises: its name, its unit or container, and the sockets that
it holds."""

import os
import re
from typing import Dict, Iterator, NamedTuple, Optional, Set

from . import _containers, _engines
from ._containers import Container

_UNIT = re.compile(r"([^/]+\.(?:service|scope|socket))(?:/|\Z)")


class Identity(NamedTuple):
    """``unit`` and ``container``: None where there is none."""

    name: str
    unit: Optional[str]
    container: Optional[Container]

    def __str__(self) -> str:
        where = self.container or self.unit
        return f"{self.name} ({where})" if where else self.name


def pids(proc: str) -> Iterator[int]:
    """Return the processes that can be seen, the lowest id first."""
    try:
        return iter(sorted(int(name) for name in os.listdir(proc) if name.isdigit()))
    except OSError:
        return iter(())


def identity(root: str, proc: str, pid: int) -> Optional[Identity]:
    """Return who a process is, None where it is gone. ``root`` is a prefix of paths, "" for /."""
    name = _text(os.path.join(proc, str(pid), "comm"))
    if name is None:
        return None
    # Version 2 of control groups has one line, "0::/PATH". Of those of version 1 systemd's tells most.
    groups = _text(os.path.join(proc, str(pid), "cgroup")) or ""
    rows = [line.split(":", 2) for line in groups.splitlines()]
    paths = [path for _number, what, path in rows if what in ("", "name=systemd") and path != "/"]
    path = max(paths or [row[2] for row in rows], key=len, default="")
    container = _containers.of_group(path)
    return Identity(
        name[:-1] if name.endswith("\n") else name,
        _unit(path),
        container and _engines.described(root, container),
    )


def start(proc: str, pid: int) -> float:
    """Return when a process started, in clock ticks since the boot; infinity where it is gone."""
    # Behind the name, which may have any character, it is the 20th field (proc_pid_stat(5)).
    fields = (_text(os.path.join(proc, str(pid), "stat")) or "").rpartition(")")[2].split()
    return int(fields[19]) if len(fields) > 19 else float("inf")


def sockets(proc: str, pid: int) -> Set[int]:
    """Return the inodes of the sockets that a process holds; PermissionError where that may not be seen."""
    inodes = set()
    folder = os.path.join(proc, str(pid), "fd")
    try:
        for descriptor in os.listdir(folder):
            try:
                target = os.readlink(os.path.join(folder, descriptor))
            except FileNotFoundError:
                continue
            if target.startswith("socket:["):
                inodes.add(int(target[len("socket:[") : -1]))
    except (FileNotFoundError, ProcessLookupError):
        return set()
    return inodes


def _unit(path: str) -> Optional[str]:
    units = _UNIT.findall(path)
    return _containers.unescaped(units[-1]) if units else None


def _text(path: str) -> Optional[str]:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return file.read()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return None


def holders(proc: str) -> Dict[int, int]:
    """Return the process that holds each socket, by inode; of several the lowest id. Processes that may not
    be examined are left out."""
    by_inode: Dict[int, int] = {}
    for pid in pids(proc):
        try:
            for inode in sockets(proc, pid):
                by_inode.setdefault(inode, pid)
        except PermissionError:
            continue
    return by_inode
