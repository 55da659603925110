# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines of other files that would win over ours at the next boot."""

from typing import Dict, List, NamedTuple, Optional

from .._boot._next_boot import Prediction


class Override(NamedTuple):
    """What a boot would set instead of the value asked for; file and line None where no line sets it.
    ``writer``: the program that does, None for the kernel."""

    setting: str
    value: int
    file: Optional[str]
    line: Optional[int]
    writer: Optional[str]


def find(prediction: Prediction, values: Dict[str, int]) -> List[Override]:
    """Return the overrides of ``values``, by name, in their order; none where nothing can be predicted."""
    entries = [(name, prediction.boot[name]) for name in values]
    return [
        Override(name, entry.value, entry.file, entry.line, entry.writer)
        for name, entry in entries
        if entry and entry.value != values[name]
    ]
