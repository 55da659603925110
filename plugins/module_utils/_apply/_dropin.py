# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What our own file may contain."""

import re
from typing import Dict, Optional, Tuple

from .._settings import SETTINGS, KeepaliveError, from_kernel_text

_SETTING_OF_KEY = {setting.key: setting for setting in SETTINGS}

# systemd and procps trim these and no more; str.strip() would also take a vertical tab or a no-break space.
_BLANKS = " \t\r"
# systemd before 236 reads the rest as a line of its own.
_LONGEST_LINE = 2046
_KEY = re.compile(r"[a-z0-9_][a-z0-9_-]*(?:(?:\.[a-z0-9_-]+)+|(?:/[a-z0-9_-]+)+)", re.ASCII)


def render(wanted: Dict[str, int]) -> bytes:
    """Return a file that sets ``wanted`` (name to number) and nothing else."""
    lines = ["# Managed by Ansible: netops.tcp_keepalive.tcp_keepalive"]
    lines += [f"{setting.key} = {wanted[setting.name]}" for setting in SETTINGS if setting.name in wanted]
    return ("\n".join(lines) + "\n").encode()


def check_content(data: bytes, wanted: Dict[str, int]) -> None:
    """Raise KeepaliveError, which names the line, unless ``data`` sets exactly ``wanted``.

    Only what all boot tools read alike is accepted. Of several lines for one setting, the last counts.
    """
    assigned: Dict[str, Tuple[int, int]] = {}
    for number, raw in enumerate(data.decode("utf-8", "surrogateescape").split("\n"), start=1):
        line = raw.strip(_BLANKS)
        problem = _problem(line)
        if problem:
            raise _refusal(number, problem)
        if line and not line.startswith("#"):
            name, value = _assignment(number, line, wanted)
            assigned[name] = value, number
    for name, value in wanted.items():
        asked = f'net.ipv4.tcp_keepalive_{name} to {value}, as the option "{name}" asks'
        if name not in assigned:
            raise KeepaliveError(f"content does not set {asked}.")
        actual, number = assigned[name]
        if actual != value:
            raise _refusal(number, f"does not set {asked}, but to {actual}")


def _assignment(number: int, line: str, wanted: Dict[str, int]) -> Tuple[str, int]:
    """Return the setting's name, and the value that the kernel makes of it."""
    key, _equals, text = line.partition("=")
    key = key.strip(_BLANKS).replace("/", ".")
    setting = _SETTING_OF_KEY.get(key)
    if not setting:
        raise _refusal(number, f"sets {key}; this file may set the keepalive settings only")
    if setting.name not in wanted:
        advice = f'give the option "{setting.name}", or remove the line'
        raise _refusal(number, f"sets {key}, but the task does not; {advice}")
    value = from_kernel_text(setting, text.strip(_BLANKS))
    if value is None:
        raise _refusal(number, f"sets {key} to what the kernel refuses")
    return setting.name, value


def _problem(line: str) -> Optional[str]:
    """Return why boot tools do not read a line alike, None where they do."""
    if "\0" in line or "\r" in line:
        return "has a NUL or a carriage return in it, where systemd begins a new line"
    if len(line) > _LONGEST_LINE:
        return "is longer than what every boot tool reads"
    if line.endswith("\\"):
        return "ends in a backslash, which to busybox continues on the next line"
    if not line or line.startswith("#"):
        return None
    if line.startswith(";"):
        return 'starts with ";", which is not a comment to systemd 259 and later; use "#"'
    if "=" not in line:
        return "is neither a comment nor an assignment"
    if not _KEY.fullmatch(line.partition("=")[0].strip(_BLANKS)):
        return "has a key that boot tools do not read alike; write it as net.ipv4.tcp_keepalive_time"
    return None


def _refusal(number: int, problem: str) -> KeepaliveError:
    return KeepaliveError(f"content, line {number}: {problem}.")
