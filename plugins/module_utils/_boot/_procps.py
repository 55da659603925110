# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""procps, 3.3.10 to 4.0.7: `sysctl --system`, and `sysctl -p` file by file (sysctl(8), src/sysctl.c)."""

import os
import posixpath
import re
from typing import List, NamedTuple, Optional, Tuple

from ._errors import CannotPredict, SkipLine
from ._keys import PATHS, checked, resolved, setting_of, swap_separators
from ._lines import Assignment, Line, Reading, SkippedLine, lines
from ._patterns import compiled, expand_braces, is_pattern, matches
from ._procps_rules import Rules, rules
from ._search_order import SEARCH_FOLDERS, SYSCTL_CONF, merged
from ._tree import FILE, Tree

_SPACE = " \t\n\v\f\r"
_LONG_TEXT = re.compile(rb"^[ \t]*[^#; \t\r\n=][^=\n]{99,}?[^= \t\r\n][ \t\r]*$", re.MULTILINE)


class _Entry(NamedTuple):
    """``path`` as written, which is what is compared; ``value`` None: excluded from patterns."""

    path: str
    value: Optional[str]
    line: Line


def read(tree: Tree, version: Tuple[int, ...]) -> Reading:
    """Return what `sysctl --system` of that version makes of the files."""
    etc, run, *vendor = SEARCH_FOLDERS
    folders = [run, etc, *vendor] if rules(version).reads_run_before_etc else SEARCH_FOLDERS
    files = merged(tree, lambda name, target: True, folders)
    if tree.follow(SYSCTL_CONF).kind == FILE:
        files.append(SYSCTL_CONF)
    return read_files(tree, files, version)


def read_files(tree: Tree, files: List[str], version: Tuple[int, ...]) -> Reading:
    """Return what one process of that version makes of the files, in the order given."""
    entries: List[_Entry] = []
    skipped: List[SkippedLine] = []
    does = rules(version)
    for file in (path for given in files for path in _globbed(tree, given)):
        data = tree.read(file)
        if does.may_crash:
            _check_crash(tree.follow(file).path, data)
        for line in lines(tree.follow(file).path, data, cut_at=does.cut_at):
            try:
                entry = _entry(line) if does.knows_patterns else _entry_of_3(line, does)
            except SkipLine as skip:
                if line.names_a_setting:
                    skipped.append(SkippedLine(line, str(skip)))
                continue
            if entry is not None:
                entries.append(entry)
    assigned = [(entry, assignment) for entry in entries for assignment in _assignments(entry, does)]
    writes = [
        assignment
        for entry, assignment in assigned
        if not assignment.by_pattern or not _excluded(entry, assignment, entries, does)
    ]
    return Reading([assignment for _entry, assignment in assigned], writes, skipped)


def _check_crash(file: str, data: bytes) -> None:
    text = _LONG_TEXT.search(data)
    if text:
        number = 1 + data.count(b"\n", 0, text.start())
        raise CannotPredict(f"{file}, line {number}, is long and no assignment: sysctl may crash on it")


def _globbed(tree: Tree, path: str) -> List[str]:
    """A path goes through glob(3) with braces; where nothing at all matches it stands for itself."""
    folder, name = os.path.split(path)
    if not is_pattern(name) and "{" not in name and "\\" not in name:
        return [path]
    if "\\" in name:
        raise CannotPredict(f"{path} has a backslash in its name, which procps reads as part of a pattern")
    paths: List[str] = []
    for pattern in expand_braces(name):
        paths += [
            folder + "/" + entry
            for entry in tree.names(folder)
            if matches(_bytes(pattern), _bytes(entry)) and entry.startswith(".") == pattern.startswith(".")
        ]
    return paths or [path]


def _bytes(name: str) -> str:
    """One character per byte: no locale is set when a host boots."""
    return os.fsencode(name).decode("latin-1")


def _entry(line: Line) -> Optional[_Entry]:
    """Return the entry of a line (4.0), None for a comment or a blank line. SkipLine if it cannot set one of
    ours."""
    text = line.text.partition("\0")[0].lstrip(_SPACE)
    if not text or text[0] in "#;":
        return None
    key, equals, value = text.partition("=")
    if key.startswith("-"):
        key = key[1:]
    elif not equals:
        raise SkipLine("is not an assignment")
    if equals and key.startswith("-"):
        key = key[1:]
    return _checked_entry(key.rstrip(_SPACE), value.strip(_SPACE) if equals else None, line)


def _entry_of_3(line: Line, does: Rules) -> Optional[_Entry]:
    """The same for 3.3, which cuts a line with strtok(3) and knows no exclusions and no patterns."""
    # At the start it trims less than at the end.
    text = line.text.partition("\0")[0].rstrip(" \t\r\n").lstrip(" \t")
    if not text or text[0] in "#;":
        return None
    key, equals, value = text.lstrip("=").partition("=")
    value = value.lstrip("\n\r").partition("\r")[0].lstrip(" \t")
    if not equals or not value:
        raise SkipLine("is not an assignment")
    key = key.rstrip(" \t\r\n").lstrip(" \t")
    return _checked_entry(key[1:] if does.ignores_minus and key.startswith("-") else key, value, line)


def _checked_entry(key: str, value: Optional[str], line: Line) -> _Entry:
    path = swap_separators(checked(key))
    excludes_by_pattern = value is None and "\\" in path
    if setting_of(path) is None and not is_pattern(path) and not excludes_by_pattern:
        raise SkipLine("has a key that sysctl does not read as one of the settings")
    return _Entry(path, value, line)


def _assignments(entry: _Entry, does: Rules) -> List[Assignment]:
    """Return what an entry assigns: nothing if it excludes."""
    if entry.value is None:
        return []
    if not is_pattern(entry.path):
        setting = setting_of(entry.path)
        return [Assignment(setting, entry.value, entry.line, False)] if setting else []
    if not does.knows_patterns:
        return []
    pattern = "" if entry.path.endswith(("/", "/.")) else resolved(entry.path)
    matched = [setting for path, setting in PATHS.items() if matches(pattern, path)]
    return [Assignment(setting, entry.value, entry.line, True) for setting in matched]


def _excluded(entry: _Entry, by_it: Assignment, entries: List[_Entry], does: Rules) -> bool:
    """A pattern yields to any entry with the same path, and from 4.0.5 on to an exclusion whose pattern
    covers it.

    Paths are compared as glob(3) spells them: with the repeated slashes and dots of the pattern.
    """
    path = _as_globbed(entry.path, by_it.setting.key.replace(".", "/"))
    return any(
        other.path == path or (other.value is None and does.excludes_by_pattern and _covers(other.path, path))
        for other in entries
    )


def _covers(pattern: str, path: str) -> bool:
    """Return whether fnmatch(3) says so, to which every exclusion is a pattern."""
    if "\\" not in pattern:
        return is_pattern(pattern) and bool(compiled(pattern).match(path))
    if "[" in pattern or compiled(pattern.replace("\\", "")).match(path):
        raise CannotPredict(f"the pattern {pattern[:80]!r} has a backslash")
    return False


def _as_globbed(pattern: str, path: str) -> str:
    """Return a path as the pattern that matches it spells it."""
    if ".." in pattern.split("/"):
        return posixpath.join(posixpath.dirname(pattern), posixpath.basename(path))
    parts = iter(path.split("/"))
    return "/".join(part if part in ("", ".") else next(parts) for part in pattern.split("/"))
