# SPDX-License-Identifier: GPL-3.0-or-later
"""busybox `sysctl -p`, 1.30 to 1.38, file by file in the order of Alpine's OpenRC service (procps/sysctl.c)."""

import posixpath
import re
from typing import Any, Callable, Iterator, List, Optional, Tuple

from . import _tree
from ._lines import (
    FOLDERS_ABOVE,
    PATHS,
    Assignment,
    Line,
    Reading,
    checked,
    lines,
    resolved,
    speaks,
    swap_separators,
)

_SPACE = " \t\n\v\f\r"
_FIRST_TO_SWAP = (1, 31)


def alpine_files(tree: _tree.Tree) -> List[str]:
    """Return the files that Alpine's service loads, in its order, each by a process of its own."""

    def listed(folder: str, *above: str) -> List[str]:
        names = [name for name in tree.names(folder) if name.endswith(".conf") and not name.startswith(".")]
        return [
            folder + "/" + name for name in names if not any(is_file(other + "/" + name) for other in above)
        ]

    def is_file(path: str) -> bool:
        return tree.follow(path).kind == _tree.FILE

    files = [
        path
        for vendor in ("/lib", "/usr/lib")
        for path in listed(vendor + "/sysctl.d", "/etc/sysctl.d", "/run/sysctl.d")
    ]
    files += [*listed("/etc/sysctl.d", "/run/sysctl.d"), "/etc/sysctl.conf", *listed("/run/sysctl.d")]
    return [path for path in files if is_file(path)]


def read(tree: _tree.Tree, version: Tuple[int, ...], number: Callable[[Any, str], Optional[int]]) -> Reading:
    """Return what busybox of that version makes of the files; it writes line by line, and a refusal ends the file.

    ``number(setting, value)`` tells what the kernel makes of a value, None where it refuses.
    """
    assignments, skipped = [], []
    for file in alpine_files(tree):
        for line in _joined(lines(tree.follow(file).path, tree.read(file))):
            one = _assignment(line, version)
            if isinstance(one, str):
                skipped += [(line, one)] if speaks(line) else []
            elif one is not None:
                assignments.append(one)
                if number(one.setting, one.value) is None:
                    break
    return Reading(assignments, assignments, skipped)


def _joined(parts: Iterator[Line]) -> Iterator[Line]:
    """Join lines at a backslash before the line feed, in comments too; the number is that of the line with the value."""
    joined = None
    for line in parts:
        text = line.text.partition("\0")[0]
        number = joined.number if joined and joined.text.partition("=")[2].strip() else line.number
        joined = Line(line.file, number, (joined.text if joined else "") + text)
        if text.endswith("\\"):
            joined = joined._replace(text=joined.text[:-1])
            continue
        yield joined
        joined = None
    if joined:
        yield joined


def _assignment(line: Line, version: Tuple[int, ...]) -> Any:
    """Return the assignment of a line, None for no concern of ours, or why it is passed over."""
    text = line.text.strip(_SPACE)
    if not text or text[0] in "#;":
        return None
    key, equals, value = text.partition("=")
    value = value.strip(_SPACE)
    if not equals or not value:
        return "is not an assignment"
    setting = _setting(checked(key.strip(_SPACE)), version)
    if setting is None:
        return "has a key that busybox does not take for one of the settings"
    return Assignment(setting, value, line, False)


def _setting(key: str, version: Tuple[int, ...]) -> Any:
    """Return the setting that a key names, the way busybox turns dots into slashes."""
    if "/" in key and swap_separators(key) != key and version >= _FIRST_TO_SWAP:
        path = swap_separators(key)
    else:
        path = _dots_to_slashes(key)
    return PATHS.get(_relative(path))


def _dots_to_slashes(key: str) -> str:
    """Turn a dot into a slash where what stands before it exists, from the end on, and again from there."""
    done = -1
    while True:
        dots = [match.start() for match in re.finditer(r"\.|\Z", key) if match.start() > done]
        found = next((at for at in reversed(dots) if _exists(key[:at])), None)
        if found is None or found == len(key):
            return key
        key = key[:found] + "/" + key[found + 1 :]
        done = found


def _exists(path: str) -> bool:
    return _relative(path) in PATHS or (
        bool(path) and posixpath.normpath(posixpath.join("/proc/sys", path)) in FOLDERS_ABOVE
    )


def _relative(path: str) -> str:
    """Return a path below /proc/sys, which is busybox's working folder, without dots; nothing is below a file."""
    return "" if path.endswith(("/", "/.")) else resolved(path, "" if path.startswith("/") else "/proc/sys")
