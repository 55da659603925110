# SPDX-License-Identifier: GPL-3.0-or-later
"""A task, from its options to its result: look at everything, then change what differs."""

import os
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

from ansible.module_utils.common.text.converters import to_bytes

from .. import _dropin, _kernel
from .._boot._next_boot import EDITABLE_FOLDERS, Changes, NextBoot
from .._settings import SETTINGS, KeepaliveError, detection_time, from_option
from .._utf8 import in_utf8
from . import _decision, _leftovers, _lock

Values = Dict[str, int]


class Task(NamedTuple):
    """A module's call. ``attributes(path)`` makes those of Ours, by the path on disk; ``warn`` takes words for the user."""

    params: Dict[str, Any]
    check_mode: bool
    root: str
    proc: str
    attributes: Callable[[str], Any]
    warn: Callable[[str], Any]

    def on_disk(self, path: str) -> str:
        return os.path.join(self.root, path.lstrip("/"))


def run(task: Task) -> Dict[str, Any]:
    """Return the task's result; KeepaliveError or OSError where it fails, with all as it was before.

    Of several runs at once, one waits for the other; check mode, which changes nothing, does not.
    """
    wanted, data = _asked(task.params)
    if task.check_mode:
        return _converge(task, wanted, data)
    with _lock.held(task.on_disk("/etc")):
        if task.params["persist"]:
            for folder in ("/etc", *EDITABLE_FOLDERS):
                _leftovers.sweep(task.on_disk(folder))
        return _converge(task, wanted, data)


def _asked(params: Dict[str, Any]) -> Tuple[Values, Optional[bytes]]:
    """Return what the options ask for: values by name, and the file's data (None for absent)."""
    if not params["persist"] and not params["apply"]:
        raise KeepaliveError(
            '"persist" and "apply" are both off, which leaves nothing to do. Leave one of them on.'
        )
    _dropin.check_path(params["path"])
    if params["state"] == "absent":
        return {}, None
    given = {setting: params[setting.name] for setting in SETTINGS if params[setting.name] is not None}
    wanted = {setting.name: from_option(setting, value) for setting, value in given.items()}
    if not wanted:
        raise KeepaliveError('Nothing to set: give at least one of "time", "intvl" and "probes".')
    content = params["content"]
    data = _dropin.render(wanted) if content is None else to_bytes(content)
    _dropin.check_content(data, wanted)
    return wanted, data


def _converge(task: Task, wanted: Values, data: Optional[bytes]) -> Dict[str, Any]:
    """Look at everything, then change what differs, unless in check mode; return the task's result."""
    params = task.params
    path = params["path"]
    disk = task.on_disk(path)
    runtime = _runtime(task)
    before, after = (_dropin.read(disk), data) if params["persist"] else (None, None)

    next_boot = NextBoot(task.root, task.proc)
    boot = _decision.settle(next_boot, params, wanted, {} if after == before else {path: after})
    for problem in boot.warnings:
        task.warn(in_utf8(problem))
    ours = _dropin.Ours(path, before, params["backup"], task.attributes(disk))
    differ, attributes_diff = (False, {}) if after is None else ours.attributes.differ(before is not None)
    targets = _decision.kernel_targets(next_boot, params, wanted, boot) if params["apply"] else {}
    writes = {name: value for name, value in targets.items() if runtime[name] != value}
    runtime_after = runtime and dict(runtime, **writes)
    # While the files can still be read.
    differences = _differences(
        next_boot, boot.changes, path, (before, after), (runtime, runtime_after), attributes_diff
    )

    touched = dict({path: after} if differ else {}, **boot.changes)
    if not task.check_mode and params["persist"] and not touched:
        _leftovers.sync_as_found(disk)
    rewrites = (
        _change(task, next_boot, ours, boot.changes, touched, writes, runtime) if touched or writes else []
    )

    at_boot = boot.after.values() if boot.after else None
    in_force = runtime_after if params["apply"] else at_boot
    backups = {rewrite.path: rewrite.backup for rewrite in rewrites if rewrite.backup}
    return {
        "changed": bool(touched or writes),
        "runtime": {"before": runtime, "after": runtime_after},
        "boot": {
            "before": boot.before and boot.before.as_result(),
            "after": boot.after and boot.after.as_result(),
        },
        "boot_tool": next_boot.tool_name,
        "overrides": [
            dict(one._asdict(), backup=backups.get(one.file and task.on_disk(one.file)))
            for one in boot.overrides
        ],
        "file": {"path": path, "changed": path in touched, "backup": backups.get(disk)},
        "detection_time": detection_time(in_force) if in_force else None,
        "diff": differences,
    }


def _runtime(task: Task) -> Optional[Values]:
    """Return the kernel's values; None where they can not be read and need not be."""
    try:
        return _kernel.read(task.proc)
    except KeepaliveError:
        if task.params["apply"]:
            raise
        return None


def _change(
    task: Task,
    next_boot: NextBoot,
    ours: _dropin.Ours,
    changes: Changes,
    touched: Changes,
    writes: Values,
    runtime: Optional[Values],
) -> List[Any]:
    """See that everything can be changed, then change it, unless in check mode; return the rewrites of files.

    ``changes``: of what files say; ``touched``: the same, and our file where only its attributes differ. Most runs change
    nothing, and import less.
    """
    from . import _order, _transaction

    steps = _order.in_order(next_boot, changes, ours.path)
    steps += [(one, data) for one, data in touched.items() if one not in changes]
    rewrites = _order.rewrites(task.root, next_boot, steps, ours, task.warn)
    plan = _transaction.Plan(rewrites, writes, runtime)
    _transaction.check(plan, task.proc)
    if not task.check_mode:
        _transaction.hold_signals()
        with ours.attributes.failing_by_exception():
            untidy = _transaction.execute(plan, task.proc)
        for problem in untidy:
            task.warn(in_utf8(problem))
    return rewrites


def _differences(
    next_boot: NextBoot,
    changes: Changes,
    path: str,
    file: Tuple[Any, Any],
    runtime: Tuple[Any, Any],
    attributes: Dict[str, Any],
) -> List[Dict[str, Any]]:
    """Return file, kernel and, if they change, other files and our file's attributes, each before and after."""
    parts = [(path, *map(_text, file)), ("kernel", *map(_kernel.as_text, runtime))]
    parts += [
        (other, _text(next_boot.read(other)), _text(data)) for other, data in changes.items() if other != path
    ]
    if attributes:
        parts.append((path + " (attributes)", attributes["before"], attributes["after"]))
    return [
        {"before_header": header, "after_header": header, "before": old, "after": new}
        for header, old, new in parts
    ]


def _text(data: Optional[bytes]) -> str:
    return (data or b"").decode("utf-8", "surrogateescape")
