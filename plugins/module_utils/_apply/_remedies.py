# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What overrides mean and what can be done about them, in words for the user."""

from typing import List, Optional

from .._boot._next_boot import AS_ROOT, NextBoot, Prediction
from . import _programs
from ._decision import Override
from ._request import Request


def explain(overrides: List[Override], next_boot: NextBoot, prediction: Prediction, request: Request) -> str:
    """Return what is in the way, in words for the user."""
    messages = [
        f"At the next boot net.ipv4.tcp_keepalive_{override.setting} would be {override.value}, "
        f"not {request.values[override.setting]}: {override.file}, line {override.line}, "
        f"{_programs.clause(override)}wins over {request.path}."
        for override in overrides
        if override.file
    ]
    ineffective = [override for override in overrides if not override.file]
    if ineffective:
        names = ", ".join(
            f"{override.setting} {override.value}, not {request.values[override.setting]}"
            for override in ineffective
        )
        reasons = [f"{line.file}, line {line.number}, {reason}" for line, reason in prediction.skipped]
        why = _why_ineffective(next_boot, request.path, reasons)
        messages.append(f"{_ineffective(request.path)} (tcp_keepalive: {names}): {why}.")
    return " ".join(messages)


def not_read(next_boot: NextBoot, path: str) -> str:
    """Return why no boot tool would read our file at ``path``, in words for the user."""
    return f"{_ineffective(path)}: {_why_ineffective(next_boot, path, [])}. Choose another path."


def choices(overrides: List[Override], obstacle: Optional[str]) -> str:
    """Return what the user can do about overrides, in words; ``obstacle``: why "disable" would not work."""
    if obstacle:
        return f'Nothing was changed. {obstacle} Or set "overrides: warn" to continue anyway.'
    # No path is read later than a program that writes after the boot tool.
    path = "" if any(map(_programs.clause, overrides)) else "choose a path that is read later, "
    return (
        f"Nothing was changed. Remove what is in the way, {path}or set "
        '"overrides: disable" to have it commented out, or "overrides: warn" to continue anyway.'
    )


def unpredictable(reason: str, request: Request) -> str:
    """Return why the next boot cannot be predicted, and what the user can do, in words."""
    if reason.endswith(AS_ROOT):
        return reason
    choice = (
        'Remove the file and leave the kernel as it is ("apply: false")'
        if request.absent
        else 'Set only the running kernel ("persist: false")'
    )
    return f'{reason} Nothing was changed. {choice}, or set "overrides: warn" to continue anyway.'


def _ineffective(path: str) -> str:
    return f"What {path} sets would have no effect at the next boot"


def _why_ineffective(next_boot: NextBoot, path: str, reasons: List[str]) -> str:
    hidden = [f"{other} takes its name" for other in next_boot.same_name(path)]
    return "; ".join(reasons + hidden) or f"{next_boot.tool_name} does not read its folder"
