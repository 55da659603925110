# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of systemd's enabled units, and what changes how it runs its boot tool (systemd.unit(5))."""

import re
from typing import Dict, Iterator, List

from ._readable import Readable

# Highest first.
_FOLDERS = (
    "/etc/systemd/system",
    "/run/systemd/system",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
)
_PULLS = (".wants", ".requires", ".upholds")
_STARTS_ANOTHER = (".timer", ".path", ".socket")
_ANOTHER = re.compile(rb"^[ \t]*(?:Unit|Service)[ \t]*=[ \t]*(\S+)", re.MULTILINE)
_BOOT_TOOL = "systemd-sysctl.service"
_LARGEST = 1 << 20


class Units:
    """The units of a host by name, without reading any of them."""

    def __init__(self, files: Readable) -> None:
        self._files = files
        self._paths: Dict[str, str] = {}
        self._dropins: Dict[str, List[str]] = {}
        self._pulled: Dict[str, None] = {}
        for folder in _FOLDERS:
            for name in files.names(folder):
                path = f"{folder}/{name}"
                if name.endswith(".d"):
                    self._dropins.setdefault(name[:-2], []).append(path)
                elif name.endswith(_PULLS):
                    self._pulled.update(dict.fromkeys(files.names(path)))
                else:
                    self._paths.setdefault(name, path)

    def enabled(self) -> Iterator[str]:
        """Return the files of the services that are pulled in, by a timer, path or socket too."""
        for name in list(self._pulled):
            yield from self._of(name)
            if name.endswith(_STARTS_ANOTHER):
                yield from self._of(self._started_by(name))

    def boot_tools(self) -> List[str]:
        """Return the files, none of a vendor's, that change how the boot tool's unit runs: its drop-ins, and
        a unit in its place."""
        files = [self._paths.get(_BOOT_TOOL, ""), *self._dropins_of(_BOOT_TOOL)]
        return [path for path in files if path.startswith(_FOLDERS[:3])]

    def _of(self, name: str) -> Iterator[str]:
        template = re.sub(r"@.*\.", "@.", name)
        for known in (name, template):
            if known in self._paths:
                yield self._paths[known]
                break
        for known in dict.fromkeys((name, template)):
            yield from self._dropins_of(known)

    def _dropins_of(self, name: str) -> List[str]:
        folders = self._dropins.get(name, [])
        return [
            f"{folder}/{entry}"
            for folder in folders
            for entry in self._files.names(folder)
            if entry.endswith(".conf")
        ]

    def _started_by(self, name: str) -> str:
        path = self._paths.get(name)
        named = _ANOTHER.search(self._files.read(path, _LARGEST)) if path else None
        return named.group(1).decode("latin-1") if named else name.rpartition(".")[0] + ".service"
