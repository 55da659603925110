# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.plugin_utils import _timers


@pytest.mark.parametrize("seconds, latest", [(0, 0), (1, 2), (8, 9), (9, 11), (311, 350), (312, 351)])
def test_latest(seconds, latest):
    assert _timers.latest(seconds) == latest


# 8 s of timers take 9 s when they are late: in time for a limit of 9 s, too late for a hop of 9 s.
@pytest.mark.parametrize(
    "deadline, before, within",
    [(1, 0, 0), (4, 3, 3), (5, 4, 4), (9, 7, 8), (10, 8, 8), (18, 15, 16), (60, 53, 53), (350, 311, 311)],
)
def test_longest(deadline, before, within):
    assert _timers.longest_before(deadline) == before
    assert _timers.longest_within(deadline) == within
