# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The mark on a line that was commented out, and on a copy of a vendor's file: made, found and undone.

Each has a checksum of what it stands for, which tells what we left there from what a user has changed since.
"""

import binascii
import os
import re
from typing import List, NamedTuple, Optional, Tuple

# In every mark.
NAME = b"netops.tcp_keepalive"

_LINE = b"# disabled by netops.tcp_keepalive (%08x): "
_LINE_MARK = re.compile(rb"# disabled by netops\.tcp_keepalive \(([0-9a-f]{8})\): ")
# The same without a checksum: someone wrote it, or tore ours.
_LOOKS_MARKED = b"disabled by netops.tcp_keepalive"

_COPY = b"# netops.tcp_keepalive (%08x): this copy of %s hides it, to disable lines of it.\n"
_COPY_MARK = re.compile(rb"# netops\.tcp_keepalive \(([0-9a-f]{8})\): this copy of ([^\n]+) hides it, .*\n")


class Undone(NamedTuple):
    """A file's data with marked lines as they were; ``lines``: (number, text) of those; ``changed``: numbers
    of the marked lines that were changed since, and are left alone."""

    data: bytes
    lines: List[Tuple[int, bytes]]
    changed: List[int]


class Copy(NamedTuple):
    """A copy of the vendor's file ``original``, whose data has the ``checksum``; ``intact``: it is still what
    we wrote."""

    original: str
    checksum: int
    intact: bool


def mark_line(line: bytes) -> bytes:
    """Return a line commented out; without its mark it is the same, byte for byte."""
    return _LINE % checksum(line) + line


def is_marked(line: bytes) -> bool:
    return bool(_LINE_MARK.match(line))


def undo(data: bytes) -> Undone:
    """Take the marks off the lines that still are what they were."""
    lines, restored, changed = data.split(b"\n"), [], []
    for number, line in enumerate(lines, start=1):
        mark = _LINE_MARK.match(line)
        if mark and int(mark.group(1), 16) == checksum(line[mark.end() :]):
            lines[number - 1] = line[mark.end() :]
            restored.append((number, lines[number - 1]))
        elif line.lstrip().startswith(b"#") and _LOOKS_MARKED in line:
            changed.append(number)
    return Undone(b"\n".join(lines), restored, changed)


def mark_copy(original: str, data: bytes) -> bytes:
    """Return the first line for a copy of the file ``original``, which says whose it is, and why."""
    return _COPY % (checksum(data), os.fsencode(original))


def parse_copy(data: bytes) -> Optional[Copy]:
    """Return what a file is a copy of, None where it has no such first line."""
    mark = _COPY_MARK.match(data)
    if not mark:
        return None
    copied = int(mark.group(1), 16)
    intact = checksum(undo(data[mark.end() :]).data) == copied
    return Copy(os.fsdecode(mark.group(2)), copied, intact)


def checksum(data: bytes) -> int:
    return binascii.crc32(data) & 0xFFFFFFFF
