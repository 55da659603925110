# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines that lose at boot, and come back with a later run of sysctl(8): commented out, or reported."""

import os
from typing import Dict, List, Optional

from .._boot._next_boot import EDITABLE_FILES, EDITABLE_FOLDERS, Changes, NextBoot, Returning
from .._settings import KeepaliveError
from . import _disable
from ._decision import Decision, Override
from ._request import Request

# Files of packages, and those that do not last.
_NOT_OURS_TO_EDIT = ("/usr/", "/lib/", "/run/")
# Each line shows the next one; a file with more is a person's to look at.
_MOST_DISABLED = 100


def settle(request: Request, next_boot: NextBoot, decision: Decision) -> Decision:
    """Return the decision with such lines commented out, for overrides=disable, and a warning of the rest."""
    lines = _coming_back(request, next_boot, decision)
    while lines and request.overrides == "disable" and len(decision.overrides) < _MOST_DISABLED:
        without = next(
            filter(None, (_without(next_boot, decision, line, request.values) for line in lines)), None
        )
        if without is None:
            break
        decision = without
        lines = _coming_back(request, next_boot, decision)
    return decision._replace(warnings=[*decision.warnings, _warning(lines, request)]) if lines else decision


def _coming_back(request: Request, next_boot: NextBoot, decision: Decision) -> List[Returning]:
    if decision.after is None:
        return []
    lines = next_boot.returning(decision.after, decision.changes)
    return [line for line in lines if line.value != request.values.get(line.setting, line.value)]


def _without(
    next_boot: NextBoot, decision: Decision, line: Returning, values: Dict[str, int]
) -> Optional[Decision]:
    """Return the decision with the line commented out too; None where that cannot be done, or does more."""
    folder, file = os.path.dirname(line.file), line.file
    if not line.sets or line.sets - set(values) or file.startswith(_NOT_OURS_TO_EDIT):
        return None
    if folder not in EDITABLE_FOLDERS and file not in EDITABLE_FILES:
        return None
    changed = decision.changes.get(file)
    try:
        data = _disable.comment_out(file, next_boot.read(file) if changed is None else changed, [line.line])
        changes: Changes = dict(decision.changes, **{file: data})
        after = next_boot.predict(changes)
    except KeepaliveError:
        return None
    if decision.after is None or after.values() != decision.after.values():
        return None
    override = Override(line.setting, line.value, file, line.line, line.command)
    return decision._replace(after=after, changes=changes, overrides=[*decision.overrides, override])


def _warning(lines: List[Returning], request: Request) -> str:
    named = "; ".join(
        f"{line.file}, line {line.line} (tcp_keepalive_{line.setting} {line.value}, not "
        f"{request.values[line.setting]}, by {line.command})"
        for line in lines
    )
    advice = (
        "Change it by hand."
        if request.overrides == "disable"
        else 'Remove it, or have it commented out ("overrides: disable").'
    )
    return (
        f"Has no effect at boot, but comes back when sysctl loads files by hand or for another key: {named}. "
        f"{advice}"
    )
