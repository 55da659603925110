# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way back: what ``overrides: disable`` commented out, brought back exactly as it was."""

import os
from typing import List, NamedTuple

from .._boot._next_boot import Changes, NextBoot
from . import _marks
from ._decision import Restored
from ._order import without_pins


class Restoration(NamedTuple):
    """``changes``: of the files that have such lines; ``warnings``: about what is not brought back."""

    changes: Changes
    lines: List[Restored]
    warnings: List[str]


def find(next_boot: NextBoot, ours: str) -> Restoration:
    """Look for marks in every file that ``disable`` may have written; our own, ``ours``, is none of them."""
    found = Restoration({}, [], [])
    for file in next_boot.editable_files():
        data = without_pins(next_boot.read(file))
        if file != ours and _marks.NAME in data:
            _restore(file, data, found)
    return found


def _restore(file: str, data: bytes, found: Restoration) -> None:
    undone, copy = _marks.undo(data), _marks.parse_copy(data)
    removed = copy.original if copy and copy.intact else None
    if removed or undone.lines:
        found.changes[file] = None if removed else undone.data
    for number, text in undone.lines:
        found.lines.append(Restored(file, number, os.fsdecode(text).rstrip("\r"), removed))
    for number in undone.changed:
        found.warnings.append(
            f"{file}, line {number}, was commented out by this module and changed since. It is left alone: "
            "edit it by hand."
        )
    if copy and not removed and (undone.lines or undone.changed):
        found.warnings.append(
            f"{file}, a copy of {copy.original}, was changed since this module made it. It stays, and hides "
            f"{copy.original}. Remove it by hand if that is not wanted."
        )
