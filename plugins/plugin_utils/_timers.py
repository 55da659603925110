# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How late the kernel's keepalive timers fire: up to an eighth.

Since Linux 4.8 a timer waits in a level of the timer wheel and fires at the end of a step there
(kernel/time/timer.c: 64 steps a level, each 8 times as long as in the level below). The first 8 steps of a
level belong to the levels below, so a step is an eighth of the shortest wait in its level. In the first 64th
of a level it is 8/63: with HZ 100 to 1000 that may exceed a plan only for timeouts of 9460 s and more.
"""


def latest(seconds: int) -> int:
    """Return the whole second by which timers of ``seconds`` have fired."""
    return -(-seconds * 9 // 8)


def longest_before(deadline: int) -> int:
    """Return the most seconds of timers that have fired before ``deadline``: seconds * 9/8 < deadline."""
    return (deadline * 8 - 1) // 9


def longest_within(limit: int) -> int:
    """Return the most seconds of timers that have fired at ``limit``: seconds * 9/8 <= limit."""
    return limit * 8 // 9
