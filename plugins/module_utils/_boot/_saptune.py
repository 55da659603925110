# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""saptune (SLES for SAP): the SAP notes that its service applies when a host boots, after TuneD
(saptune-note(5), txtparser/ini.go, sap/note/ini.go)."""

import re
from typing import Dict, List, NamedTuple, Optional

from ._errors import CannotPredict
from ._keys import PATHS
from ._outcome import Outcome
from ._prediction import LaterWriter
from ._tree import FILE, Tree

_CONFIGURATION = "/etc/sysconfig/saptune"
_STAGED, _SHIPPED = "/var/lib/saptune/working/notes", "/usr/share/saptune/notes"
_EXTRA, _OVERRIDE = "/etc/saptune/extra", "/etc/saptune/override"
_LARGEST = 1 << 20
_ENTRY = re.compile(r"([\w.+_-]+)\s*([<=>]+)\s*[\"']*(.*?)[\"']*$", re.ASCII)
_COMMENT = re.compile(r"\s#[^#]|\"\s#[^#]")
# What saptune takes for a cloud's machine (system/csp.go).
_DMI = "/sys/devices/virtual/dmi/id/"
_DMI_FILES = (
    "chassis_asset_tag",
    "sys_vendor",
    "board_vendor",
    "bios_version",
    "bios_vendor",
    "product_version",
)
_CLOUD = re.compile(r"7783-7084|MSFT AZURE|icrosoft|mazon|oogle|OVM|libaba|ibmcloud|IBM:Cloud")


class _Value(NamedTuple):
    """What a note sets a key to; ``conditional``: whether its section applies depends on the machine."""

    text: str
    file: str
    line: int
    conditional: bool


def run(tree: Tree, outcome: Outcome) -> None:
    """Write what the notes set, in the order in which they are applied."""
    notes = _words(tree, "NOTE_APPLY_ORDER")
    if not notes and (_words(tree, "TUNE_FOR_NOTES") or _words(tree, "TUNE_FOR_SOLUTIONS")):
        raise CannotPredict(f"{_CONFIGURATION} names notes or solutions, but no NOTE_APPLY_ORDER")
    before = len(outcome.writers)
    for note in notes:
        file = _note_file(tree, note)
        if file:
            _apply(tree, outcome, note, file)
    if notes and len(outcome.writers) == before:
        outcome.writers.append(LaterWriter("saptune", _CONFIGURATION, None, None, None))


def _apply(tree: Tree, outcome: Outcome, note: str, file: str) -> None:
    overrides = _values(tree, f"{_OVERRIDE}/{note}")
    for key, values in _values(tree, file).items():
        setting = PATHS.get(key.replace(".", "/"))
        if setting is None:
            continue
        ways = overrides.get(key, values)
        uncertain = [value for value in ways + values if value.conditional]
        if uncertain:
            reason = f"{uncertain[0].file}, line {uncertain[0].line}, applies to some machines only"
            outcome.doubt(setting.name, reason)
        # An empty value leaves the setting alone, and so do several values for one.
        elif len(ways[-1].text.split()) == 1:
            outcome.write(setting, ways[-1].text, "saptune", ways[-1].file, ways[-1].line)


def _note_file(tree: Tree, note: str) -> Optional[str]:
    """Return where a note is; saptune passes over one that is missing."""
    shipped = _STAGED if tree.names(_STAGED) else _SHIPPED
    extra = [name for name in tree.names(_EXTRA) if name.endswith(".conf") and name.startswith(note + "-")]
    files = [f"{shipped}/{note}", f"{_EXTRA}/{note}.conf", *(f"{_EXTRA}/{name}" for name in extra)]
    return next((file for file in files if tree.follow(file).kind == FILE), None)


def _values(tree: Tree, file: str) -> Dict[str, List[_Value]]:
    """Return what a note's sections [sysctl] say, by key, in their order."""
    values: Dict[str, List[_Value]] = {}
    section, conditional = "", False
    for number, raw in enumerate(_text(tree, file).split("\n"), start=1):
        line = raw.strip()
        if (not line.startswith("[") and "tcp_keepalive_" not in line) or line.startswith("#"):
            continue
        comment = _COMMENT.search(line)
        line = line[: comment.start()].rstrip() if comment else line
        if line.startswith("["):
            section, *tags = line[1:-1].split(":")
            conditional = any(tags)
            if any(tag.startswith("csp=") for tag in tags) and not _in_cloud(tree):
                section = ""
            continue
        entry = _ENTRY.search(line) if section == "sysctl" else None
        if entry and "/" not in re.split("[<=>]", line)[0]:
            values.setdefault(entry.group(1), []).append(_Value(entry.group(3), file, number, conditional))
    return values


def _in_cloud(tree: Tree) -> bool:
    return any(_CLOUD.search(tree.attribute(_DMI + name)) for name in _DMI_FILES)


def _words(tree: Tree, variable: str) -> List[str]:
    words: List[str] = []
    for line in _text(tree, _CONFIGURATION).split("\n"):
        name, equals, value = line.strip().partition("=")
        if equals and name.strip() == variable:
            comment = _COMMENT.search(value)
            words = (value[: comment.start()] if comment else value).strip().strip('"').split()
    return words


def _text(tree: Tree, file: str) -> str:
    data = tree.read(file)
    if b"\0" in data or len(data) > _LARGEST:
        raise CannotPredict(f"{file} is not text, or larger than {_LARGEST >> 20} MiB")
    return data.decode("utf-8", "replace")
