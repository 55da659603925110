# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines that name the settings in whatever a host runs by itself. They may write them: their text cannot tell
for certain."""

import os
import re
from itertools import islice
from typing import Callable, Iterator, List, NamedTuple, Set

from ._enabled_units import Units
from ._readable import Readable
from ._run_at_boot import files_run
from ._search_order import SEARCH_FOLDERS, SYSCTL_CONF
from ._tree import Tree

_NAME = b"tcp_keepalive_"
# What tcp_keepalive_always installs reads the settings.
_OURS = "tcp-keepalive-"
_NAMED = re.compile(b"^.*" + _NAME + b".*", re.MULTILINE)
# Their lines are part of the prediction.
_LOADED_AT_BOOT = (SYSCTL_CONF.encode(), *(folder.encode() + b"/" for folder in SEARCH_FOLDERS))
_BOOT_TOOLS_RUN = re.compile(rb"^[ \t]*(?:Exec|Condition|Assert)\w+[ \t]*=.*", re.MULTILINE)
_COMMAND = re.compile(rb"^[ \t]*Exec\w+[ \t]*=(?:.*\\\n)*.*", re.MULTILINE)
# Not below /home, /mnt and the like: what hangs there, as a dead NFS server does, would hang the search.
_PATH = re.compile(rb"(?<![\w.~$}/])/(?:etc|usr|opt|root|srv|var|s?bin|lib\w*)/(?:[\w.@+-]+/)*[\w.@+-]+")
_WORD = re.compile(rb"[\w.+-]+")
_ELF = b"\x7fELF"

# Bounds for what no person wrote.
_LARGEST = 64 << 20
_LARGEST_RUN = 1 << 20
_SEARCHED_FOR_PATHS = 64 << 10
_MOST_PATHS = 100
_MOST_MENTIONS = 100
_LONGEST_TEXT = 200


class Mention(NamedTuple):
    """A line, no comment, that names a setting, or that changes how the boot tool runs."""

    file: str
    line: int
    text: str


class Mentions(NamedTuple):
    """``unread``: what could not be searched, with the reason."""

    found: List[Mention]
    unread: List[str]


def mentions(tree: Tree) -> Mentions:
    """Return the mentions in scripts, jobs, hooks and enabled units, and in what those run in turn."""
    search = _Search(Readable(tree))
    for path in files_run(search.files):
        search.through(path, by_unit=False)
    units = Units(search.files)
    for path in units.enabled():
        search.through(path, by_unit=True)
    for path in units.boot_tools():
        search.through(path, by_unit=True)
        search.found += _lines(path, search.files.read(path, _LARGEST), _BOOT_TOOLS_RUN)
    found = list(dict.fromkeys(search.found))
    return Mentions(found[:_MOST_MENTIONS], search.files.unread)


class _Search:
    """A search that reads each file once."""

    def __init__(self, files: Readable) -> None:
        self.files = files
        self.found: List[Mention] = []
        self._seen: Set[str] = set()
        # A command without a path: of the folders in $PATH, those for the host's own scripts.
        self._local = {
            os.fsencode(name): f"{folder}/{name}"
            for folder in ("/usr/local/bin", "/usr/local/sbin")
            for name in files.names(folder)
        }

    def through(self, path: str, by_unit: bool) -> None:
        """Search a file, and the files that it names: in a unit those of its commands."""
        data = self._search(self.files.real(path), self.files.read, _LARGEST)
        commands = data[:_SEARCHED_FOR_PATHS]
        if by_unit:
            commands = b"\n".join(_COMMAND.findall(commands))
        code = b"\n".join(line for line in commands.split(b"\n") if not _is_comment(line))
        paths = [path for path in _PATH.findall(code) if not path.startswith(_LOADED_AT_BOOT)]
        by_name = (self._local[word] for word in dict.fromkeys(_WORD.findall(code)) if word in self._local)
        for run in [*map(os.fsdecode, paths[:_MOST_PATHS]), *by_name]:
            self._search(run, self.files.read_small, _LARGEST_RUN)

    def _search(self, path: str, read: Callable[[str, int], bytes], largest: int) -> bytes:
        if not path or path in self._seen or os.path.basename(path).startswith(_OURS):
            return b""
        self._seen.add(path)
        data = read(path, largest)
        if _NAME in data and not data.startswith(_ELF):
            self.found += _lines(path, data, _NAMED)
        return data


def _lines(file: str, data: bytes, wanted: "re.Pattern[bytes]") -> Iterator[Mention]:
    number, counted = 1, 0
    for hit in islice(wanted.finditer(data), _MOST_MENTIONS * 10):
        number, counted = number + data.count(b"\n", counted, hit.start()), hit.start()
        if not _is_comment(hit.group()):
            yield Mention(file, number, hit.group().strip().decode("utf-8", "replace")[:_LONGEST_TEXT])


def _is_comment(line: bytes) -> bool:
    return line.lstrip().startswith((b"#", b";"))
