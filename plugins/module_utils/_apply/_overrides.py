# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of other files that would win over ours at the next boot: explaining them, and commenting them out."""

import os
from typing import Dict, List, Tuple

from .._boot._next_boot import (
    EDITABLE_FILES,
    EDITABLE_FOLDERS,
    Changes,
    NextBoot,
    Override,
    Prediction,
    overridden,
)
from .._settings import KeepaliveError

MARK = b"# disabled by netops.tcp_keepalive: "
# A file that is made anew at each boot is no place to change one.
_VOLATILE = ("/run/", "/proc/")


def explain(
    found: List[Override], next_boot: NextBoot, predicted: Prediction, wanted: Dict[str, int], path: str
) -> str:
    """Return what is in the way, in words for the user."""
    told = [
        f"At the next boot net.ipv4.tcp_keepalive_{one.setting} would be {one.value}, not {wanted[one.setting]}: "
        f"{one.file}, line {one.line}, wins over {path}."
        for one in found
        if one.file
    ]
    lost = [one for one in found if not one.file]
    if lost:
        names = ", ".join(f"{one.setting} {one.value}, not {wanted[one.setting]}" for one in lost)
        reasons = [f"{line.file}, line {line.number}, {reason}" for line, reason in predicted.skipped]
        told.append(f"{_would_not_count(path)} (tcp_keepalive: {names}): {_why(next_boot, path, reasons)}.")
    return " ".join(told)


def unread(next_boot: NextBoot, path: str) -> str:
    """Return why a file of ours would not be read, in words for the user."""
    return f"{_would_not_count(path)}: {_why(next_boot, path, [])}. Choose another path."


def _would_not_count(path: str) -> str:
    return f"What {path} sets would not count at the next boot"


def _why(next_boot: NextBoot, path: str, reasons: List[str]) -> str:
    taken = [f"{other} takes its name" for other in next_boot.same_name(path)]
    return "; ".join(reasons + taken) or f"{next_boot.tool_name} does not read its folder"


def disable(
    next_boot: NextBoot, wanted: Dict[str, int], path: str, changes: Changes
) -> Tuple[List[Override], Changes]:
    """Return the overrides that would be gone, and ``changes`` with their lines commented out too.

    KeepaliveError, with the reason, where a line can not simply be commented out.
    """
    first, changes, disabled = changes, dict(changes), []
    while True:
        predicted = next_boot.predict(changes)
        found = overridden(predicted, wanted)
        if not found:
            _check_others(next_boot.predict(first), predicted, wanted)
            return disabled, changes
        if not all(one.file for one in found):
            raise KeepaliveError(
                explain(found, next_boot, predicted, wanted, path)
                + " There is no line to comment out; mend it by hand."
            )
        for one in found:
            _check(one, predicted, wanted)
        for file, line in sorted({(one.file, one.line) for one in found}):
            data = changes[file] if changes.get(file) is not None else next_boot.read(file)
            changes[file] = _comment_out(file, data, line)
        disabled += found


def choices(next_boot: NextBoot, wanted: Dict[str, int], path: str, changes: Changes) -> str:
    """Return what the user may do about the overrides, in words; ``disable`` only where it would work."""
    try:
        disable(next_boot, wanted, path, changes)
    except KeepaliveError as error:
        return f'Nothing was changed. {error} Or say "overrides: warn" to go on all the same.'
    return (
        "Nothing was changed. Remove what is in the way, choose a path that is read later, or say "
        '"overrides: disable" to have it commented out, or "overrides: warn" to go on all the same.'
    )


def _check_others(before: Prediction, after: Prediction, wanted: Dict[str, int]) -> None:
    for name, entry in after.boot.items():
        if name not in wanted and entry.value != before.boot[name].value:
            raise KeepaliveError(
                f"Commenting out what is in the way would change net.ipv4.tcp_keepalive_{name} from {before.boot[name].value} to "
                f"{entry.value} at the next boot, which the task does not ask for. Give it too, or mend the files by hand."
            )


def _check(one: Override, predicted: Prediction, wanted: Dict[str, int]) -> None:
    if one.file.startswith(_VOLATILE):
        raise _no("is not a file that lasts: change what makes it", one)
    if os.path.dirname(one.file) not in EDITABLE_FOLDERS and one.file not in EDITABLE_FILES:
        raise _no("is in a file that only a link makes one of the boot tool's", one)
    for assignment, _value, _wins in predicted.assignments:
        here = (assignment.line.file, assignment.line.number) == (one.file, one.line)
        if (
            here
            and assignment.by_pattern
            and (
                assignment.setting.name not in wanted
                or "tcp_keepalive_" not in assignment.line.text.partition("=")[0]
            )
        ):
            raise _no("is a pattern that sets more than what the task asks for", one)


def _comment_out(file: str, data: bytes, number: int) -> bytes:
    lines = data.split(b"\n")
    line = lines[number - 1]
    one = Override("", 0, file, number)
    if line.startswith(MARK):
        raise _no("is a comment already, and counts all the same", one)
    if b"\0" in line or b"\r" in line.rstrip(b"\r"):
        raise _no("shares its line with others", one)
    before = lines[number - 2] if number > 1 else b""
    if line.endswith(b"\\") or before.partition(b"\0")[0].endswith(b"\\"):
        raise _no("is joined to another line by a backslash", one)
    lines[number - 1] = MARK + line
    return b"\n".join(lines)


def _no(reason: str, one: Override) -> KeepaliveError:
    return KeepaliveError(
        f"{one.file}, line {one.line}, is not commented out, since it {reason}. Change it by hand."
    )
