# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How versions of procps differ, 3.3.10 to 4.0.7 ((src/)sysctl.c at each version's tag)."""

from typing import NamedTuple, Tuple


class Rules(NamedTuple):
    """What one version does; each is named after what it does."""

    reads_run_before_etc: bool
    cut_at: int  # bytes of a line that are read at once, 0: all; the rest is a line of its own
    may_crash: bool  # on long text without "="
    ignores_minus: bool
    knows_patterns: bool
    excludes_by_pattern: bool


def rules(version: Tuple[int, ...]) -> Rules:
    """Return the rules of a version."""
    return Rules(
        reads_run_before_etc=version < (3, 3, 17),
        cut_at=4095 if version < (3, 3, 13) else 0,
        # It adds "=" in the buffer of getline(3): of 120 bytes, or as long as a longer line.
        may_crash=(3, 3, 13) <= version < (4, 0, 0),
        ignores_minus=version >= (3, 3, 16),
        knows_patterns=version >= (4, 0, 0),
        excludes_by_pattern=version >= (4, 0, 5),
    )
