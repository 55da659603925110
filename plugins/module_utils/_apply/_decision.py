# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task means for the next boot: predictions, overrides, and which files have to change."""

from typing import Dict, List, NamedTuple, Optional

from .._boot._next_boot import Changes, NextBoot, Prediction
from .._settings import KeepaliveError
from . import _overrides
from ._overrides import Override
from ._request import Request


class Decision(NamedTuple):
    """``before`` and ``after`` are None where no boot can be predicted; ``changes``: of all files."""

    before: Optional[Prediction]
    after: Optional[Prediction]
    overrides: List[Override]
    changes: Changes
    warnings: List[str]


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
        if request.promises_boot or (request.absent and request.apply):
            raise
        return Decision(None, None, [], own_change, [*warnings, str(error)])
    changes = own_change
    if request.persist and any(line.assignment.line.file != request.path for line in before.assignments):
        from . import _order

        pinned = _order.pinned_files(next_boot, before, request.path)
        if pinned:
            changes = dict(pinned, **own_change)
            after = next_boot.predict(changes)
    if not request.promises_boot or next_boot.keeps_values:
        return Decision(before, after, [], changes, warnings)
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
    return dict({name: boot[name] for name in no_longer_set}, **request.values)


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
    not_read = request.overrides != "warn" and set(request.values) - next_boot.set_by(request.path, after)
    overrides = _overrides.find(after, request.values)
    if not overrides and not not_read:
        return Decision(before, after, [], changes, [])
    from . import _remedies

    if not_read:
        raise KeepaliveError(_remedies.not_read(next_boot, request.path))
    if request.overrides == "disable":
        overrides, changes = _remedies.disable(next_boot, request, changes)
        return Decision(before, next_boot.predict(changes), overrides, changes, [])
    problem = _remedies.explain(overrides, next_boot, after, request)
    if request.overrides == "fail":
        raise KeepaliveError(f"{problem} {_remedies.choices(next_boot, request, changes)}")
    return Decision(before, after, overrides, changes, [problem])
