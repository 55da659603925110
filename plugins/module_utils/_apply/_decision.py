# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task means for the next boot: lines of other files that would win over ours, and what changes."""

from typing import Dict, List, NamedTuple, Optional, Sequence

from .._boot._next_boot import Changes, Prediction


class Override(NamedTuple):
    """What a boot would set instead of the value asked for; file and line None where no line sets it.
    ``writer``: the program that does, None for the kernel."""

    setting: str
    value: int
    file: Optional[str]
    line: Optional[int]
    writer: Optional[str]


class Restored(NamedTuple):
    """A line that was commented out for ours: where it was found, and its text, which takes effect again.

    ``original``: the vendor's file that has the line, where ``file`` was a copy of it and is removed.
    """

    file: str
    line: int
    text: str
    original: Optional[str]


class Decision(NamedTuple):
    """``before`` and ``after`` are None where no boot can be predicted; ``changes``: of all files;
    ``restored``: lines that were commented out, and come back."""

    before: Optional[Prediction]
    after: Optional[Prediction]
    overrides: List[Override]
    changes: Changes
    warnings: List[str]
    restored: Sequence[Restored] = ()


def find_overrides(prediction: Prediction, values: Dict[str, int]) -> List[Override]:
    """Return the overrides of ``values``, by name, in their order; none where nothing can be predicted."""
    entries = [(name, prediction.boot[name]) for name in values]
    return [
        Override(name, entry.value, entry.file, entry.line, entry.writer)
        for name, entry in entries
        if entry and entry.value != values[name]
    ]
