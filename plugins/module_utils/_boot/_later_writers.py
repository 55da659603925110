# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may write the settings after the boot tool did: ufw, and tuned with its active profile."""

import re
from typing import Any, Dict, Iterator, List

from . import _procps
from .._settings import from_kernel_text
from ._lines import PATHS
from ._tree import Tree

_PROFILES = ("/etc/tuned/profiles", "/etc/tuned", "/usr/lib/tuned/profiles", "/usr/lib/tuned")


def later_writers(tree: Tree) -> List[Dict[str, Any]]:
    """Return who is active, as {writer, file, line, setting, value}: one for each setting that it sets, or one with none."""
    return list(_ufw(tree)) + list(_tuned(tree))


def _ufw(tree: Tree) -> Iterator[Dict[str, Any]]:
    """ufw loads a file of its own with `sysctl -p` whenever it starts (ufw(8), /etc/default/ufw)."""
    if not re.search(rb"^ENABLED=[\"']?yes", tree.read("/etc/ufw/ufw.conf"), re.MULTILINE | re.IGNORECASE):
        return
    named = re.search(rb"^IPT_SYSCTL=[\"']?([^\"'\s]*)", tree.read("/etc/default/ufw"), re.MULTILINE)
    file = named.group(1).decode("utf-8", "surrogateescape") if named else "/etc/ufw/sysctl.conf"
    if not file:
        return
    writes = _procps.read_files(tree, [file], (4, 0, 4)).writes
    for one in writes:
        yield _writer("ufw", file, one.line.number, one.setting, one.value)
    if not writes:
        yield _writer("ufw", file)


def _tuned(tree: Tree) -> Iterator[Dict[str, Any]]:
    """tuned writes the [sysctl] section of its active profile and of those that it includes (tuned-profiles(7))."""
    todo = tree.read("/etc/tuned/active_profile").decode("utf-8", "replace").split()
    seen = set()
    while todo:
        name = todo.pop(0)
        files = [f"{folder}/{name}/tuned.conf" for folder in _PROFILES]
        file = next((path for path in files if tree.read(path)), None)
        if file is None or name in seen:
            continue
        seen.add(name)
        section, found, writes = None, None, 0
        for number, raw in enumerate(tree.read(file).decode("latin-1").splitlines(), start=1):
            line = raw.strip()
            key, _equals, value = (part.strip() for part in line.partition("="))
            if re.match(r"\[.*\]\Z", line):
                section = line[1:-1]
                found = number if section == "sysctl" else found
            elif section == "main" and key == "include":
                todo += re.split(r"[\s,;]+", value)
            elif section == "sysctl" and key.replace(".", "/") in PATHS:
                writes += 1
                yield _writer("tuned", file, number, PATHS[key.replace(".", "/")], value)
        if found and not writes:
            yield _writer("tuned", file, found)


def _writer(
    writer: str, file: str, line: Any = None, setting: Any = None, value: Any = None
) -> Dict[str, Any]:
    held = from_kernel_text(setting, value) if setting else None
    return {
        "writer": writer,
        "file": file,
        "line": line,
        "setting": setting.name if setting else None,
        "value": held,
    }
