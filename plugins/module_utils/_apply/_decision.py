# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task makes of the next boot: the verdict before and after, what would override it, and which files have to change."""

from typing import Any, Dict, List, NamedTuple, Optional

from .._boot._next_boot import READ_ONLY, Changes, NextBoot, Override, Prediction, overridden
from .._settings import KeepaliveError


class BootPlan(NamedTuple):
    """``before`` and ``after``: the verdicts, None where they can not be told; ``changes``: of files, those of others too."""

    before: Optional[Prediction]
    after: Optional[Prediction]
    overrides: List[Override]
    changes: Changes
    warnings: List[str]


def settle(next_boot: NextBoot, params: Dict[str, Any], wanted: Dict[str, int], changes: Changes) -> BootPlan:
    """Return the plan for a task with the module's ``params``, whose own ``changes`` these are; KeepaliveError to refuse it."""
    promised = params["state"] == "present" and params["persist"]
    try:
        before = next_boot.predict()
        after = next_boot.predict(changes) if changes else before
    except KeepaliveError as error:
        if promised or (params["state"] == "absent" and params["apply"]):
            raise
        return BootPlan(None, None, [], changes, [str(error)])
    if params["persist"] and any(
        one.line.file != params["path"] for one, _value, _wins in before.assignments
    ):
        from . import _order

        left_over = _order.left_over(next_boot, before, params["path"])
        changes = dict(left_over, **changes)
        after = next_boot.predict(changes) if left_over else after
    plan = BootPlan(before, after, [], changes, [])
    return _promise(next_boot, params, wanted, plan) if promised else plan


def kernel_targets(
    next_boot: NextBoot, params: Dict[str, Any], wanted: Dict[str, int], plan: BootPlan
) -> Dict[str, int]:
    """Return what the kernel is to hold: what is asked, and what a boot loads for what our file no longer sets."""
    if params["state"] == "absent":
        return plan.after.values()
    dropped = next_boot.set_by(params["path"], plan.before) - set(wanted) if params["persist"] else ()
    return dict({name: plan.after.values()[name] for name in dropped}, **wanted)


def _promise(next_boot: NextBoot, params: Dict[str, Any], wanted: Dict[str, int], plan: BootPlan) -> BootPlan:
    """Return the plan under which the next boot sets ``wanted``, or warns that it will not; KeepaliveError else."""
    path = params["path"]
    if next_boot.sysctls_read_only:
        return _promise_read_only(params, wanted, plan)
    if not next_boot.tool_name:
        raise KeepaliveError(
            "Nothing on this host loads sysctl files at boot (neither systemd-sysctl, nor procps or busybox by a boot script), "
            f'so that {path} would not last. Set now only ("persist: false").'
        )
    overrides = overridden(plan.after, wanted)
    unread = params["overrides"] != "warn" and set(wanted) - next_boot.set_by(path, plan.after)
    if not overrides and not unread:
        return plan
    from . import _overrides

    if unread:
        raise KeepaliveError(_overrides.unread(next_boot, path))
    if params["overrides"] == "disable":
        overrides, changes = _overrides.disable(next_boot, wanted, path, plan.changes)
        return plan._replace(after=next_boot.predict(changes), overrides=overrides, changes=changes)
    problem = _overrides.explain(overrides, next_boot, plan.after, wanted, path)
    if params["overrides"] == "fail":
        raise KeepaliveError(f"{problem} {_overrides.choices(next_boot, wanted, path, plan.changes)}")
    return plan._replace(overrides=overrides, warnings=[problem])


def _promise_read_only(params: Dict[str, Any], wanted: Dict[str, int], plan: BootPlan) -> BootPlan:
    """The same in a container where no boot can set anything: the kernel's values stay those of its host."""
    if dict(plan.after.values(), **wanted) == plan.after.values():
        return plan
    problem = f"{READ_ONLY} {params['path']} would have no effect."
    if params["overrides"] == "warn":
        return plan._replace(warnings=[problem])
    raise KeepaliveError(problem + ' To write the file all the same: "apply: false" with "overrides: warn".')
