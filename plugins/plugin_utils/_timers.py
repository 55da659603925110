# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How late the kernel's timers fire: by up to an eighth of what they were set to.

Since Linux 4.8 a timer waits in a level of the timer wheel whose steps are up to an eighth of its time, and
fires at the end of its step (kernel/time/timer.c). Seconds below are whole ones, as the settings are.
"""

_LATE_BY = 8


def latest(seconds: int) -> int:
    """Return when a timer set to ``seconds`` has fired at the latest, rounded up."""
    return -(-seconds * (_LATE_BY + 1) // _LATE_BY)


def longest_before(deadline: int) -> int:
    """Return the longest time to set for which a timer always fires before ``deadline``."""
    return (deadline * _LATE_BY - 1) // (_LATE_BY + 1)


def longest_by(deadline: int) -> int:
    """Return the longest time to set for which a timer always fires at ``deadline`` or before."""
    return deadline * _LATE_BY // (_LATE_BY + 1)
