# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who a process is, in words that a person recognises: its name, its unit or container, and the sockets that
it holds."""

import os
import re
from typing import Dict, Iterator, NamedTuple, Optional, Set

# How container engines name control groups: docker-ID.scope, libpod-ID.scope, cri-containerd-ID.scope,
# crio-ID.scope, /docker/ID; lxc.payload.NAME and /lxc/NAME; machine-NAME.scope, systemd-nspawn@NAME.service.
_BY_ID = re.compile(
    r"(?:docker|libpod|containerd|crio|buildkit)[-/]([0-9a-f]{64})(?:\.scope)?(?:/|\Z)|/([0-9a-f]{64})(?:/|\Z)"
)
_BY_NAME = re.compile(
    r"(?:lxc\.payload\.|/lxc/|machine-|systemd-nspawn@)([^/]+?)(?:\.scope|\.service)?(?:/|\Z)"
)
_UNIT = re.compile(r"([^/]+\.(?:service|scope|socket))(?:/|\Z)")
_ESCAPED = re.compile(r"\\x([0-9a-f]{2})")


class Identity(NamedTuple):
    """``container``: its name or the first 12 digits of its id; None where there is none."""

    name: str
    unit: Optional[str]
    container: Optional[str]


def pids(proc: str) -> Iterator[int]:
    """Return the processes that can be seen, the lowest id first."""
    try:
        return iter(sorted(int(name) for name in os.listdir(proc) if name.isdigit()))
    except OSError:
        return iter(())


def identity(proc: str, pid: int) -> Optional[Identity]:
    """Return who a process is, None where it is gone."""
    name = _text(os.path.join(proc, str(pid), "comm"))
    if name is None:
        return None
    # Version 2 of control groups has one line, "0::/PATH"; version 1 has systemd's under a name.
    groups = _text(os.path.join(proc, str(pid), "cgroup")) or ""
    paths = [
        line.split(":", 2)[2]
        for line in groups.splitlines()
        if line.startswith("0::") or ":name=systemd:" in line
    ]
    path = max(paths, key=len, default="")
    return Identity(name[:-1] if name.endswith("\n") else name, _unit(path), _container(path))


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


def _container(path: str) -> Optional[str]:
    match = _BY_ID.search(path)
    if match:
        return (match.group(1) or match.group(2))[:12]
    match = _BY_NAME.search(path)
    return _unescaped(match.group(1)) if match else None


def _unit(path: str) -> Optional[str]:
    units = _UNIT.findall(path)
    return _unescaped(units[-1]) if units else None


def _unescaped(name: str) -> str:
    """Undo systemd's escaping (systemd.unit(5)), as in machine-a\\x2db.scope."""
    return _ESCAPED.sub(lambda match: chr(int(match.group(1), 16)), name)


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
