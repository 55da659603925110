# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The network namespaces of a host, and looking into one without leaving one's own."""

import ctypes
import json
import os
from typing import Any, Callable, Dict, List, NamedTuple, Optional

from .._settings import KeepaliveError
from . import _processes

# include/uapi/linux/sched.h
_CLONE_NEWNET = 0x40000000
_NAMED = "/run/netns/"


class Namespace(NamedTuple):
    """``inode`` names it; ``path`` leads into it; ``owner`` in words; ``pid``: the oldest process in it, None
    for none."""

    inode: int
    path: str
    owner: str
    pid: Optional[int]


def others(proc: str, warn: Callable[[str], object]) -> List[Namespace]:
    """Return the namespaces of the host other than this process's own; ``warn`` gets what could not be
    seen."""
    try:
        own = _inode(os.path.join(proc, "self/ns/net"))
    except OSError as error:
        warn(f"Network namespaces cannot be seen: {error}.")
        return []
    if not os.path.isdir(os.path.join(proc, "1")):
        warn(
            "Processes of other users are hidden (hidepid), and so are their network namespaces: run as root."
        )
    by_inode: Dict[int, Namespace] = {}
    unseen = 0
    names = _named(proc)
    for pid in _processes.pids(proc):
        path = os.path.join(proc, str(pid), "ns/net")
        try:
            inode = _inode(path)
        except (FileNotFoundError, ProcessLookupError):
            continue
        except PermissionError:
            unseen += 1
            continue
        if inode != own and inode not in by_inode:
            by_inode[inode] = Namespace(inode, path, _owner(proc, pid, names.get(inode)), pid)
    for inode, path in names.items():
        if inode != own and inode not in by_inode:
            by_inode[inode] = Namespace(inode, path, _as_named(path), None)
    if unseen:
        warn(f"The network namespaces of {unseen} processes may not be seen.")
    return sorted(by_inode.values(), key=lambda namespace: namespace.owner)


def inside(namespace: Namespace, look: Callable[[], Any]) -> Any:
    """Return what ``look`` sees inside a namespace, as JSON carries it; KeepaliveError where it cannot be
    entered or is gone.

    A child goes there and reports back, so that this process never leaves its own.
    """
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        try:
            _enter(namespace.path, namespace.inode)
            answer = {"seen": look()}
        except Exception as error:
            answer = {"error": str(error) or type(error).__name__}
        with os.fdopen(writer, "w") as pipe:
            json.dump(answer, pipe)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        text = pipe.read()
    os.waitpid(pid, 0)
    answer = json.loads(text) if text else {"error": "the process that looked ended early"}
    if "error" in answer:
        raise KeepaliveError(
            "The network namespace of {} could not be examined: {}.".format(namespace.owner, answer["error"])
        )
    return answer["seen"]


def _enter(path: str, inode: int) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    # A process id may have been given to another process meanwhile.
    if os.fstat(descriptor).st_ino != inode:
        raise FileNotFoundError("it is gone")
    if ctypes.CDLL(None, use_errno=True).setns(descriptor, _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def _owner(proc: str, pid: int, path: Optional[str]) -> str:
    """Return whose namespace it is: a container, a name of `ip netns`, a unit, or else a process."""
    who = _processes.identity(proc, pid)
    if who is None:
        return f"process {pid}"
    if who.container:
        return f"container {who.container} ({who.name})"
    if path and path.startswith(_NAMED):
        return _as_named(path)
    if who.unit and not who.unit.startswith(("session-", "init.scope")):
        return f"unit {who.unit} ({who.name})"
    return f"process {pid} ({who.name})"


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
