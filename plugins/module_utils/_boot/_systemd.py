# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""systemd-sysctl, 208 to 262: its files and lines (sysctl.d(5), src/sysctl/sysctl.c)."""

import re
from typing import Dict, List, NamedTuple, Optional

from .._settings import Setting
from ._errors import CannotPredict, SkipLine
from ._keys import PATHS, checked, resolved, setting_of, swap_separators
from ._lines import LONGEST_LINE, Assignment, Line, Reading, SkippedLine, lines
from ._patterns import expand_braces, is_pattern, matches
from ._search_order import SYSCTL_CONF, merged
from ._systemd_rules import Rules
from ._tree import BLOCKED, FILE, FOLDER, LOOP, SPECIAL, Target, Tree

_BLANKS = " \t\r\n"
_LONGEST_NAME = 255
_COMPARED_PATHS = {*PATHS, *("/" + path for path in PATHS)}
# systemd.exec(5): credentials passed to the system come first, then the stores.
_CREDENTIALS = ("/run/credentials/@system", "/etc/credstore", "/run/credstore", "/usr/lib/credstore")


class _Option(NamedTuple):
    """A key with its value; None: the key is excluded from patterns."""

    key: str
    value: Optional[str]
    line: Line


def read(tree: Tree, does: Rules) -> Reading:
    """Return what systemd-sysctl with these rules makes of the host's files."""
    return read_files(tree, _files(tree, does), does)


def read_files(tree: Tree, files: List[str], does: Rules) -> Reading:
    """Return what one process makes of the files, in the order given."""
    assignments: List[Assignment] = []
    skipped: List[SkippedLine] = []
    options: Dict[str, _Option] = {}
    for file in files:
        for line in lines(tree.follow(file).path, tree.read(file), does.line_ends, does.cut_at):
            if len(line.text) > LONGEST_LINE:
                reason = "is longer than 1 MiB: systemd-sysctl stops reading the file here"
                skipped.append(SkippedLine(line, reason))
                break
            try:
                option = _option(line, does)
            except SkipLine as skip:
                if line.names_a_setting:
                    skipped.append(SkippedLine(line, str(skip)))
                continue
            if option is None:
                continue
            if option.value is None and (option.key in PATHS or line.names_a_setting):
                reason = "excludes the key: this takes back what was set before, and no pattern sets it"
                skipped.append(SkippedLine(line, reason))
            found = _assignments(option, does)
            if not found and option.value is not None and not is_pattern(option.key):
                skipped.append(
                    SkippedLine(line, "has a key that sets nothing, and takes the place of one that does")
                )
            assignments += found
            key = _compared(option.key) if does.compares_keys_as_paths else option.key
            if key in options and options[key].value == option.value:
                continue
            # A dict keeps the order of insertion; a replaced option goes to the end.
            options.pop(key, None)
            options[key] = option
    return Reading(assignments, _writes(options, does), skipped)


def _files(tree: Tree, does: Rules) -> List[str]:
    def takes(name: str, target: Target) -> bool:
        if name.startswith(".") or (does.skips_unresolvable_links and target.kind in (BLOCKED, LOOP)):
            return False
        # Another link counts, even if its target is missing; it has a name of its own, most of the time.
        itself = target.path.endswith("/" + name)
        return not (does.takes_only_files_and_links and itself and target.kind in (FOLDER, SPECIAL))

    files = merged(tree, takes)
    if does.reads_sysctl_conf_last:
        files.append(SYSCTL_CONF)
    if does.reads_credential:
        stored = (folder + "/sysctl.extra" for folder in _CREDENTIALS)
        files += [path for path in stored if tree.follow(path).kind == FILE][:1]
    return files


def _option(line: Line, does: Rules) -> Optional[_Option]:
    """Return the option that a line sets, None for a comment or a blank line. SkipLine if it cannot set one
    of ours."""
    text = line.text.partition("\0")[0].strip(_BLANKS)
    if not text or text[0] == "#" or (text[0] == ";" and does.semicolon_is_comment):
        return None
    key, equals, value = text.partition("=")
    if not equals and not (does.knows_patterns and key.startswith("-")):
        raise SkipLine("is not an assignment")
    key = key.rstrip(_BLANKS)
    if does.ignores_minus and key.startswith("-"):
        key = key[1:].lstrip(_BLANKS) if does.ignores_blanks_after_minus else key[1:]
    key = _normalized(key) if does.simplifies_keys else swap_separators(checked(key))
    pattern = does.knows_patterns and is_pattern(key)
    if equals and pattern and any(len(part) > _LONGEST_NAME for part in key.split("/")):
        raise CannotPredict(
            "a pattern with a name of over 255 characters makes systemd-sysctl set nothing at all"
        )
    replaces = does.compares_keys_as_paths and _compared(key) in _COMPARED_PATHS
    if not pattern and not replaces and not _setting(key, does):
        raise SkipLine("has a key that systemd-sysctl does not read as one of the settings")
    return _Option(key, value.strip(_BLANKS) if equals else None, line)


def _normalized(key: str) -> str:
    path = swap_separators(checked(key))
    if path in PATHS:
        return path
    return "/".join(part for part in path.split("/") if part not in ("", "."))


def _compared(key: str) -> str:
    """Return what path_compare() compares of a key: not how many slashes there are, but whether one leads."""
    return ("/" if key.startswith("/") else "") + "/".join(filter(None, key.split("/")))


def _setting(key: str, does: Rules) -> Optional[Setting]:
    """Return the setting that a key without a pattern leads to."""
    return PATHS.get(_path(key, does)) if does.simplifies_keys else setting_of(key)


def _path(key: str, does: Rules) -> str:
    """Return the path that a key leads to; keys themselves are compared as they are spelled."""
    if ".." not in key.split("/"):
        return key
    if does.refuses_dot_dot:
        if key.startswith("..") and "tcp_keepalive_" in key:
            raise CannotPredict(f"the key {key[:80]!r} leads out of /proc/sys")
        return key
    return resolved(key)


def _assignments(option: _Option, does: Rules) -> List[Assignment]:
    """Return what an option assigns: nothing if it excludes."""
    if option.value is None:
        return []
    setting = _setting(option.key, does)
    if setting:
        return [Assignment(setting, option.value, option.line, False)]
    key = _path(option.key, does)
    # Braces count, but only in a key that is a pattern without them too.
    patterns = expand_braces(key) if _may_match(key) else []
    matched = [setting for path, setting in PATHS.items() if any(matches(each, path) for each in patterns)]
    return [Assignment(setting, option.value, option.line, True) for setting in matched]


def _may_match(key: str) -> bool:
    """Compare what comes before the first special character, which is fast."""
    plain = re.split(r"[*?\[{\\]", key, maxsplit=1)[0]
    return any(path.startswith(plain) for path in PATHS)


def _is_explicit(setting: Setting, pattern: str, options: Dict[str, _Option], does: Rules) -> bool:
    """Return whether the name under which glob(3) finds a setting is a key of its own. It finds it with the
    dots of the pattern."""
    if ".." not in pattern.split("/"):
        return setting.key.replace(".", "/") in options
    return any(
        _setting(key, does) is setting and any(matches(each, key) for each in expand_braces(pattern))
        for key in options
        if not is_pattern(key)
    )


def _writes(options: Dict[str, _Option], does: Rules) -> List[Assignment]:
    """A pattern does not set an explicit key, not even an excluded one, whichever of the two comes first.

    CannotPredict where options are kept in a table without an order, and two of them set one setting.
    """
    writes = [
        assignment
        for option in options.values()
        for assignment in _assignments(option, does)
        if not (assignment.by_pattern and _is_explicit(assignment.setting, option.key, options, does))
    ]
    distinct = {(assignment.setting, assignment.value) for assignment in writes}
    if not does.keeps_order and len(distinct) > len({setting for setting, _value in distinct}):
        raise CannotPredict(
            "this systemd-sysctl sets keys in no fixed order, and two of them are one setting"
        )
    return writes
