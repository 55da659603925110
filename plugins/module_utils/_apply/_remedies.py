# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be done about overrides: explaining them to the user, and commenting their lines out."""

import os
from typing import Dict, List, Optional, Tuple

from .._boot._next_boot import EDITABLE_FILES, EDITABLE_FOLDERS, Changes, NextBoot, Prediction
from .._settings import KeepaliveError
from . import _programs
from ._overrides import Override, find
from ._request import Request

MARK = b"# disabled by netops.tcp_keepalive: "
# Files there are made anew at each boot.
_VOLATILE = ("/run/", "/proc/")


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


def choices(next_boot: NextBoot, request: Request, changes: Changes) -> str:
    """Return what the user can do about the overrides, in words; "disable" only where it would work."""
    try:
        disable(next_boot, request, changes)
    except KeepaliveError as error:
        return f'Nothing was changed. {error} Or set "overrides: warn" to continue anyway.'
    return (
        "Nothing was changed. Remove what is in the way, choose a path that is read later, or set "
        '"overrides: disable" to have it commented out, or "overrides: warn" to continue anyway.'
    )


def disable(next_boot: NextBoot, request: Request, changes: Changes) -> Tuple[List[Override], Changes]:
    """Return the overrides that would be gone, and ``changes`` with their lines commented out too.

    KeepaliveError, with the reason, where a line cannot simply be commented out.
    """
    original, changes = next_boot.predict(changes), dict(changes)
    disabled: List[Override] = []
    while True:
        prediction = next_boot.predict(changes)
        overrides = find(prediction, request.values)
        if not overrides:
            _check_other_settings(original, prediction, request.values)
            return disabled, changes
        lines = set()
        for override in overrides:
            if override.file is None or override.line is None:
                problem = explain(overrides, next_boot, prediction, request)
                raise KeepaliveError(f"{problem} There is no line to comment out; fix it by hand.")
            _check_line(override, override.file, override.line, prediction, request.values)
            lines.add((override.file, override.line))
        for file, number in sorted(lines):
            changed = changes.get(file)
            changes[file] = _comment_out(file, next_boot.read(file) if changed is None else changed, number)
        disabled += overrides


def _ineffective(path: str) -> str:
    return f"What {path} sets would have no effect at the next boot"


def _why_ineffective(next_boot: NextBoot, path: str, reasons: List[str]) -> str:
    hidden = [f"{other} takes its name" for other in next_boot.same_name(path)]
    return "; ".join(reasons + hidden) or f"{next_boot.tool_name} does not read its folder"


def _check_other_settings(before: Prediction, after: Prediction, values: Dict[str, int]) -> None:
    for name in after.boot:
        earlier, later = before.values().get(name), after.values().get(name)
        if name not in values and later != earlier:
            raise KeepaliveError(
                f"Commenting out what is in the way would change net.ipv4.tcp_keepalive_{name} from "
                f"{_shown(earlier)} to {_shown(later)} at the next boot, which the task does not ask for. "
                "Give that value too, or edit the files by hand."
            )


def _shown(value: Optional[int]) -> str:
    return "what cannot be predicted" if value is None else str(value)


def _check_line(
    override: Override, file: str, number: int, prediction: Prediction, values: Dict[str, int]
) -> None:
    if file.startswith(_VOLATILE):
        raise _not_editable(file, number, "is in a file that does not last: change what creates it")
    plain = os.path.dirname(file) in EDITABLE_FOLDERS or file in EDITABLE_FILES
    if not plain and not _programs.may_edit(override):
        raise _not_editable(file, number, "is in a file that the boot tool reads only through a link")
    for assignment in (predicted.assignment for predicted in prediction.assignments):
        if (assignment.line.file, assignment.line.number) != (file, number) or not assignment.by_pattern:
            continue
        if (
            assignment.setting.name not in values
            or "tcp_keepalive_" not in assignment.line.text.partition("=")[0]
        ):
            raise _not_editable(file, number, "is a pattern that sets more than the task asks for")


def _comment_out(file: str, data: bytes, number: int) -> bytes:
    lines = data.split(b"\n")
    line = lines[number - 1]
    if line.startswith(MARK):
        raise _not_editable(file, number, "is a comment already, and takes effect nevertheless")
    if b"\0" in line or b"\r" in line.rstrip(b"\r"):
        raise _not_editable(file, number, "shares its line with others")
    before = lines[number - 2] if number > 1 else b""
    if line.endswith(b"\\") or before.partition(b"\0")[0].endswith(b"\\"):
        raise _not_editable(file, number, "is joined to another line by a backslash")
    lines[number - 1] = MARK + line
    return b"\n".join(lines)


def _not_editable(file: str, number: int, reason: str) -> KeepaliveError:
    return KeepaliveError(
        f"{file}, line {number}, is not commented out, since it {reason}. Change it by hand."
    )
