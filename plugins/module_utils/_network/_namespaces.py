# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The network namespaces of a host, and looking into one without leaving one's own."""

import ctypes
import os
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Tuple

from .._in_child import ChildError, in_child
from .._settings import KeepaliveError
from . import _processes
from ._containers import Container

Warn = Callable[[str], object]

# include/uapi/linux/sched.h
_CLONE_NEWNET = 0x40000000
_NAMED = "/run/netns/"


class Namespace(NamedTuple):
    """``inode`` names it; ``path`` leads into it; ``owner`` in words; ``pid``: the oldest process in it, and
    ``container``: the one that it is in, None for none."""

    inode: int
    path: str
    owner: str
    pid: Optional[int]
    container: Optional[Container]


class Gone(KeepaliveError):
    """A namespace that has ended."""


def look_into_others(
    root: str, proc: str, look: Callable[[], Any], warn: Warn
) -> Iterator[Tuple[Namespace, Any]]:
    """Yield every other namespace of the host with what ``look`` sees inside, as JSON carries it, None where
    that failed; ``warn`` gets the reason. Those that end meanwhile are left out, and warned of together."""
    gone = 0
    for namespace in others(root, proc, warn):
        try:
            yield namespace, inside(namespace, look)
        except Gone:
            gone += 1
        except KeepaliveError as error:
            warn(str(error))
            yield namespace, None
    if gone:
        warn(f"Network namespaces that ended while they were looked at: {gone}.")


def others(root: str, proc: str, warn: Warn) -> List[Namespace]:
    """Return the namespaces of the host other than this process's own; ``warn`` gets what could not be
    seen. ``root`` is a prefix of paths, "" for /."""
    try:
        own = _inode(os.path.join(proc, "self/ns/net"))
    except OSError as error:
        warn(f"Network namespaces cannot be seen: {error}.")
        return []
    if not os.path.isdir(os.path.join(proc, "1")):
        warn(
            "Processes of other users are hidden (hidepid), and so are their network namespaces: run as root."
        )
    oldest: Dict[int, Tuple[float, int]] = {}
    unseen = 0
    names = _named(proc)
    for pid in _processes.pids(proc):
        try:
            inode = _inode(_path(proc, pid))
        except (FileNotFoundError, ProcessLookupError):
            continue
        except PermissionError:
            unseen += 1
            continue
        if inode != own:
            # Ids start anew when they are used up: the lowest need not be the oldest.
            candidate = (_processes.start(proc, pid), pid)
            oldest[inode] = min(oldest.get(inode, candidate), candidate)
    if unseen:
        warn(f"The network namespaces of {unseen} processes may not be seen.")
    found = [_of_process(root, proc, pid, inode, names.get(inode)) for inode, (_start, pid) in oldest.items()]
    found += [
        Namespace(inode, path, _as_named(path), None, None)
        for inode, path in names.items()
        if inode != own and inode not in oldest
    ]
    return sorted(found, key=lambda namespace: namespace.owner)


def inside(namespace: Namespace, look: Callable[[], Any]) -> Any:
    """Return what ``look`` sees inside a namespace, as JSON carries it; Gone where it has ended,
    KeepaliveError where it cannot be entered. This process never leaves its own."""
    try:
        answer = in_child(lambda: _look(namespace, look))
    except ChildError as error:
        raise KeepaliveError(
            f"The network namespace of {namespace.owner} could not be examined: {error}."
        ) from error
    if answer is None:
        raise Gone(f"The network namespace of {namespace.owner} has ended.")
    return answer["seen"]


def _look(namespace: Namespace, look: Callable[[], Any]) -> Optional[Dict[str, Any]]:
    try:
        _enter(namespace.path, namespace.inode)
    except (FileNotFoundError, ProcessLookupError):
        return None
    return {"seen": look()}


def _enter(path: str, inode: int) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    # A process id may have been given to another process meanwhile.
    if os.fstat(descriptor).st_ino != inode:
        raise FileNotFoundError("it is gone")
    if ctypes.CDLL(None, use_errno=True).setns(descriptor, _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _path(proc: str, pid: int) -> str:
    return os.path.join(proc, str(pid), "ns/net")


def _of_process(root: str, proc: str, pid: int, inode: int, path: Optional[str]) -> Namespace:
    """Return the namespace of a process, and whose it is: a container's, one of `ip netns`, a unit's, or else
    the process's."""
    who = _processes.identity(root, proc, pid)
    if who is None:
        owner = f"process {pid}"
    elif who.container and who.container.pod:
        owner = f"{who.container.engine} pod {who.container.pod}"
    elif who.container:
        owner = f"{who.container} ({who.name})"
    elif path and path.startswith(_NAMED):
        owner = _as_named(path)
    elif who.unit and not who.unit.startswith(("session-", "init.scope")):
        owner = f"unit {who.unit} ({who.name})"
    else:
        owner = f"process {pid} ({who.name})"
    return Namespace(inode, _path(proc, pid), owner, pid, who and who.container)


def _as_named(path: str) -> str:
    return f"ip netns {path[len(_NAMED) :]}" if path.startswith(_NAMED) else f"mounted at {path}"


def _named(proc: str) -> Dict[int, str]:
    """Return the namespaces that a mount keeps, which is what `ip netns` and container engines do
    (proc_pid_mountinfo(5))."""
    paths: Dict[int, str] = {}
    try:
        with open(os.path.join(proc, "self/mountinfo"), encoding="utf-8", errors="surrogateescape") as file:
            rows = [line.split(" ") for line in file if " - nsfs " in line]
    except OSError:
        return paths
    for row in rows:
        if row[3].startswith("net:["):
            paths.setdefault(int(row[3][len("net:[") : -1]), row[4])
    return paths


def _inode(path: str) -> int:
    return os.stat(path).st_ino
