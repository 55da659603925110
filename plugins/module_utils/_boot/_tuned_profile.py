# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TuneD's profiles: their files, what they include, and how their units are merged
(tuned.conf(5), tuned/profiles/loader.py, merger.py, unit.py)."""

import os
import posixpath
import re
from typing import Dict, List, NamedTuple, Optional, Tuple

from ._errors import CannotPredict
from ._tree import FILE, Tree
from ._tuned_files import Option, line_numbers, sections, text, variables
from ._tuned_variables import Variables
from ._tuned_version import Version

_ON = ("True", "true", "1")


class Unit:
    """A section of a profile: an instance of the plugin ``type``; ``options`` in the order of their first
    definition."""

    def __init__(
        self, name: str, options: Dict[str, Option], heading: Tuple[str, Optional[int]], version: Version
    ) -> None:
        def taken(option: str, default: Optional[str] = None) -> Optional[str]:
            return options.pop(option).text if option in options else default

        self.name = name
        self.priority = taken("priority") if version.own_priority else None
        self.type = taken("type", name)
        self.enabled = taken("enabled", "1") in _ON
        self.replace = taken("replace") in _ON
        self.prepend = version.typed_variables and taken("prepend") in _ON
        drop = taken("drop")
        self.drop = [] if drop is None else re.split(r"\b\s*[,;]\s*", drop)
        # Whether a unit with such an expression applies depends on the machine and its kernel.
        self.conditional = taken("cpuinfo_regex") is not None
        self.conditional = taken("uname_regex") is not None or self.conditional
        for ignored in ("devices", "devices_udev_regex"):
            taken(ignored)
        self.scripts = [script for script in (taken("script_pre"), taken("script_post")) if script]
        self.options = options
        self.heading = heading


class Profile(NamedTuple):
    """``units`` by name, merged; ``heading``: file and line of a section of the plugin sysctl, if any."""

    units: Dict[str, Unit]
    variables: Variables
    heading: Optional[Tuple[str, Optional[int]]]


def load(tree: Tree, names: List[str], folders: List[str], version: Version) -> Optional[Profile]:
    """Return the profiles of these names as one; None where TuneD finds no such profile, and applies none."""
    if not all(any(_is_profile(tree, folder, name) for folder in folders) for name in names):
        return None
    safe = [name for name in names if re.match(r"^[a-zA-Z0-9_.-]+$", name)]
    loaded: List[Dict[str, Unit]] = []
    if not safe or not _load(tree, safe, folders, version, loaded, []):
        return None
    units: Dict[str, Unit] = {} if version.typed_variables else loaded.pop(0)
    defined: Dict[str, Option] = {}
    for profile in loaded:
        _merge(units, defined, profile, version)
    if not version.typed_variables and "variables" in units:
        defined = units.pop("variables").options
    known = Variables()
    for name, option in defined.items():
        known.add(variables(tree, option.text) if name == "include" else {name: option.text})
    headings = [unit.heading for unit in units.values() if unit.type == "sysctl" and unit.enabled]
    return Profile(units, known, headings[0] if headings else None)


def in_order(profile: Profile, default: int, version: Version) -> List[Unit]:
    """Return the enabled units in the order in which TuneD applies them. CannotPredict for an invalid
    priority."""

    def priority(unit: Unit) -> int:
        if not version.own_priority and "priority" in unit.options:
            unit.priority = unit.options.pop("priority").text
        try:
            return default if unit.priority is None else int(unit.priority)
        except ValueError:
            raise CannotPredict(f"the priority {unit.priority!r} of its unit {unit.name} is not a number")

    return sorted((unit for unit in profile.units.values() if unit.enabled), key=priority)


def _is_profile(tree: Tree, folder: str, name: str) -> bool:
    return name in tree.names(folder) and tree.follow(f"{folder}/{name}/tuned.conf").kind == FILE


def _load(
    tree: Tree,
    names: List[str],
    folders: List[str],
    version: Version,
    loaded: List[Dict[str, Unit]],
    seen: List[str],
) -> bool:
    """Append the profiles, those that they include first; False where one is missing."""
    for profile in names:
        file = _file(tree, profile, folders, seen)
        if file is None:
            return False
        if not file:
            continue
        seen.append(file)
        found = sections(tree, file)
        include = found.pop("main", {}).get("include")
        if include is not None:
            included = Variables().expand(include.text)
            if included is None:
                raise CannotPredict(f"what {file} includes depends on a function of TuneD's: {include.text}")
            if not _load(tree, re.split(r"\s*[,;]\s*", included), folders, version, loaded, seen):
                return False
        numbers = line_numbers(text(tree, file))
        loaded.append(
            {
                name: Unit(name, options, (file, numbers.get((name, ""))), version)
                for name, options in found.items()
            }
        )
    return True


def _file(tree: Tree, name: str, folders: List[str], seen: List[str]) -> Optional[str]:
    """Return the file of a profile, "" to skip it, None if it is missing. One that includes itself goes on in
    the next folder."""
    conditional = name.startswith("-")
    skip = None
    for folder in reversed(folders):
        file = posixpath.normpath(posixpath.join(folder, os.path.basename(name[conditional:]), "tuned.conf"))
        if file in seen:
            skip = ""
        elif tree.follow(file).kind == FILE:
            return file
    return "" if conditional else skip


def _merge(
    units: Dict[str, Unit], defined: Dict[str, Option], profile: Dict[str, Unit], version: Version
) -> None:
    """Add the units of a profile: options are replaced one by one, or a unit as a whole."""
    for name, unit in profile.items():
        if version.typed_variables and unit.type == "variables":
            if unit.replace:
                defined.clear()
            earlier = dict(defined)
            if unit.prepend:
                defined.clear()
                defined.update({key: unit.options[key] for key in unit.options if key not in earlier})
                defined.update(earlier)
            defined.update(unit.options)
        elif unit.replace or name not in units:
            units[name] = unit
        else:
            _merge_unit(units[name], unit, version)


def _merge_unit(older: Unit, newer: Unit, version: Version) -> None:
    older.type, older.enabled = newer.type, newer.enabled
    older.conditional = older.conditional or newer.conditional
    older.scripts += newer.scripts
    if version.merges_priority and newer.priority is not None:
        older.priority = newer.priority
    for option in newer.drop:
        older.options.pop(option, None)
    if older.name == "script" and "script" in older.options and "script" in newer.options:
        older.scripts.append(older.options["script"].text)
    older.options.update(newer.options)
