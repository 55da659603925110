# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The three settings of TCP keepalive: names, ranges, defaults and arithmetic."""

import re
from typing import Dict, NamedTuple, Optional


class KeepaliveError(Exception):
    """What went wrong, in words for the user: what, where, and what to do."""


class Setting(NamedTuple):
    """One setting; ``maximum`` is the kernel's for the socket option (include/net/tcp.h, MAX_TCP_*)."""

    name: str
    default: int
    maximum: int

    @property
    def key(self) -> str:
        return "net.ipv4.tcp_keepalive_" + self.name


# Constants (include/net/tcp.h, TCP_KEEPALIVE_*): a new network namespace has them, whatever its host has.
TIME = Setting("time", 7200, 32767)
INTVL = Setting("intvl", 75, 32767)
PROBES = Setting("probes", 9, 127)

SETTINGS = (TIME, INTVL, PROBES)
DEFAULTS = {setting.name: setting.default for setting in SETTINGS}

_PLAIN_DECIMAL = re.compile(r"[1-9][0-9]{0,9}", re.ASCII)
_KERNEL_NUMBER = re.compile(r"[\s\xa0]*(-?)(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)(?=[ \t\n]|\Z)", re.ASCII)
_KERNEL_MAX_DIGITS = 20
_KERNEL_MAX_TEXT = 4095
INT_MAX = 2**31 - 1
HIGHEST_HZ = 1000
_KERNEL_MAX_PROBES = 255


def from_option(setting: Setting, given: object) -> int:
    """Return the number that a task's option gives, within the setting's range.

    ``given`` is anything that reads as a whole number in plain decimal, also an inline !vault string of
    ansible-core 2.16 and 2.18, which is no str. ``010`` is refused: it is 10 to Python and 8 to the kernel.
    KeepaliveError for all else.
    """
    try:
        text, shown = str(given), repr(given)
    except ValueError:  # Python 3.11 and later do not print an int of over 4300 digits
        text, shown = "", "a number of thousands of digits"
    if _PLAIN_DECIMAL.fullmatch(text) and int(text) <= setting.maximum:
        return int(text)
    raise KeepaliveError(
        f"{setting.name}: {shown} is refused. Give a whole number from 1 to {setting.maximum}, "
        "in plain decimal."
    )


def from_kernel_text(setting: Setting, text: str, hz: int = HIGHEST_HZ) -> Optional[int]:
    """Return the number that the kernel holds after ``text`` was written to the setting; None if it refuses.

    A leading 0 means octal, 0x hexadecimal; the rest after a blank is ignored (kernel/sysctl.c,
    proc_get_long). Seconds are held in ticks, ``hz`` per second, so that a kernel with more of them has a
    lower maximum.
    """
    match = _KERNEL_NUMBER.match(text[:_KERNEL_MAX_TEXT])
    if not match:
        return None
    sign, digits = match.groups()
    if len(sign + digits) > _KERNEL_MAX_DIGITS:
        return None
    base = 16 if digits[:2] in ("0x", "0X") else 8 if digits[0] == "0" else 10
    number = int(digits, base)
    if setting is PROBES:
        return number if not sign and number <= _KERNEL_MAX_PROBES else None
    if number > INT_MAX // hz:
        return None
    return -number if sign else number


def detection_time(values: Dict[str, int]) -> Optional[int]:
    """Return the seconds after which a vanished peer is given up; None if it never is (a negative value)."""
    if values["time"] < 0 or values["intvl"] < 0:
        return None
    return values["time"] + values["intvl"] * values["probes"]
