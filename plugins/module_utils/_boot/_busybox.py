# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""busybox `sysctl -p`, 1.28 to 1.38, file by file (procps/sysctl.c, libbb/parse_config.c)."""

import posixpath
import re
from typing import Callable, Iterator, List, Optional, Tuple

from .._settings import Setting
from ._errors import SkipLine
from ._keys import FOLDERS_ABOVE, PATHS, checked, resolved, swap_separators
from ._lines import Assignment, Line, Reading, SkippedLine, lines
from ._tree import Tree

_SPACE = " \t\n\v\f\r"
_FIRST_TO_SWAP = (1, 31)


def read(
    tree: Tree,
    files: List[str],
    version: Tuple[int, ...],
    kernel_value: Callable[[Setting, str], Optional[int]],
) -> Reading:
    """Return what busybox of that version makes of the files, a process each.

    It writes line by line, and a refusal ends the file.
    ``kernel_value(setting, text)`` returns the number that the kernel holds after that write, None if it
    refuses.
    """
    assignments: List[Assignment] = []
    skipped: List[SkippedLine] = []
    for file in files:
        for line in _joined(lines(tree.follow(file).path, tree.read(file))):
            try:
                assignment = _assignment(line, version)
            except SkipLine as skip:
                if line.names_a_setting:
                    skipped.append(SkippedLine(line, str(skip)))
                continue
            if assignment is not None:
                assignments.append(assignment)
                if kernel_value(assignment.setting, assignment.value) is None:
                    break
    return Reading(assignments, assignments, skipped)


def _joined(parts: Iterator[Line]) -> Iterator[Line]:
    """Join lines at a backslash before the line feed, in comments too; the number is that of the line with
    the value."""
    joined = None
    for line in parts:
        text = line.text
        number = joined.number if joined and joined.text.partition("=")[2].strip() else line.number
        joined = Line(line.file, number, (joined.text if joined else "") + text)
        if text.endswith("\\"):
            joined = joined._replace(text=joined.text[:-1])
            continue
        yield joined
        joined = None
    if joined:
        yield joined


def _assignment(line: Line, version: Tuple[int, ...]) -> Optional[Assignment]:
    """Return the assignment of a line, None for a comment or a blank line. SkipLine if it cannot set one of
    ours."""
    text = line.text.partition("\0")[0].strip(_SPACE)
    if not text or text[0] in "#;":
        return None
    key, equals, value = text.partition("=")
    value = value.strip(_SPACE)
    if not equals or not value:
        raise SkipLine("is not an assignment")
    setting = _setting(checked(key.strip(_SPACE)), version)
    if setting is None:
        raise SkipLine("has a key that busybox does not read as one of the settings")
    return Assignment(setting, value, line, False)


def _setting(key: str, version: Tuple[int, ...]) -> Optional[Setting]:
    """Return the setting that a key names, the way busybox turns dots into slashes."""
    if "/" in key and swap_separators(key) != key and version >= _FIRST_TO_SWAP:
        path = swap_separators(key)
    else:
        path = _dots_to_slashes(key)
    return PATHS.get(_relative(path))


def _dots_to_slashes(key: str) -> str:
    """Turn a dot into a slash where the path before it exists, starting from the end, and again after that
    dot."""
    done = -1
    while True:
        dots = [match.start() for match in re.finditer(r"\.|\Z", key) if match.start() > done]
        dot = next((at for at in reversed(dots) if _exists(key[:at])), None)
        if dot is None or dot == len(key):
            return key
        key = key[:dot] + "/" + key[dot + 1 :]
        done = dot


def _exists(path: str) -> bool:
    # Two leading slashes stay two in normpath().
    folder = "/" + posixpath.normpath(posixpath.join("/proc/sys", path)).lstrip("/")
    return _relative(path) in PATHS or (bool(path) and folder in FOLDERS_ABOVE)


def _relative(path: str) -> str:
    """Return a path below /proc/sys, which is busybox's working folder, without dots; nothing is below a
    file."""
    return "" if path.endswith(("/", "/.")) else resolved(path, "" if path.startswith("/") else "/proc/sys")
