# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a request to a decision: predictions, overrides, and which files have to change."""

from typing import Dict, List, Set

from .._boot._next_boot import Changes, NextBoot, Prediction
from .._settings import KeepaliveError
from ._decision import Decision, find_overrides
from ._request import Request

_KERNEL_STAYS = "The kernel keeps what it has."


def decide(request: Request, next_boot: NextBoot, own_change: Changes) -> Decision:
    """Return the decision; ``own_change``: of our file, if any. KeepaliveError to refuse the task."""
    warnings: List[str] = []
    if next_boot.container and not request.absent:
        from . import _in_container

        warnings = _in_container.check(request, next_boot, next_boot.container)
    try:
        before = next_boot.predict()
        after = next_boot.predict(own_change) if own_change else before
    except KeepaliveError as error:
        if request.overrides != "warn" and (request.promises_boot or (request.absent and request.apply)):
            from . import _remedies

            raise KeepaliveError(_remedies.unpredictable(str(error), request))
        problems = [str(error)]
        if request.absent and request.persist:
            problems.append("What was commented out stays so.")
        if request.absent and request.apply:
            problems.append(_KERNEL_STAYS)
        return Decision(None, None, [], own_change, [*warnings, " ".join(problems)])
    changes = own_change
    files = {predicted.assignment.line.file for predicted in before.assignments}
    files |= {entry.file for entry in before.boot.values() if entry and entry.file}
    if request.persist and files - {request.path}:
        from . import _order

        pinned = _order.pinned_files(next_boot, before, request.path)
        if pinned:
            changes = dict(pinned, **own_change)
            after = next_boot.predict(changes)
    decision = Decision(before, after, [], changes, [])
    if request.persist and request.absent:
        decision = _go_back(request, next_boot, before, changes)
    ours = next_boot.set_by(request.path, before)
    warnings = warnings + _check_unknown(request, decision.after or after, ours)
    if not request.promises_boot or next_boot.keeps_values:
        return decision._replace(warnings=warnings + decision.warnings)
    decision = _promise(request, next_boot, before, after, changes)
    from . import _come_back

    return _come_back.settle(request, next_boot, decision._replace(warnings=warnings + decision.warnings))


def kernel_targets(request: Request, next_boot: NextBoot, decision: Decision) -> Dict[str, int]:
    """Return what the kernel is to hold: the values asked for, and a boot's where our file drops one."""
    boot = decision.after.values() if decision.after else {}
    if request.absent:
        return boot
    no_longer_set = set()
    if request.persist and decision.before:
        no_longer_set = next_boot.set_by(request.path, decision.before) - set(request.values)
    return dict({name: boot[name] for name in no_longer_set if name in boot}, **request.values)


def _check_unknown(request: Request, after: Prediction, ours: Set[str]) -> List[str]:
    """Return warnings for settings that cannot be predicted; KeepaliveError where that breaks a promise.

    ``ours``: the names of those that our file sets.
    """
    needed = set(request.values) if request.promises_boot else set()
    if request.absent and request.apply:
        needed = ours
    if request.overrides != "warn" and not after.unknown.keys().isdisjoint(needed):
        from . import _remedies

        raise KeepaliveError(_remedies.unpredictable(" ".join(after.problems()), request))
    stays = f" {_KERNEL_STAYS}" if request.absent and request.apply else ""
    return [problem + stays for problem in after.problems()]


def _go_back(request: Request, next_boot: NextBoot, before: Prediction, changes: Changes) -> Decision:
    """Return a decision by which our file goes, and what was commented out for it comes back."""
    from . import _restore

    found = _restore.find(next_boot, request.path)
    changes = dict(changes, **found.changes)
    return Decision(before, next_boot.predict(changes), [], changes, found.warnings, found.lines)


def _promise(
    request: Request, next_boot: NextBoot, before: Prediction, after: Prediction, changes: Changes
) -> Decision:
    """Return a decision by which the next boot sets the values, or that warns; KeepaliveError to refuse."""
    if not next_boot.tool_name:
        raise KeepaliveError(
            "Nothing on this host loads sysctl files at boot (neither systemd-sysctl, nor procps or busybox "
            f"by a boot script), so {request.path} would have no effect. "
            'Set only the running kernel ("persist: false").'
        )
    if request.overrides == "disable":
        from . import _disable

        outdated = _disable.outdated(next_boot)
        if outdated:
            changes = dict(outdated, **changes)
            after = next_boot.predict(changes)
    not_read = request.overrides != "warn" and set(request.values) - next_boot.set_by(request.path, after)
    overrides = find_overrides(after, request.values)
    if not overrides and not not_read:
        return Decision(before, after, [], changes, [])
    from . import _disable, _remedies

    if not_read:
        raise KeepaliveError(_remedies.not_read(next_boot, request.path))
    if request.overrides == "disable":
        overrides, changes = _disable.disable(next_boot, request, changes)
        return Decision(before, next_boot.predict(changes), overrides, changes, [])
    problem = _remedies.explain(overrides, next_boot, after, request)
    if request.overrides == "fail":
        raise KeepaliveError(
            f"{problem} {_remedies.choices(overrides, _disable.obstacle(next_boot, request, changes))}"
        )
    return Decision(before, after, overrides, changes, [problem])
