# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What may set other values once the boot tool has run, in words for the user."""

from typing import List

from .._boot._next_boot import NextBoot

_MOST_NAMED = 4


def warnings(next_boot: NextBoot) -> List[str]:
    """Return a warning for what names the settings, and one for what could not be searched for that."""
    mentions = next_boot.mentions()
    problems = []
    if mentions.found:
        lines = _some([f"{mention.file}, line {mention.line}" for mention in mentions.found])
        problems.append(
            f"May set other values once the host is up, which cannot be predicted: {lines}. "
            "Check what they do; tcp_keepalive_info shows them as mentions."
        )
    if mentions.unread:
        problems.append(f"Not searched for what may set other values: {_some(mentions.unread)}.")
    return problems


def _some(items: List[str]) -> str:
    more = len(items) - _MOST_NAMED
    return "; ".join(items[:_MOST_NAMED]) + (f"; and {more} more" if more > 0 else "")
