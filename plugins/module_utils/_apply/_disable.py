# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines of other files that would win over ours, commented out.

A vendor's file is not edited: the next update of its package would bring the line back. A copy in /etc, with
the line commented out, takes its name instead (sysctl.d(5)); a link to /dev/null would take the file's other
settings away too. A copy whose original has changed since is made anew.
"""

import os
import re
from typing import Dict, List, Optional, Tuple

from .._boot._next_boot import EDITABLE_FILES, EDITABLE_FOLDERS, Changes, NextBoot, Prediction
from .._settings import KeepaliveError
from . import _marks, _programs
from ._decision import Override, find_overrides
from ._order import without_pins
from ._remedies import explain
from ._request import Request

# Files there are made anew at each boot.
_VOLATILE = ("/run/", "/proc/")


def disable(next_boot: NextBoot, request: Request, changes: Changes) -> Tuple[List[Override], Changes]:
    """Return the overrides that would be gone, and ``changes`` with their lines commented out too.

    KeepaliveError, with the reason, where a line cannot simply be commented out.
    """
    original, changes = next_boot.predict(changes), dict(changes)
    disabled: List[Override] = []
    originals: Dict[str, str] = {}
    while True:
        prediction = next_boot.predict(changes)
        overrides = find_overrides(prediction, request.values)
        if not overrides:
            _check_other_settings(original, prediction, request.values)
            return disabled, changes
        lines: Dict[str, List[int]] = {}
        for override in overrides:
            if override.file is None or override.line is None:
                problem = explain(overrides, next_boot, prediction, request)
                raise KeepaliveError(f"{problem} There is no line to comment out; fix it by hand.")
            _check_line(override, override.file, override.line, prediction, request.values)
            lines.setdefault(override.file, []).append(override.line)
            disabled.append(_where_it_was(override, originals))
        for file in sorted(lines):
            path, data = _without(next_boot, changes, file, sorted(set(lines[file])))
            changes[path] = data
            if path != file:
                originals[path] = file


def outdated(next_boot: NextBoot) -> Changes:
    """Return, as removed, the copies that are as we made them, but whose originals have changed since."""
    changes: Changes = {}
    for file in next_boot.editable_files():
        copy = _marks.parse_copy(without_pins(next_boot.read(file))) if file.startswith("/etc/") else None
        if copy and copy.intact and _marks.checksum(next_boot.read(copy.original)) != copy.checksum:
            changes[file] = None
    return changes


def obstacle(next_boot: NextBoot, request: Request, changes: Changes) -> Optional[str]:
    """Return why ``disable`` would refuse, in words for the user; None where it would work."""
    try:
        disable(next_boot, request, changes)
    except KeepaliveError as error:
        return str(error)
    return None


def _without(next_boot: NextBoot, changes: Changes, file: str, numbers: List[int]) -> Tuple[str, bytes]:
    """Return the file to write, ``file`` or what takes its name, with the lines commented out."""
    changed = changes.get(file)
    data = next_boot.read(file) if changed is None else changed
    without = comment_out(file, data, numbers)
    if not file.startswith("/usr/") and not file.startswith("/lib/"):
        return file, without
    folder, name = os.path.split(file)
    path = os.path.join("/etc", os.path.basename(folder), name)
    if re.search(r"[\x00-\x1f\x7f]", name):
        raise _not_editable(file, numbers[0], "is in a file with a control character in its name")
    taken = changes[path] is not None if path in changes else next_boot.exists(path)
    if taken:
        raise _not_editable(file, numbers[0], f"is read in spite of {path}, which has the file's name")
    return path, _marks.mark_copy(file, data) + without


def _where_it_was(override: Override, originals: Dict[str, str]) -> Override:
    """Return the override as the host has it, where its line is in a copy that is yet to be made."""
    original = originals.get(override.file or "")
    if not original or not override.line:
        return override
    return override._replace(file=original, line=override.line - 1)


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


def comment_out(file: str, data: bytes, numbers: List[int]) -> bytes:
    """Return the data of ``file`` with these lines commented out, marked; KeepaliveError if one cannot be."""
    lines = data.split(b"\n")
    for number in numbers:
        line = lines[number - 1]
        if _marks.is_marked(line):
            raise _not_editable(file, number, "is a comment already, and takes effect nevertheless")
        if b"\0" in line or b"\r" in line.rstrip(b"\r"):
            raise _not_editable(file, number, "shares its line with others")
        before = lines[number - 2] if number > 1 else b""
        if line.endswith(b"\\") or before.partition(b"\0")[0].endswith(b"\\"):
            raise _not_editable(file, number, "is joined to another line by a backslash")
        lines[number - 1] = _marks.mark_line(line)
    return b"\n".join(lines)


def _not_editable(file: str, number: int, reason: str) -> KeepaliveError:
    return KeepaliveError(
        f"{file}, line {number}, is not commented out, since it {reason}. Change it by hand."
    )
