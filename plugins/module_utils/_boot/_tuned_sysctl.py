# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TuneD's plugin sysctl: it writes a unit's options, then re-applies the system's own files over them
(tuned/plugins/plugin_sysctl.py, base.py)."""

import fnmatch
import re
from typing import Dict, List, NamedTuple, Optional, Tuple

from .._settings import SETTINGS, Setting
from ._keys import PATHS, checked, resolved
from ._outcome import Outcome
from ._search_order import SYSCTL_CONF
from ._tree import Tree
from ._tuned_files import decoded
from ._tuned_profile import Profile, Unit
from ._tuned_version import Version

WRITER = "tuned"
_REAPPLIED = ("/run/sysctl.d", "/etc/sysctl.d")
_SWAPPED = {ord("."): "/", ord("/"): "."}
_LOADS_FILES = re.compile(rb"\s(-p|--load|--system)\b")
# No number of more digits is in the kernel's range, and reading one takes long.
_MOST_DIGITS = 4000


class Configuration(NamedTuple):
    """What tuned-main.conf says; ``exclude``: patterns of keys that are not re-applied."""

    folders: List[str]
    priority: int
    reapply: bool
    exclude: List[str]
    version: Version


class _Aborted(Exception):
    """The plugin ends here: an error that it does not handle."""


def apply(tree: Tree, outcome: Outcome, unit: Unit, profile: Profile, configuration: Configuration) -> None:
    """Apply a unit, or doubt what it may set where that is unknown."""

    def sysctl(outcome: Outcome) -> None:
        try:
            _write_options(outcome, unit, profile, configuration.version)
            if configuration.reapply:
                _reapply(tree, outcome, configuration)
        except _Aborted:
            pass

    if unit.type != "sysctl":
        _doubt_other(tree, outcome, unit)
    elif unit.conditional:
        reason = f"whether TuneD applies its unit {unit.name} depends on the machine (cpuinfo or uname)"
        outcome.either(reason, sysctl, lambda _outcome: None)
    else:
        sysctl(outcome)


def _write_options(outcome: Outcome, unit: Unit, profile: Profile, version: Version) -> None:
    for key, option in unit.options.items():
        setting = _setting(key, version)
        if setting is None:
            continue
        value = profile.variables.expand(re.sub('^"(.*)"$', r"\1", option.text))
        current = outcome.boot[setting.name]
        if value is None or (current is None and value[:1] in ("<", ">") and len(value) > 1):
            where = f"{option.file}, line {option.line}, sets it to {option.text}"
            reason = outcome.unknown.get(setting.name, "only TuneD can run its function")
            outcome.doubt(setting.name, f"{where}: {reason}")
            continue
        value = _chosen(value, current.value) if current else value
        if value is not None:
            outcome.write(setting, _as_bytes(value), WRITER, option.file, option.line)


def _chosen(value: str, current: int) -> Optional[str]:
    """Return what is written for a value that may start with < or >, None for nothing
    (_process_assignment_modifiers)."""
    operator, number = value[:1], value[1:]
    if not number or operator not in ("<", ">"):
        return value
    if len(number) > _MOST_DIGITS:
        return None
    try:
        better = int(number) > current if operator == ">" else int(number) < current
    except ValueError:
        return value
    return number if better else None


def _reapply(tree: Tree, outcome: Outcome, configuration: Configuration) -> None:
    """Write what the files say, by name, one in /run instead of one in /etc, /etc/sysctl.conf last."""
    files = {name: f"{folder}/{name}" for folder in reversed(_REAPPLIED) for name in tree.names(folder)}
    paths = [files[name] for name in sorted(files) if name.endswith(".conf")]
    collected: Dict[str, Tuple[str, str, int]] = {}
    for path in [*paths, SYSCTL_CONF]:
        file = tree.follow(path).path
        for number, key, value in _lines(tree, path):
            if any(fnmatch.fnmatch(key, pattern) for pattern in configuration.exclude):
                continue
            if configuration.version.collects:
                collected[key] = value, file, number
            else:
                _write_line(outcome, key, value, file, number, configuration.version)
    for key, (value, file, number) in collected.items():
        _write_line(outcome, key, value, file, number, configuration.version)


def _lines(tree: Tree, path: str) -> List[Tuple[int, str, str]]:
    """Return the assignments of a file that matter: line, key, value. CannotPredict unless it is UTF-8."""
    assignments = []
    data = tree.read(path)
    for number, chunk in enumerate(decoded(path, data).split("\n"), start=1):
        # Python ends a line at a carriage return too.
        for line in chunk.split("\r") if "keepalive" in chunk or "\0" in chunk else []:
            key, equals, value = line.strip().partition("=")
            key = key.strip()
            if equals and key and key[0] not in "#;" and ("keepalive" in key or "\0" in key):
                assignments.append((number, key, value.strip()))
    return assignments


def _write_line(outcome: Outcome, key: str, value: str, file: str, number: int, version: Version) -> None:
    setting = _setting(key, version)
    if setting is None:
        return
    before = outcome.boot[setting.name], len(outcome.writers)
    outcome.write(setting, _as_bytes(value), WRITER, file, number)
    after = outcome.boot[setting.name]
    # Of the re-applied lines only those that change a value are worth a place in the list.
    if before[0] and after and before[0].value == after.value:
        del outcome.writers[before[1] :]


def _setting(key: str, version: Version) -> Optional[Setting]:
    """Return the setting that a key leads to."""
    if "\0" in key:
        raise _Aborted
    path = checked(key).translate(_SWAPPED) if version.swaps_slashes else checked(key).replace(".", "/")
    return None if path.endswith(("/", "/.")) else PATHS.get(resolved(path))


def _as_bytes(value: str) -> str:
    """One character for each byte, as lines of other files are."""
    return value.encode("utf-8", "surrogateescape").decode("latin-1")


def _doubt_other(tree: Tree, outcome: Outcome, unit: Unit) -> None:
    """A unit of another plugin may write by a script, or in a way of its own."""
    scripts = list(unit.scripts)
    if unit.type == "script" and "script" in unit.options:
        scripts.append(unit.options["script"].text)
    for script in scripts:
        if "${" in script or _may_write(tree.read(script)):
            outcome.doubt_all(f"TuneD runs the script {script}, which may write it")
    for setting in SETTINGS:
        name = "tcp_keepalive_" + setting.name
        if any(name in key + option.text for key, option in unit.options.items()):
            outcome.doubt(setting.name, f"the unit {unit.name} of TuneD's profile mentions it")


def _may_write(script: bytes) -> bool:
    """Return whether a script names the settings, or has sysctl(8) load files."""
    return b"keepalive" in script or any(
        b"sysctl" in line and _LOADS_FILES.search(line) for line in script.split(b"\n")
    )
