# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task, from its request to its result: look at everything, then change what differs."""

from typing import Any, Dict, Optional

from .. import _kernel
from .._boot._next_boot import EDITABLE_FOLDERS, Changes, NextBoot, Prediction
from .._settings import SETTINGS, KeepaliveError, detection_time
from .._utf8 import in_utf8
from . import _decide, _file, _leftovers, _lock, _may_write, _sync
from ._our_file import OurFile
from ._request import Task


def run(task: Task) -> Dict[str, Any]:
    """Return the task's result; KeepaliveError or OSError where it fails, with everything as it was before.

    A run waits for another one to end; check mode, which changes nothing, does not.
    """
    if task.check_mode:
        return _converge(task)
    with _lock.held(task.host.on_disk("/etc")):
        if task.request.persist:
            for folder in ("/etc", "/etc/ufw", *EDITABLE_FOLDERS):
                _leftovers.sweep(task.host.on_disk(folder))
        return _converge(task)


def _converge(task: Task) -> Dict[str, Any]:
    request, path = task.request, task.request.path
    disk = task.host.on_disk(path)
    runtime = _runtime(task)
    before, after = (_file.read_data(disk), request.data) if request.persist else (None, None)

    next_boot = NextBoot(task.host.root, task.host.proc, image=not request.apply)
    decision = _decide.decide(request, next_boot, {} if after == before else {path: after})
    later = _may_write.warnings(next_boot) if request.promises_boot and not next_boot.keeps_values else []
    for problem in decision.warnings + later:
        task.warn(in_utf8(problem))
    ours = OurFile(path, before, request.backup, task.attributes(disk))
    differs, attributes = (False, {}) if after is None else ours.attributes.differ(before is not None)
    targets = _decide.kernel_targets(request, next_boot, decision) if request.apply else {}
    writes = {name: value for name, value in targets.items() if runtime is None or runtime[name] != value}
    runtime_after = None if runtime is None else dict(runtime, **writes)

    result: Dict[str, Any] = {}
    if task.diff:
        from . import _diff

        contents, kernel = (before, after), (runtime, runtime_after)
        result["diff"] = _diff.diff(request, next_boot, decision.changes, contents, kernel, attributes)
    changes: Changes = dict({path: after} if differs else {}, **decision.changes)
    if request.persist and not changes and not task.check_mode:
        _sync.sync_unchanged(disk)
    backups: Dict[str, Optional[str]] = {}
    if changes or writes:
        # Most runs change nothing: the code for that is compiled only on hosts that need it.
        from . import _change

        backups = _change.change(task, next_boot, ours, decision.changes, changes, writes, runtime or {})

    in_force = runtime_after if request.apply else decision.after and decision.after.values()
    return dict(
        result,
        changed=bool(changes or writes),
        runtime={"before": runtime, "after": runtime_after},
        boot={"before": _as_result(decision.before), "after": _as_result(decision.after)},
        boot_tool=next_boot.tool_name,
        overrides=[
            dict(
                override._asdict(),
                backup=backups.get(task.host.on_disk(override.file)) if override.file else None,
            )
            for override in decision.overrides
        ],
        restored=[
            dict(line._asdict(), backup=backups.get(task.host.on_disk(line.file)))
            for line in decision.restored
        ],
        file={"path": path, "changed": path in changes, "backup": backups.get(disk)},
        detection_time=detection_time(in_force) if in_force and len(in_force) == len(SETTINGS) else None,
    )


def _runtime(task: Task) -> Optional[Dict[str, int]]:
    """Return the kernel's values; None where they cannot be read and need not be."""
    try:
        return _kernel.read(task.host.proc)
    except KeepaliveError:
        if task.request.apply:
            raise
        return None


def _as_result(prediction: Optional[Prediction]) -> Optional[Dict[str, Any]]:
    return prediction.as_result() if prediction else None
