# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""systemd-sysctl, 247 to 262: its files and lines (sysctl.d(5), src/sysctl/sysctl.c)."""

import re
from typing import Dict, List, NamedTuple, Optional

from ._errors import CannotPredict, SkipLine
from ._keys import PATHS, checked, resolved, swap_separators
from ._lines import LONGEST_LINE, Assignment, Line, Reading, SkippedLine, lines
from ._patterns import expand_braces, is_pattern, matches
from ._search_order import merged
from ._tree import FILE, LOOP, Target, Tree

_BLANKS = " \t\r\n"
_LONGEST_NAME = 255
_FIRST_WITH_CREDENTIALS = 252
_FIRST_TO_REFUSE_DOT_DOT = 250
_FIRST_TO_SKIP_LOOPS = 258
_FIRST_WITHOUT_SEMICOLON = 259
# systemd.exec(5): credentials passed to the system come first, then the stores.
_CREDENTIALS = ("/run/credentials/@system", "/etc/credstore", "/run/credstore", "/usr/lib/credstore")


class _Option(NamedTuple):
    """A key with its value; None: the key is excluded from patterns."""

    key: str
    value: Optional[str]
    line: Line


def read(tree: Tree, version: int) -> Reading:
    """Return what systemd-sysctl of that version makes of the files."""
    assignments: List[Assignment] = []
    skipped: List[SkippedLine] = []
    options: Dict[str, _Option] = {}
    for file in _files(tree, version):
        for line in lines(tree.follow(file).path, tree.read(file), "\r\0"):
            if len(line.text) > LONGEST_LINE:
                reason = "is longer than 1 MiB: systemd-sysctl stops reading the file here"
                skipped.append(SkippedLine(line, reason))
                break
            try:
                option = _option(line, version)
            except SkipLine as skip:
                if line.names_a_setting:
                    skipped.append(SkippedLine(line, str(skip)))
                continue
            if option is None:
                continue
            if option.value is None and (option.key in PATHS or line.names_a_setting):
                reason = "excludes the key: this takes back what was set before, and no pattern sets it"
                skipped.append(SkippedLine(line, reason))
            assignments += _assignments(option, version)
            if option.key in options and options[option.key].value == option.value:
                continue
            # A dict keeps the order of insertion; a replaced option goes to the end.
            options.pop(option.key, None)
            options[option.key] = option
    return Reading(assignments, _writes(options, version), skipped)


def _files(tree: Tree, version: int) -> List[str]:
    def takes(name: str, target: Target) -> bool:
        skips = target.kind == LOOP and version >= _FIRST_TO_SKIP_LOOPS
        return not name.startswith(".") and not skips

    files = merged(tree, takes)
    if version >= _FIRST_WITH_CREDENTIALS:
        stored = (folder + "/sysctl.extra" for folder in _CREDENTIALS)
        files += [path for path in stored if tree.follow(path).kind == FILE][:1]
    return files


def _option(line: Line, version: int) -> Optional[_Option]:
    """Return the option that a line sets, None for a comment or a blank line. SkipLine if it cannot set one
    of ours."""
    text = line.text.strip(_BLANKS)
    if not text or text[0] == "#" or (text[0] == ";" and version < _FIRST_WITHOUT_SEMICOLON):
        return None
    key, equals, value = text.partition("=")
    if not equals and not key.startswith("-"):
        raise SkipLine("is not an assignment")
    key = _normalized(key[1:] if key.startswith("-") else key)
    if is_pattern(key) and any(len(part) > _LONGEST_NAME for part in key.split("/")):
        raise CannotPredict(
            "a pattern with a name of over 255 characters makes systemd-sysctl set nothing at all"
        )
    if not is_pattern(key) and _path(key, version) not in PATHS:
        raise SkipLine("has a key that systemd-sysctl does not read as one of the settings")
    return _Option(key, value.strip(_BLANKS) if equals else None, line)


def _normalized(key: str) -> str:
    path = swap_separators(checked(key.strip(_BLANKS)))
    if path in PATHS:
        return path
    return "/".join(part for part in path.split("/") if part not in ("", "."))


def _path(key: str, version: int) -> str:
    """Return the path that a key leads to; keys themselves are compared as they are spelled."""
    if ".." not in key.split("/"):
        return key
    if version >= _FIRST_TO_REFUSE_DOT_DOT:
        if key.startswith("..") and "tcp_keepalive_" in key:
            raise CannotPredict(f"the key {key[:80]!r} leads out of /proc/sys")
        return key
    return resolved(key)


def _assignments(option: _Option, version: int) -> List[Assignment]:
    """Return what an option assigns: nothing if it excludes."""
    if option.value is None:
        return []
    key = _path(option.key, version)
    if key in PATHS:
        return [Assignment(PATHS[key], option.value, option.line, False)]
    # Braces count, but only in a key that is a pattern without them too.
    patterns = expand_braces(key) if _may_match(key) else []
    matched = [setting for path, setting in PATHS.items() if any(matches(each, path) for each in patterns)]
    return [Assignment(setting, option.value, option.line, True) for setting in matched]


def _may_match(key: str) -> bool:
    """Compare what comes before the first special character, which is fast."""
    plain = re.split(r"[*?\[{\\]", key, maxsplit=1)[0]
    return any(path.startswith(plain) for path in PATHS)


def _writes(options: Dict[str, _Option], version: int) -> List[Assignment]:
    """A pattern does not set an explicit key, not even an excluded one, whichever of the two comes first."""
    return [
        assignment
        for option in options.values()
        for assignment in _assignments(option, version)
        if not assignment.by_pattern
        or ".." in option.key.split("/")
        or assignment.setting.key.replace(".", "/") not in options
    ]
