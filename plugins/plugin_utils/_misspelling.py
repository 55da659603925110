# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a misspelt name was meant to be: the same words but for slips of the pen, never another product.

Likeness of whole names leads astray: azure_app_gateway is like azure_nat_gateway, aws_alb like aws_nlb, and
in both pairs keepalive crosses the second and not the first.
"""

import difflib
import re
from collections.abc import Iterable

# A slip leaves this much of a word: one letter of a word of four, two of one of eight.
_ALIKE = 0.75
_FEWEST_LETTERS_OF_A_SHORT_FORM = 3


def meant(name: str, known: Iterable[str]) -> str | None:
    """Return the one known name whose words a name has, in their order, slips and short forms allowed.

    None where no name or more than one is as close.
    """
    words = _words(name)
    rated = sorted(((_likeness(words, _words(one)), one) for one in known), reverse=True)
    if not rated or rated[0][0] == 0 or (len(rated) > 1 and rated[0][0] == rated[1][0]):
        return None
    return rated[0][1]


def _words(name: str) -> list[str]:
    # A long text is no name, and would take long to compare.
    return re.split(r"[\s_.-]+", name[:80].strip().lower())


def _likeness(words: list[str], known: list[str]) -> float:
    """Return how alike two names are, 0 for not at all."""
    if "".join(words) == "".join(known):
        return 1
    if len(words) != len(known):
        return 0
    alike = [_word_likeness(word, other) for word, other in zip(words, known, strict=True)]
    return sum(alike) / len(alike) if all(alike) else 0


def _word_likeness(word: str, known: str) -> float:
    """Return how alike two words are; digits have no slips: fastl7 is not fastl4."""
    if re.sub(r"\D", "", word) != re.sub(r"\D", "", known):
        return 0
    ratio = difflib.SequenceMatcher(None, word, known).ratio()
    if ratio >= _ALIKE:
        return ratio
    short = len(word) >= _FEWEST_LETTERS_OF_A_SHORT_FORM and known.startswith(word)
    return _ALIKE if short else 0
