# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What keepalive does for the sockets of a host, in this network namespace and in the others."""

import os
import socket
from collections import Counter
from functools import partial
from typing import Any, Callable, Dict, List, Optional, Set

from .. import _kernel
from .._settings import DEFAULTS
from . import _namespaces, _processes, _sockets
from ._processes import Identity

Warn = Callable[[str], object]
# Returns the longest wait, in seconds, of sockets by inode, for those of which it can be read.
OwnTimes = Callable[[str, Set[int]], Dict[int, int]]

# A server has a remote port for each client: only the most frequent ones are reported.
_MOST_PORTS = 10
_WHO = ("name", "unit", "container")


def sockets(
    root: str, proc: str, runtime: Optional[Dict[str, int]], detail: str, own_times: OwnTimes, warn: Warn
) -> Optional[Dict[str, Any]]:
    """Return the sockets of this namespace, counted, None if they cannot be seen or ``detail`` is none.

    ``detail``: none, summary or processes. ``runtime``: the namespace's values, if they are known.
    ``own_times``: tells which timers that are longer than those are as long as they are to be.
    """
    if detail == "none":
        return None
    time = (runtime or DEFAULTS)["time"]
    established = _sockets.established(proc, warn)
    if established is None:
        return None
    _sockets.leave_out_chosen(established, time, lambda inodes: own_times(proc, inodes))
    counted: Dict[str, Any] = dict(_sockets.counts(established, time))
    if detail == "processes":
        counted["processes"] = _by_process(root, proc, established, time, warn)
    return counted


def namespaces(root: str, proc: str, detail: str, own_times: OwnTimes, warn: Warn) -> List[Dict[str, Any]]:
    """Return every other network namespace: {owner, pid, container, runtime, sockets}, the last two None
    where they could not be seen. ``root`` is a prefix of paths, "" for /."""
    results = []
    look = partial(_look, root, proc, detail, own_times)
    for namespace, seen in _namespaces.look_into_others(root, proc, look, warn):
        for text in seen["notes"] if seen else ():
            warn(text)
        results.append(
            {
                "owner": namespace.owner,
                "pid": namespace.pid,
                "container": namespace.container and namespace.container._asdict(),
                "runtime": seen and seen["runtime"],
                "sockets": seen and seen["sockets"],
            }
        )
    return results


def _look(root: str, proc: str, detail: str, own_times: OwnTimes) -> Dict[str, Any]:
    notes: List[str] = []
    runtime = _kernel.read(proc)
    counted = sockets(root, proc, runtime, detail, own_times, notes.append)
    return {"runtime": runtime, "sockets": counted, "notes": notes}


def _by_process(
    root: str, proc: str, established: _sockets.Sockets, time: int, warn: Warn
) -> List[Dict[str, Any]]:
    """Return the counts by process name, unit and container, the most unprotected sockets first."""
    holders = _processes.holders(proc)
    known: Dict[Optional[int], Optional[Identity]] = {None: None}
    groups: Dict[Optional[Identity], List[int]] = {}
    for row, inode in enumerate(established.inodes):
        pid = holders.get(inode)
        if pid not in known:
            known[pid] = _processes.identity(root, proc, pid) if pid is not None else None
        groups.setdefault(known[pid], []).append(row)
    # Root sees all holders, and so a socket without one is the kernel's.
    if None in groups and (os.geteuid() or not holders):
        advice = ": run as root" if os.geteuid() else ""
        warn(f"The processes that hold {len(groups[None])} of the sockets could not be seen{advice}.")
    processes = [
        dict(
            _group(established.pick(rows), time),
            name=who and who.name,
            unit=who and who.unit,
            container=who and who.container and str(who.container),
        )
        for who, rows in groups.items()
    ]
    return sorted(
        processes, key=lambda by: (-by["unprotected"], -by["established"], *(by[key] or "" for key in _WHO))
    )


def _group(group: _sockets.Sockets, time: int) -> Dict[str, Any]:
    ports = Counter(map(socket.ntohs, group.ports))
    most = sorted(ports.items(), key=lambda item: (-item[1], item[0]))[:_MOST_PORTS]
    return dict(
        _sockets.counts(group, time),
        remote_ports=[{"port": port, "count": count} for port, count in most],
        other_remote_ports=len(ports) - len(most),
    )
