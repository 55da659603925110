# SPDX-License-Identifier: GPL-3.0-or-later
"""procps, 3.3.17 to 4.0.7: `sysctl --system`, and `sysctl -p` file by file (sysctl(8), src/sysctl.c)."""

import os
import posixpath
from typing import Any, List, NamedTuple, Optional, Tuple

from . import _tree
from ._lines import PATHS, Assignment, Line, Reading, checked, lines, resolved, speaks, swap_separators

_SPACE = " \t\n\v\f\r"
_FIRST_WITH_PATTERNS = (4, 0, 0)
_FIRST_TO_EXCLUDE_BY_PATTERN = (4, 0, 5)


class _Entry(NamedTuple):
    """``path`` as written, which is what is compared; ``value`` None: excluded from patterns."""

    path: str
    value: Optional[str]
    line: Line


def read(tree: _tree.Tree, version: Tuple[int, ...]) -> Reading:
    """Return what `sysctl --system` of that version makes of the files."""
    files = _tree.merged(tree, _tree.FOLDERS, lambda name, found: True)
    if tree.follow("/etc/sysctl.conf").kind == _tree.FILE:
        files.append("/etc/sysctl.conf")
    return read_files(tree, files, version)


def read_files(tree: _tree.Tree, files: List[str], version: Tuple[int, ...]) -> Reading:
    """Return what one process of that version makes of the files, in the order given."""
    entries, skipped = [], []
    parse = _entry if version >= _FIRST_WITH_PATTERNS else _entry_of_3
    for file in (found for path in files for found in _globbed(tree, path)):
        for line in lines(tree.follow(file).path, tree.read(file)):
            entry = parse(line)
            if isinstance(entry, str):
                skipped += [(line, entry)] if speaks(line) else []
            elif entry is not None:
                entries.append(entry)
    found = [
        (entry, one) for entry in entries if entry.value is not None for one in _assignments(entry, version)
    ]
    writes = [
        one for entry, one in found if not (one.by_pattern and _kept_away(entry, one, entries, version))
    ]
    return Reading([one for _entry, one in found], writes, skipped)


def _globbed(tree: _tree.Tree, path: str) -> List[str]:
    """A path goes through glob(3) with braces; where nothing at all matches it stands for itself."""
    folder, name = os.path.split(path)
    if not _tree.is_pattern(name) and "{" not in name and "\\" not in name:
        return [path]
    if "\\" in name:
        raise _tree.CannotTell(f"{path} has a backslash in its name, which procps takes as a pattern's")
    found = []
    for one in _tree.braces(name):
        found += [
            folder + "/" + other
            for other in tree.names(folder)
            if _tree.matches(_bytes(one), _bytes(other)) and other.startswith(".") == one.startswith(".")
        ]
    return found or [path]


def _bytes(name: str) -> str:
    """One character per byte: no locale is set when a host boots."""
    return os.fsencode(name).decode("latin-1")


def _entry(line: Line) -> Any:
    """Return the entry of a line (4.0), None for no concern of ours, or why it is passed over."""
    text = line.text.partition("\0")[0].lstrip(_SPACE)
    if not text or text[0] in "#;":
        return None
    key, equals, value = text.partition("=")
    if key.startswith("-"):
        key = key[1:]
    elif not equals:
        return "is not an assignment"
    if equals and key.startswith("-"):
        key = key[1:]
    return _spelled(key.rstrip(_SPACE), value.strip(_SPACE) if equals else None, line)


def _entry_of_3(line: Line) -> Any:
    """The same for 3.3, which cuts a line with strtok(3) and knows no exclusions and no patterns."""
    # At the start it trims less than at the end.
    text = line.text.partition("\0")[0].rstrip(" \t\r\n").lstrip(" \t")
    if not text or text[0] in "#;":
        return None
    key, equals, value = text.lstrip("=").partition("=")
    value = value.lstrip("\n\r").partition("\r")[0].lstrip(" \t")
    if not equals or not value:
        return "is not an assignment"
    key = key.rstrip(" \t\r\n").lstrip(" \t")
    return _spelled(key[1:] if key.startswith("-") else key, value, line)


def _spelled(key: str, value: Optional[str], line: Line) -> Any:
    path = swap_separators(checked(key))
    if _setting(path) is None and not _tree.is_pattern(path):
        return "has a key that sysctl does not take for one of the settings"
    return _Entry(path, value, line)


def _setting(path: str) -> Any:
    """Return the setting that a path leads to: the kernel passes over repeated slashes, and follows dots."""
    return PATHS.get(resolved(path)) if not path.endswith(("/", "/.")) else None


def _assignments(entry: _Entry, version: Tuple[int, ...]) -> List[Assignment]:
    if not _tree.is_pattern(entry.path):
        return [Assignment(_setting(entry.path), entry.value, entry.line, False)]
    if version < _FIRST_WITH_PATTERNS:
        return []
    pattern = "" if entry.path.endswith(("/", "/.")) else resolved(entry.path)
    found = [setting for path, setting in PATHS.items() if _tree.matches(pattern, path)]
    return [Assignment(setting, entry.value, entry.line, True) for setting in found]


def _kept_away(entry: _Entry, one: Assignment, entries: List[_Entry], version: Tuple[int, ...]) -> bool:
    """A pattern yields to any entry of the very path, and from 4.0.5 on to an exclusion whose pattern covers it.

    Paths are compared as glob(3) spells them: with the repeated slashes and dots of the pattern.
    """
    path = _found_by(entry.path, one.setting.key.replace(".", "/"))
    return any(
        other.path == path
        or (
            other.value is None
            and version >= _FIRST_TO_EXCLUDE_BY_PATTERN
            and _tree.is_pattern(other.path)
            and _tree.component(_plain(other.path)).match(path)
        )
        for other in entries
    )


def _found_by(pattern: str, path: str) -> str:
    """Return a path as the pattern that finds it spells it."""
    if ".." in pattern.split("/"):
        return posixpath.join(posixpath.dirname(pattern), posixpath.basename(path))
    parts = iter(path.split("/"))
    return "/".join(part if part in ("", ".") else next(parts) for part in pattern.split("/"))


def _plain(pattern: str) -> str:
    if "\\" in pattern:
        raise _tree.CannotTell(f"the pattern {pattern[:80]!r} has a backslash")
    return pattern
