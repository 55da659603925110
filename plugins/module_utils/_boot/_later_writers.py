# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may write the settings after the boot tool did: ufw, and tuned with its active profile."""

import re
from typing import Iterator, List

from .._settings import Setting, from_kernel_text
from . import _procps
from ._keys import PATHS
from ._prediction import LaterWriter
from ._tree import Tree

_PROFILES = ("/etc/tuned/profiles", "/etc/tuned", "/usr/lib/tuned/profiles", "/usr/lib/tuned")


def later_writers(tree: Tree) -> List[LaterWriter]:
    """Return the programs that are active: one item for each setting that one sets, or one without a
    setting."""
    return list(_ufw(tree)) + list(_tuned(tree))


def _ufw(tree: Tree) -> Iterator[LaterWriter]:
    """ufw loads a file of its own with `sysctl -p` whenever it starts (ufw(8), /etc/default/ufw)."""
    if not re.search(rb"^ENABLED=[\"']?yes", tree.read("/etc/ufw/ufw.conf"), re.MULTILINE | re.IGNORECASE):
        return
    configured = re.search(rb"^IPT_SYSCTL=[\"']?([^\"'\s]*)", tree.read("/etc/default/ufw"), re.MULTILINE)
    file = configured.group(1).decode("utf-8", "surrogateescape") if configured else "/etc/ufw/sysctl.conf"
    if not file:
        return
    writes = _procps.read_files(tree, [file], (4, 0, 4)).writes
    for write in writes:
        yield _sets("ufw", file, write.line.number, write.setting, write.value)
    if not writes:
        yield LaterWriter("ufw", file, None, None, None)


def _tuned(tree: Tree) -> Iterator[LaterWriter]:
    """tuned writes the [sysctl] section of its active profile and of those that it includes
    (tuned-profiles(7))."""
    todo = tree.read("/etc/tuned/active_profile").decode("utf-8", "replace").split()
    seen = set()
    while todo:
        profile = todo.pop(0)
        files = [f"{folder}/{profile}/tuned.conf" for folder in _PROFILES]
        file = next((path for path in files if tree.read(path)), None)
        if file is None or profile in seen:
            continue
        seen.add(profile)
        section, heading, writes = None, None, 0
        for number, raw in enumerate(tree.read(file).decode("latin-1").splitlines(), start=1):
            line = raw.strip()
            key, _equals, value = (part.strip() for part in line.partition("="))
            setting = PATHS.get(key.replace(".", "/"))
            if re.match(r"\[.*\]\Z", line):
                section = line[1:-1]
                heading = number if section == "sysctl" else heading
            elif section == "main" and key == "include":
                todo += re.split(r"[\s,;]+", value)
            elif section == "sysctl" and setting:
                writes += 1
                yield _sets("tuned", file, number, setting, value)
        if heading and not writes:
            yield LaterWriter("tuned", file, heading, None, None)


def _sets(writer: str, file: str, line: int, setting: Setting, text: str) -> LaterWriter:
    return LaterWriter(writer, file, line, setting.name, from_kernel_text(setting, text))
