# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections that are open get what those to come get, by copies of their descriptors (pidfd_getfd(2))."""

import errno
import os
import time
from collections import Counter
from contextlib import suppress
from typing import Any, Callable, Dict, List, NamedTuple, Sequence, Set, Tuple

from .._network import _processes
from .._settings import KeepaliveError
from . import _connections, _loader
from ._connections import Groups
from ._loader import Values

Warn = Callable[[str], object]

# A second, and how many connections may be changed in one: their timers would all expire at once.
_AT_ONCE, _A_SECOND = 5000, 5000


class Outcome(NamedTuple):
    """``before`` and ``after``: the counts; how many connections were turned on, armed anew, or given a user
    timeout only; by who holds them and why, how many were not reached."""

    before: Dict[str, int]
    after: Dict[str, int]
    turned_on: int
    rearmed: int
    user_timeout: int
    probes_per_second: float
    unreached: Dict[Tuple[str, str], int]

    @property
    def changed(self) -> bool:
        return bool(self.turned_on or self.rearmed or self.user_timeout)

    def as_result(self) -> Dict[str, Any]:
        unreached = [
            {"who": who, "count": count, "reason": reason}
            for (who, reason), count in sorted(self.unreached.items())
        ]
        return dict(self._asdict(), unreached=unreached)


def check(proc: str) -> None:
    """Raise KeepaliveError where connections of other processes cannot be reached (pidfd_getfd(2))."""
    advice = 'Nothing was changed. To leave open connections as they are: "open: false".'
    try:
        with open(os.path.join(proc, "sys/kernel/yama/ptrace_scope"), encoding="ascii") as file:
            if file.read().strip() == "3":
                raise KeepaliveError(
                    "Open connections cannot be reached: kernel.yama.ptrace_scope is 3, which only a reboot "
                    f"can lower. {advice}"
                )
    except FileNotFoundError:
        pass
    reader, writer = os.pipe()
    try:
        with _loader.closing(_loader.syscall(_loader.PIDFD_OPEN, os.getpid())) as process:
            os.close(_loader.syscall(_loader.PIDFD_GETFD, process, reader))
    except OSError as error:
        raise KeepaliveError(
            f"Open connections cannot be reached: {error.strerror} (pidfd_getfd is there from "
            f"Linux 5.6 on). {advice}"
        )
    finally:
        os.close(reader)
        os.close(writer)


def turn_on(
    root: str,
    proc: str,
    groups: Groups,
    values: Values,
    earlier: Sequence[Values],
    given: bool,
    check_mode: bool,
    warn: Warn,
) -> Outcome:
    """Give the rule to all connections of the groups, or predict what that would do. ``root`` is a prefix of
    paths, "" for /. ``earlier``: values that connections have been given until now.

    ``given``: those that were open earlier have it. Then a timer that runs, and is not armed for longer than
    the values say, is a sign that there is nothing to do.
    """
    before = _connections.look(root, proc, groups, warn)
    rule = _Rule(root, proc, values, earlier, check_mode)
    longest = 1000 * values.time if given else 0
    left = rule.give({inode: armed for inode, armed in before.armed.items() if not 0 < armed <= longest})
    seen, after = before, rule.predict(before.counts)
    if not check_mode and (rule.given or before.no_inode):
        # What was not accepted yet then may be now, and only then a process holds it.
        seen = _connections.look(root, proc, groups, warn)
        left |= rule.give({inode: armed for inode, armed in seen.armed.items() if inode not in before.armed})
        after = seen.counts
    unreached = Counter(rule.unreached)
    unreached["unknown", "no process that can be seen holds it"] += len(left & set(seen.armed))
    unreached["unknown", "it is not accepted yet, or the kernel's own"] += seen.no_inode
    more = (rule.given["on"] + rule.given["again"]) / values.time
    return Outcome(
        before.counts,
        after,
        rule.given["on"],
        rule.given["again"],
        rule.given["user timeout"],
        round(more, 1),
        {key: count for key, count in unreached.items() if count},
    )


class _Rule:
    """The rule, given to connections or predicted; ``given`` counts what each got."""

    def __init__(
        self, root: str, proc: str, values: Values, earlier: Sequence[Values], check_mode: bool
    ) -> None:
        self._root, self._proc, self._check_mode = root, proc, check_mode
        self._values, self._earlier = values, earlier
        self._pace = _Pace()
        self.given: "Counter[str]" = Counter()
        self.unreached: "Counter[Tuple[str, str]]" = Counter()

    def give(self, armed: Dict[int, int]) -> Set[int]:
        """Give it to connections, by inode; return those that no process was seen to hold."""
        waiting = dict(armed)
        for pid in _processes.pids(self._proc):
            if not waiting:
                break
            with suppress(PermissionError):
                held = [each for each in _loader.sockets_of(pid, self._proc) if each[1] in waiting]
                if held:
                    self._give_to(pid, held, waiting)
        return set(waiting)

    def _give_to(self, pid: int, held: List[Tuple[int, int]], waiting: Dict[int, int]) -> None:
        try:
            process = _loader.syscall(_loader.PIDFD_OPEN, pid)
        except ProcessLookupError:
            return
        with _loader.closing(process):
            for descriptor, inode in held:
                try:
                    if inode in waiting and self._give_one(process, descriptor, inode, waiting[inode]):
                        del waiting[inode]
                except OSError as error:
                    # Where its process has ended, or has closed it, another may still hold it.
                    if error.errno not in (errno.ESRCH, errno.EBADF):
                        who = _processes.identity(self._root, self._proc, pid)
                        self.unreached[str(who or f"process {pid}"), str(error.strerror)] += 1
                        del waiting[inode]

    def _give_one(self, process: int, descriptor: int, inode: int, armed: int) -> bool:
        connection = _loader.copy(process, descriptor, inode)
        if connection is None:
            return False
        with connection:
            what = _loader.due(connection, self._values, armed, self._earlier)
            if any(what) and not self._check_mode:
                _loader.give(connection, self._values, what)
        if any(what):
            self.given["on" if what.on else "again" if what.values or what.again else "user timeout"] += 1
            if not self._check_mode:
                self._pace.keep()
        return True

    def predict(self, counts: Dict[str, int]) -> Dict[str, int]:
        """Return what the counts will be."""
        unprotected = max(0, counts["unprotected"] - self.given["on"])
        return dict(
            counts,
            unprotected=unprotected,
            keepalive=counts["established"] - unprotected - counts["busy"],
            overlong=max(0, counts["overlong"] - self.given["again"]),
        )


class _Pace:
    """Connections that are turned on together are probed together from then on: many of them take a while."""

    def __init__(self) -> None:
        self._count, self._start = 0, time.monotonic()

    def keep(self) -> None:
        self._count += 1
        more = self._count - _AT_ONCE
        if more > 0 and more % 100 == 0:
            time.sleep(max(0.0, self._start + more / _A_SECOND - time.monotonic()))
