# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""saptune (SLES for SAP): the SAP notes that its service applies when a host boots, after TuneD
(saptune-note(5), txtparser/ini.go, sap/note/note.go, sap/note/ini.go)."""

import re
from typing import Dict, List, NamedTuple, Optional

from ._errors import CannotPredict
from ._keys import PATHS
from ._outcome import Outcome
from ._prediction import LaterWriter
from ._tree import FILE, FOLDER, Tree

# Of SLES 12 and 15, and of SLES 16.
_CONFIGURATION, _CONFIGURATION_16 = "/etc/sysconfig/saptune", "/var/lib/saptune/config/saptune"
_STAGED, _SHIPPED = "/var/lib/saptune/working/notes", "/usr/share/saptune/notes"
_EXTRA, _OVERRIDE = "/etc/saptune/extra", "/etc/saptune/override"
_LARGEST = 1 << 20
_ENTRY = re.compile(r"([\w.+_-]+)\s*([<=>]+)\s*[\"']*(.*?)[\"']*$", re.ASCII)
_HEADER = re.compile(
    r"VERSION\s*=\s*\"?[\w.+-_]|(DESCRIPTION|REFERENCES)\s*=\s*\"?[^\s\"]"
    r"|DATE\s*=\s*\"?(\d{2}[-./]\d{2}[-./]\d{4}|\d{4}[-./]\d{2}[-./]\d{2})",
    re.ASCII,
)
_OLD_HEADER = re.compile(r"# .*NOTE=.*VERSION=[\w.+-_]+\s*DATE=.*NAME=\"[^\"]*\"", re.ASCII)
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
    """What a note sets a key to; ``doubt``: why it may not do so, "" for nothing."""

    text: str
    file: str
    line: int
    doubt: str


def run(tree: Tree, outcome: Outcome) -> None:
    """Write what the notes set, in the order in which they are applied."""
    notes = _words(tree, "NOTE_APPLY_ORDER")
    if not notes and (_words(tree, "TUNE_FOR_NOTES") or _words(tree, "TUNE_FOR_SOLUTIONS")):
        raise CannotPredict(f"{_configuration(tree)} names notes or solutions, but no NOTE_APPLY_ORDER")
    before = len(outcome.writers)
    for note in dict.fromkeys(notes):
        file = _note_file(tree, note)
        if file:
            _apply(tree, outcome, note, file)
    if notes and len(outcome.writers) == before:
        outcome.writers.append(LaterWriter("saptune", _configuration(tree), None, None, None))


def _apply(tree: Tree, outcome: Outcome, note: str, file: str) -> None:
    """Write what a note sets. CannotPredict where the kernel refuses a value, and takes no other for certain:
    the service ends if all that it writes for a note is refused (sap/errs.go)."""
    refused: List[_Value] = []
    changed = False
    overrides = _values(tree, f"{_OVERRIDE}/{note}", last_section=True)
    found = {name: str(entry.value) for name, entry in outcome.boot.items() if entry}
    for key, values in _values(tree, file).items():
        setting = PATHS.get("/".join(filter(None, key.split("."))))
        if setting is None:
            continue
        ways = overrides.get(key, values)
        refused += [way for way in ways if way.text and outcome.kernel_value(setting, way.text) is None]
        doubt = next((value for value in ways + values if value.doubt), None)
        several = next((way for way in ways if len(way.text.split()) > 1), None)
        last, before = ways[-1], outcome.boot[setting.name]
        if doubt:
            outcome.doubt(setting.name, f"{doubt.file}, line {doubt.line}, {doubt.doubt}")
        elif several:
            outcome.doubt(setting.name, f"{several.file}, line {several.line}, has several values for one")
        elif before and last.text == found.get(setting.name) != str(before.value):
            pass  # It was so when the note began, and is not written; another spelling has changed it since.
        elif last.text.strip():  # An empty value leaves the setting alone.
            outcome.write(setting, last.text, "saptune", last.file, last.line)
            after = outcome.boot[setting.name]
            changed |= bool(before and after and before.value != after.value)
    if refused and not changed:
        line = f"{refused[0].file}, line {refused[0].line}"
        raise CannotPredict(f"{line}, has a value that the kernel refuses, on which it may end")


def _note_file(tree: Tree, note: str) -> Optional[str]:
    """Return where a note is; saptune passes over one that is missing."""
    # The shipped ones are copied where the folder is missing, and only there.
    shipped = _STAGED if tree.follow(_STAGED).kind == FOLDER else _SHIPPED
    extra = (f"{_EXTRA}/{name}" for name in tree.names(_EXTRA) if _may_be(note, name))
    files = (f"{shipped}/{note}", *(file for file in extra if _is(tree, note, file)))
    return next((file for file in files if tree.follow(file).kind == FILE), None)


def _may_be(note: str, name: str) -> bool:
    return name == note + ".conf" or (name.startswith(note + "-") and name.endswith(".conf"))


def _is(tree: Tree, note: str, file: str) -> bool:
    """Return whether an extra file is this note: its name says so. Without a header only the part of its name
    before a dash counts, up to SLES 15; after that, saptune passes over it."""
    name = file[len(_EXTRA) + 1 : -len(".conf")]
    if not _has_header(_text(tree, file)):
        if tree.exists(_CONFIGURATION_16):
            return False
        name = name.partition("-")[0]
    return name == note


def _has_header(text: str) -> bool:
    """Return whether a note has a section [version], and in it, or above all sections, a header, new style
    or old (txtparser/section.go)."""
    found, counts, described = False, True, False
    for line in filter(None, map(str.strip, text.split("\n"))):
        if line.startswith("["):
            if found:
                break
            found = counts = line[1:-1] == "version"
        elif counts:
            described |= bool(_HEADER.match(line) or _OLD_HEADER.search(line))
    return found and described


def _values(tree: Tree, file: str, last_section: bool = False) -> Dict[str, List[_Value]]:
    """Return what a note's sections [sysctl] say, by key, in their order, or what the last of them says."""
    values: Dict[str, List[_Value]] = {}
    elsewhere: Dict[str, _Value] = {}
    section, doubt = "", ""
    for number, raw in enumerate(_text(tree, file).split("\n"), start=1):
        line = raw.strip()
        if (not line.startswith("[") and "tcp_keepalive_" not in line) or line.startswith("#"):
            continue
        comment = _COMMENT.search(line)
        line = line[: comment.start()].rstrip() if comment else line
        if line == "[":
            raise CannotPredict(f"{file}, line {number}, is a mere bracket, on which saptune crashes")
        if line.startswith("["):
            section, *tags = line[1:-1].split(":")
            doubt = "applies to some machines only" if any(tags) else ""
            if any(tag.startswith("csp=") for tag in tags) and not _in_cloud(tree):
                section = ""
            if section == "sysctl" and last_section:
                values = _in_doubt(values, f"counts unless line {number} applies") if doubt else {}
            continue
        entry = _ENTRY.search(line) if section else None
        if not entry or "/" in re.split("[<=>]", line)[0]:
            continue
        key, _operator, text = entry.groups()
        if section == "sysctl":
            # The last value is written at the place of each; the last place decides.
            values[key] = [*values.pop(key, []), _Value(text, file, number, doubt)]
        else:
            elsewhere[key] = _Value(text, file, number, f"sets a key of [sysctl] in [{section}]")
    for key in values.keys() & elsewhere.keys():
        values[key].append(elsewhere[key])
    return values


def _in_doubt(values: Dict[str, List[_Value]], doubt: str) -> Dict[str, List[_Value]]:
    return {key: [way._replace(doubt=doubt) for way in ways] for key, ways in values.items()}


def _in_cloud(tree: Tree) -> bool:
    return any(_CLOUD.search(tree.attribute(_DMI + name)) for name in _DMI_FILES)


def _configuration(tree: Tree) -> str:
    return _CONFIGURATION_16 if tree.exists(_CONFIGURATION_16) else _CONFIGURATION


def _words(tree: Tree, variable: str) -> List[str]:
    words: List[str] = []
    for line in _text(tree, _configuration(tree)).split("\n"):
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
