# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patterns in keys and file names, as glob(3) and fnmatch(3) match them."""

import fnmatch
import re
from typing import List, Pattern

from ._errors import CannotPredict

_PLAIN = re.compile(r"[^*?\[]*", re.DOTALL)


def is_pattern(text: str) -> bool:
    return "*" in text or "?" in text or "[" in text


def expand_braces(text: str) -> List[str]:
    """Expand the braces of a pattern as glob(3) with GLOB_BRACE does. CannotPredict for more than one
    group."""
    before, brace, rest = text.partition("{")
    inside, closing, after = rest.partition("}")
    if not brace:
        return [text]
    if not closing or "{" in rest or "}" in after:
        raise CannotPredict(f"{text[:80]!r} has braces that tools may expand differently")
    return [before + choice + after for choice in inside.split(",")]


def matches(pattern: str, path: str) -> bool:
    """Return whether glob(7) would find ``path``, component by component; both are spelled with slashes."""
    if "\\" in pattern:
        if matches(pattern.replace("\\", ""), path):
            raise CannotPredict(f"the pattern {pattern[:80]!r} has a backslash")
        return False
    patterns, parts = pattern.split("/"), path.split("/")
    if len(patterns) != len(parts) or not all(map(_may_match, patterns, parts)):
        return False
    return all(compiled(each).match(part) for each, part in zip(patterns, parts) if is_pattern(each))


def _may_match(pattern: str, part: str) -> bool:
    """Compare what comes before the first special character, which is fast."""
    special = _PLAIN.match(pattern)
    plain = special.group() if special else ""
    return part.startswith(plain) if len(plain) < len(pattern) else part == pattern


def compiled(pattern: str) -> Pattern[str]:
    """Return the expression for a pattern that treats a slash like any other character. CannotPredict for
    some."""
    # The C library's fnmatch(3) reads these differently from Python's.
    if re.search(r"\\|\[[:.=]", pattern):
        raise CannotPredict(f"the pattern {pattern[:80]!r} has a backslash or a character class")
    try:
        return re.compile(fnmatch.translate(pattern.replace("[^", "[!")))
    except re.error:
        raise CannotPredict(f"the pattern {pattern[:80]!r} has a reversed range")
