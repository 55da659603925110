# SPDX-License-Identifier: GPL-3.0-or-later
"""What the readers of all boot tools have in common: raw lines in, writes to the kernel out."""

import re
from typing import Any, Iterator, List, NamedTuple, Tuple

from .._settings import SETTINGS
from ._tree import CannotTell, is_pattern

# systemd stops reading a file at a longer one.
LONGEST_LINE = 1024 * 1024 - 1
# With /proc/sys before it, a path of 4096 bytes (PATH_MAX).
LONGEST_KEY = 4000
FOLDERS_ABOVE = ("/", "/proc", "/proc/sys", "/proc/sys/net", "/proc/sys/net/ipv4")
_SWAPPED = {ord("."): "/", ord("/"): "."}
_MAY_SPEAK = re.compile(rb"keepalive|[*?\[]|\\\n")

# A key in dot spelling is turned into its path, and a pattern is matched against it.
PATHS = {setting.key.replace(".", "/"): setting for setting in SETTINGS}


class Line(NamedTuple):
    """One line of a file, counted from 1 as an editor does; one character of ``text`` for each byte."""

    file: str
    number: int
    text: str


class Assignment(NamedTuple):
    """A line that sets one setting, or by a pattern one of several; ``value`` as the tool hands it to the kernel."""

    setting: Any
    value: str
    line: Line
    by_pattern: bool


class Reading(NamedTuple):
    """What a boot tool makes of its files.

    ``assignments`` in the order in which the tool reads them; ``writes``, those of them that it hands to the kernel, in the
    order in which it does; ``skipped``, the lines that speak of a setting and are passed over, each with the reason.
    """

    assignments: List[Assignment]
    writes: List[Assignment]
    skipped: List[Tuple[Line, str]]


def lines(file: str, data: bytes, ends: str = "") -> Iterator[Line]:
    """Split a file at line feeds and any of ``ends``, leaving out, for speed, what can not speak of the settings.

    What is left: lines with their name or a pattern, overlong ones, and those that a backslash joins.
    """
    if not _MAY_SPEAK.search(data):
        return
    # Runs of ends at once: a file may be full of them.
    split = re.compile("[" + ends + "]+").split if ends else lambda chunk: [chunk]
    joins = False
    for number, chunk in enumerate(data.decode("latin-1").split("\n"), start=1):
        joined, joins = joins, chunk.endswith("\\")
        if joined or joins or "keepalive" in chunk or is_pattern(chunk) or len(chunk) > LONGEST_LINE:
            for text in split(chunk):
                yield Line(file, number, text)


def swap_separators(key: str) -> str:
    """Turn dot spelling into slash spelling where the first separator is a dot: each dot becomes a slash and back."""
    if "/" not in key:
        return key.replace(".", "/")
    dot = key.find(".")
    return key.translate(_SWAPPED) if 0 <= dot < key.find("/") else key


def resolved(path: str, base: str = "/proc/sys") -> str:
    """Return the path below /proc/sys that the kernel opens for one below ``base``, nothing for one elsewhere.

    CannotTell where dots lead out of a folder that not every kernel has, or the path is too long to say.
    """
    whole = []
    for part in (base + "/" + path).split("/"):
        if part == "..":
            if "/" + "/".join(whole) not in FOLDERS_ABOVE and "tcp_keepalive_" in path:
                raise CannotTell(f"the key {path[:80]!r} leads through a folder that may not exist")
            whole = whole[:-1]
        elif part not in ("", "."):
            whole.append(part)
    found = "/" + "/".join(whole)
    return found[len("/proc/sys/") :] if found.startswith("/proc/sys/") else ""


def checked(key: str) -> str:
    if len(key) > LONGEST_KEY:
        raise CannotTell(f"a key of {len(key)} characters is read by each tool in its own way")
    return key


def speaks(line: Line) -> bool:
    return "tcp_keepalive_" in line.text
