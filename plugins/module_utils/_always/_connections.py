# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connections that are open on a host, in every network namespace, chosen by control group."""

import os
from collections import Counter
from contextlib import suppress
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Set

from .. import _kernel
from .._network import _namespaces, _sockets
from ._own_times import own_times

Warn = Callable[[str], object]


class Groups(NamedTuple):
    """Control groups by number: the connections of some only, or of all but some."""

    only: Optional[Set[int]]
    but: Set[int]

    @property
    def have_all(self) -> bool:
        return self.only is None and not self.but

    def have(self, number: int) -> bool:
        return number not in self.but if self.only is None else number in self.only


class Connections(NamedTuple):
    """``counts``: as the info module's; ``armed``: of each connection, by inode, the milliseconds until its
    keepalive timer expires, 0 for none; ``no_inode``: how many no process has accepted yet, with the kernel's
    own."""

    counts: Dict[str, int]
    armed: Dict[int, int]
    no_inode: int


def groups(root: int, on: List[str], exceptions: List[str]) -> Groups:
    """Return the groups that the program covers: ``on`` and what is below, or all where the root is among
    them, without ``exceptions`` and what is below those."""
    only = None if "." in on else _numbers(root, on)
    return Groups(only, _numbers(root, exceptions))


def _numbers(root: int, paths: List[str]) -> Set[int]:
    """Return the numbers of groups and those below them: the inodes of their folders."""
    numbers: Set[int] = set()
    for path in paths:
        with suppress(FileNotFoundError):
            for _path, _folders, _files, folder in os.fwalk(path, dir_fd=root):
                numbers.add(os.fstat(folder).st_ino)
    return numbers


def look(root: str, proc: str, groups: Groups, warn: Warn) -> Connections:
    """Return the established connections; ``warn`` gets what could not be seen. ``root`` is a prefix of
    paths, "" for /."""
    others = _namespaces.look_into_others(root, proc, lambda: _look_here(proc, groups), warn)
    parts = [_look_here(proc, groups), *(seen for _namespace, seen in others if seen)]
    counts: "Counter[str]" = Counter()
    armed: Dict[int, int] = {}
    for part in parts:
        counts.update(part["counts"])
        armed.update(part["armed"])
        for note in part["notes"]:
            warn(note)
    no_inode = sum(part["no_inode"] for part in parts)
    return Connections({name: counts[name] for name in parts[0]["counts"]}, armed, no_inode)


def _look_here(proc: str, groups: Groups) -> Dict[str, Any]:
    """Return those of this process's network namespace, as JSON carries them."""
    notes: List[str] = []
    sockets = _sockets.established(proc, notes.append) or _sockets.none()
    if not groups.have_all:
        sockets = sockets.pick([row for row, group in enumerate(sockets.groups) if groups.have(group)])
    time = _kernel.read(proc)["time"]
    _sockets.leave_out_chosen(sockets, time, lambda inodes: own_times(proc, inodes))
    armed = {
        inode: expires if timer == _sockets.KEEPALIVE_TIMER else 0
        for inode, timer, expires in zip(sockets.inodes, sockets.timers, sockets.expires)
        if inode
    }
    return {
        "counts": _sockets.counts(sockets, time),
        "armed": list(armed.items()),
        "no_inode": sockets.inodes.count(0),
        "notes": notes,
    }
