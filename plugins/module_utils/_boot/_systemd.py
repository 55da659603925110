# SPDX-License-Identifier: GPL-3.0-or-later
"""systemd-sysctl, 247 to 262: its files and lines (sysctl.d(5), src/sysctl/sysctl.c)."""

import re
from typing import Any, Dict, List, NamedTuple, Optional

from . import _tree
from ._lines import (
    LONGEST_LINE,
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

_BLANKS = " \t\r\n"
_LONGEST_NAME = 255
_FIRST_WITH_CREDENTIALS = 252
_FIRST_TO_REFUSE_DOT_DOT = 250
_FIRST_TO_PASS_OVER_LOOPS = 258
_FIRST_WITHOUT_SEMICOLON = 259
# systemd.exec(5): what the system got comes first, then the stores.
_CREDENTIALS = ("/run/credentials/@system", "/etc/credstore", "/run/credstore", "/usr/lib/credstore")


class _Option(NamedTuple):
    key: str
    value: Optional[str]
    line: Line


def read(tree: _tree.Tree, version: int) -> Reading:
    """Return what systemd-sysctl of that version makes of the files."""

    def takes(name: str, found: _tree.Found) -> bool:
        loops = found.kind == _tree.LOOP and version >= _FIRST_TO_PASS_OVER_LOOPS
        return not name.startswith(".") and not loops

    files = _tree.merged(tree, _tree.FOLDERS, takes)
    if version >= _FIRST_WITH_CREDENTIALS:
        stored = (folder + "/sysctl.extra" for folder in _CREDENTIALS)
        files += [path for path in stored if tree.follow(path).kind == _tree.FILE][:1]

    assignments, skipped = [], []
    options = {}
    for file in files:
        for line in lines(tree.follow(file).path, tree.read(file), "\r\0"):
            if len(line.text) > LONGEST_LINE:
                skipped.append((line, "is longer than 1 MiB: systemd-sysctl stops reading the file here"))
                break
            option = _option(line, version)
            if isinstance(option, str):
                skipped += [(line, option)] if speaks(line) else []
                continue
            if option is None:
                continue
            if option.value is not None:
                assignments += _assignments(option, version)
            elif option.key in PATHS or speaks(line):
                skipped.append((line, "takes back what was set before, and keeps patterns away"))
            if option.key in options and options[option.key].value == option.value:
                continue
            # A dict keeps the order of insertion from Python 3.6 on; a replaced option goes to the end.
            options.pop(option.key, None)
            options[option.key] = option
    return Reading(assignments, _writes(options, version), skipped)


def _option(line: Line, version: int) -> Any:
    """Return the option that a line sets (value None: excludes), None for no concern of ours, or why it is passed over."""
    text = line.text.strip(_BLANKS)
    if not text or text[0] == "#" or (text[0] == ";" and version < _FIRST_WITHOUT_SEMICOLON):
        return None
    key, equals, value = text.partition("=")
    if not equals and not key.startswith("-"):
        return "is not an assignment"
    key = _normalized(key[1:] if key.startswith("-") else key)
    if _tree.is_pattern(key) and any(len(part) > _LONGEST_NAME for part in key.split("/")):
        raise _tree.CannotTell(
            "a pattern with a name of over 255 characters makes systemd-sysctl set nothing at all"
        )
    if not _tree.is_pattern(key) and _target(key, version) not in PATHS:
        return "has a key that systemd-sysctl does not take for one of the settings"
    return _Option(key, value.strip(_BLANKS) if equals else None, line)


def _normalized(key: str) -> str:
    path = swap_separators(checked(key.strip(_BLANKS)))
    if path in PATHS:
        return path
    return "/".join(part for part in path.split("/") if part not in ("", "."))


def _target(key: str, version: int) -> str:
    """Return the path that a key leads to. Keys are compared, and patterns kept away, by how they are spelled."""
    if ".." not in key.split("/"):
        return key
    if version >= _FIRST_TO_REFUSE_DOT_DOT:
        if key.startswith("..") and "tcp_keepalive_" in key:
            raise _tree.CannotTell(f"the key {key[:80]!r} leads out of /proc/sys")
        return key
    return resolved(key)


def _assignments(option: _Option, version: int) -> List[Assignment]:
    key = _target(option.key, version)
    if key in PATHS:
        return [Assignment(PATHS[key], option.value, option.line, False)]
    # Braces count, but only in a key that is a pattern without them too.
    patterns = _tree.braces(key) if _may_be_ours(key) else []
    found = [setting for path, setting in PATHS.items() if any(_tree.matches(one, path) for one in patterns)]
    return [Assignment(setting, option.value, option.line, True) for setting in found]


def _may_be_ours(key: str) -> bool:
    """Tell, fast, by what stands before the first special character."""
    plain = re.split(r"[*?\[{\\]", key, maxsplit=1)[0]
    return any(path.startswith(plain) for path in PATHS)


def _writes(options: Dict[str, _Option], version: int) -> List[Assignment]:
    """An explicit key, even an excluded one, keeps every pattern away, wherever either stands."""
    writes = []
    for option in options.values():
        if option.value is not None:
            found = _assignments(option, version)
            spelled = ".." not in option.key.split("/")
            kept_away = [
                spelled and one.by_pattern and one.setting.key.replace(".", "/") in options for one in found
            ]
            writes += [one for one, away in zip(found, kept_away) if not away]
    return writes
