# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The changes of a task, put in order and carried out in one transaction."""

from functools import partial
from typing import Callable, Dict, Iterator, List, Optional

from .. import _kernel
from .._boot._next_boot import Changes, NextBoot
from .._settings import KeepaliveError
from .._utf8 import in_utf8
from . import _order, _rewrites, _transaction
from ._our_file import OurFile
from ._request import Task
from ._undo import Undo


def change(
    task: Task,
    next_boot: NextBoot,
    ours: OurFile,
    contents: Changes,
    changes: Changes,
    writes: Dict[str, int],
    runtime: Dict[str, int],
) -> Dict[str, Optional[str]]:
    """Check that everything can be changed, then change it, unless in check mode.

    ``contents``: files whose contents change; ``changes``: the same, and our file where only its attributes
    do. Returns backups by path on disk.
    """
    steps = _order.in_order(next_boot, contents, ours.path)
    steps += [(path, data) for path, data in changes.items() if path not in contents]
    rewrites = _rewrites.rewrites(task.host, next_boot, steps, ours, task.warn)
    values = KernelValues(task.host.proc, writes, runtime)
    plan = _transaction.Plan(rewrites, values)
    _transaction.check(plan, task.host.proc)
    if not task.check_mode:
        _transaction.hold_signals()
        with ours.attributes.failing_by_exception():
            untidy = _transaction.execute(plan)
        for problem in untidy:
            task.warn(in_utf8(problem))
    return {rewrite.path: rewrite.backup for rewrite in rewrites if rewrite.backup}


class KernelValues(_transaction.Running):
    """``writes``: the values to set, by name; ``before``: those that it has, all of ``writes`` among them."""

    def __init__(self, proc: str, writes: Dict[str, int], before: Dict[str, int]) -> None:
        self._proc, self._writes, self._before = proc, writes, before

    def check(self) -> None:
        _kernel.check_writable(self._proc, self._writes)

    def steps(self, undo: Undo) -> Iterator[Callable[[], object]]:
        for name, value in self._writes.items():
            undo.add(_kernel.write, self._proc, name, self._before[name])
            yield partial(_kernel.write, self._proc, name, value)

    def unlike_after(self) -> List[str]:
        return self._unlike(self._writes)

    def unlike_before(self) -> List[str]:
        return self._unlike({name: self._before[name] for name in self._writes})

    def _unlike(self, values: Dict[str, int]) -> List[str]:
        try:
            runtime = _kernel.read(self._proc) if values else {}
        except KeepaliveError as error:
            return [str(error).rstrip(".")]
        return [
            f"net.ipv4.tcp_keepalive_{name} reads {runtime[name]}, not {value}"
            for name, value in values.items()
            if runtime[name] != value
        ]
