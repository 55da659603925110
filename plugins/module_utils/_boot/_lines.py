# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the readers of all boot tools share: lines of files in, writes to the kernel out."""

import re
from typing import Iterator, List, NamedTuple

from .._settings import Setting
from ._patterns import is_pattern

# systemd stops reading a file at a longer one.
LONGEST_LINE = 1024 * 1024 - 1
_MAY_MATTER = re.compile(rb"keepalive|[*?\[]|\\\n")


class Line(NamedTuple):
    """One line of a file, counted from 1 as an editor does; one character of ``text`` for each byte."""

    file: str
    number: int
    text: str

    @property
    def names_a_setting(self) -> bool:
        return "tcp_keepalive_" in self.text


class SkippedLine(NamedTuple):
    """A line that names a setting and sets none, with the reason, for the user."""

    line: Line
    reason: str


class Assignment(NamedTuple):
    """A line that sets one setting, or by a pattern one of several; ``value`` as the tool hands it to the
    kernel."""

    setting: Setting
    value: str
    line: Line
    by_pattern: bool


class Reading(NamedTuple):
    """What a boot tool makes of its files.

    ``assignments``: in the order in which the tool reads them; ``writes``: those of them that it hands to the
    kernel, in the order in which it does so; ``skipped``: the lines that it skips.
    """

    assignments: List[Assignment]
    writes: List[Assignment]
    skipped: List[SkippedLine]


def lines(file: str, data: bytes, ends: str = "", cut_at: int = 0) -> Iterator[Line]:
    """Split a file at line feeds and any of ``ends``, leaving out, for speed, lines that cannot matter.

    ``cut_at``: how many bytes, the line feed included, a tool reads at once; what is left of a longer line
    is a line of its own, of the same number.

    What is left: lines that mention keepalive or have a pattern, overlong ones, and those that a backslash
    joins.
    """
    if not _MAY_MATTER.search(data):
        return
    # Runs of ends at once: a file may be full of them.
    at_ends = re.compile("[" + ends + "]+").split if ends else None
    joins = False
    for number, chunk in enumerate(data.decode("latin-1").split("\n"), start=1):
        joined, joins = joins, chunk.endswith("\\")
        if joined or joins or "keepalive" in chunk or is_pattern(chunk) or len(chunk) > LONGEST_LINE:
            if cut_at:
                texts = [chunk[at : at + cut_at] for at in range(0, len(chunk) + 1, cut_at)]
            else:
                texts = at_ends(chunk) if at_ends else [chunk]
            for text in texts:
                yield Line(file, number, text)
