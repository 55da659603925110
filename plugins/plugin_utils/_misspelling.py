# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which known name a misspelled one stands for.

A guess must not lead from one product to another: aws_alb is no misspelling of aws_nlb, and azure_app_gateway
none of azure_nat_gateway. So words are compared one by one, and short ones may not have another letter.
"""

import difflib
from collections.abc import Iterable

# Shorter words with one letter replaced are other words.
_LONG = 6
_SIMILAR = 0.8


def meant(name: str, known: Iterable[str]) -> str | None:
    """Return the one known name, words joined by underscores, that ``name`` misspells; else None."""
    words = name.lower().replace("-", "_").replace(" ", "_").split("_")
    meant_by = [one for one in known if _are_similar(words, one.split("_"))]
    return meant_by[0] if len(meant_by) == 1 else None


def _are_similar(words: list[str], known: list[str]) -> bool:
    return len(words) == len(known) and all(map(_is_similar, words, known))


def _is_similar(word: str, known: str) -> bool:
    if sorted(word) == sorted(known):
        return True
    shorter, longer = sorted((word, known), key=len)
    if len(shorter) >= _LONG:
        return difflib.SequenceMatcher(None, word, known).ratio() >= _SIMILAR
    return any(shorter == longer[:at] + longer[at + 1 :] for at in range(len(longer)))
