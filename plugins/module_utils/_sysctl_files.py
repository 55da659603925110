# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The grammar of sysctl files: the part that systemd-sysctl, procps and busybox read alike (sysctl.d(5))."""

import re
from typing import List, NamedTuple, Optional

# systemd and procps trim these and no more; str.strip() would also take a vertical tab or a no-break space.
_BLANKS = " \t\r"
_DOTTED_KEY = re.compile(r"[a-z0-9_][a-z0-9_-]*(\.[a-z0-9_-]+)+", re.ASCII)
_SLASHED_KEY = re.compile(r"[a-z0-9_][a-z0-9_-]*(/[a-z0-9_-]+)+", re.ASCII)


class Line(NamedTuple):
    """One line that is neither blank nor a comment, counted from 1.

    ``key`` is in dot spelling, None where ``problem`` says why boot tools do not read the line alike.
    """

    number: int
    key: Optional[str]
    value: Optional[str]
    problem: Optional[str]


def read(text: str) -> List[Line]:
    """Return the lines of a sysctl file that a boot tool acts on, in their order."""
    lines = []
    for number, raw in enumerate(text.split("\n"), start=1):
        line = raw.strip(_BLANKS)
        problem = _problem(line)
        if problem:
            lines.append(Line(number, None, None, problem))
        elif line and not line.startswith("#"):
            key, _equals, value = line.partition("=")
            lines.append(Line(number, key.strip(_BLANKS).replace("/", "."), value.strip(_BLANKS), None))
    return lines


def _problem(line: str) -> Optional[str]:
    if "\0" in line:
        return "has a NUL character"
    if line.endswith("\\"):
        return "ends in a backslash, which busybox takes as joining the next line"
    if not line or line.startswith("#"):
        return None
    if line.startswith(";"):
        return 'starts with ";", which is no comment to systemd 259 and later; use "#"'
    if "=" not in line:
        return "is neither a comment nor an assignment"
    key = line.partition("=")[0].strip(_BLANKS)
    if not _DOTTED_KEY.fullmatch(key) and not _SLASHED_KEY.fullmatch(key):
        return "has a key that boot tools do not read alike; write it as net.ipv4.tcp_keepalive_time"
    return None
