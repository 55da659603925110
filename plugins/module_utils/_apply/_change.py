# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The changes of a task, put in order and carried out in one transaction."""

from typing import Dict, Optional

from .._boot._next_boot import Changes, NextBoot
from .._utf8 import in_utf8
from . import _kernel_values, _order, _rewrites, _transaction
from ._our_file import OurFile
from ._request import Task


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
    values = _kernel_values.KernelValues(task.host.proc, writes, runtime)
    plan = _transaction.Plan(rewrites, values)
    _transaction.check(plan, task.host.proc)
    if not task.check_mode:
        _transaction.hold_signals()
        with ours.attributes.failing_by_exception():
            untidy = _transaction.execute(plan)
        for problem in untidy:
            task.warn(in_utf8(problem))
    return {rewrite.path: rewrite.backup for rewrite in rewrites if rewrite.backup}
