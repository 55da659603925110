# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""TuneD's variables, and what a text becomes with them (tuned/profiles/variables.py)."""

import re
from typing import Dict, List, Mapping, Match, Optional

# Variables that double each other grow without limit.
_LONGEST = 1 << 16
_VARIABLE = re.compile(r"(?<!\\)\${(\w+)}")
_FUNCTION = re.compile(r"(?<!\\)\${f[:}]")


class Variables:
    """The variables so far, in the order of their definition; one that depends on a function is unknown."""

    def __init__(self) -> None:
        self._values: Dict[str, Optional[str]] = {}

    def add(self, options: Mapping[str, Optional[str]]) -> None:
        for name, value in options.items():
            if value is not None and re.match(r"\w+$", name):
                self._values[name] = self.expand(value)

    def expand(self, text: str) -> Optional[str]:
        """Return the text with variables replaced; None where it takes running a function of TuneD's, or
        grows too long."""
        unknown: List[str] = []

        def replaced(match: Match[str]) -> str:
            value = self._values.get(match.group(1), match.group())
            unknown.extend([match.group()] if value is None else [])
            return value or ""

        text = re.sub(r"\\(\${\w+})", r"\1", _VARIABLE.sub(replaced, text))
        if unknown or len(text) > _LONGEST or _FUNCTION.search(text):
            return None
        return re.sub(r"\\(\${f:.*})", r"\1", text)
