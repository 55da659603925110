# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter plan over its whole range: it keeps its promises where a solution exists, else it refuses.

The late timers are worked out here in a way of their own, in eighths of a second.
"""

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.netops.tcp_keepalive.plugins.filter.plan import plan
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import INTVL, PROBES, TIME
from ansible_collections.netops.tcp_keepalive.plugins.plugin_utils import _plan
from ansible_collections.netops.tcp_keepalive.plugins.plugin_utils._hops import HOPS
from hypothesis import given, settings
from hypothesis import strategies as st

seconds = st.one_of(st.integers(1, 20), st.integers(1, 1000), st.integers(1, 10**7))
known = st.sampled_from(list(HOPS))
hops = st.lists(st.one_of(seconds, known), max_size=4)
limits = st.one_of(st.none(), seconds)


def late_in_time(settings_sum: int, hop: int | None) -> bool:
    return hop is None or 9 * settings_sum < 8 * hop


def late_within(settings_sum: int, limit: int | None) -> bool:
    return limit is None or 9 * settings_sum <= 8 * limit


def feasible(shortest: int | None, within: int | None) -> bool:
    """Return whether any values meet the demand: if any do, the smallest do."""
    return late_in_time(1 + 2 * 1, shortest) and late_within(1 + 1 * 3, within)


def check(crossed: list, within: int | None) -> None:
    timeouts = [hop if isinstance(hop, int) else HOPS[hop].seconds for hop in crossed]
    shortest = min(timeouts, default=None)
    if not (timeouts or within) or not feasible(shortest, within):
        with pytest.raises(AnsibleFilterError):
            plan(crossed, within)
        return
    planned = plan(crossed, within)
    time, intvl, probes = planned["time"], planned["intvl"], planned["probes"]
    assert 1 <= time <= TIME.maximum
    assert 1 <= intvl <= INTVL.maximum
    assert 3 <= probes <= PROBES.maximum
    assert planned["idle_timeout"] == shortest
    assert planned["detection_time"] == time + intvl * probes
    assert late_in_time(time + 2 * intvl, shortest)
    assert late_within(time + intvl * probes, within)
    # One second more would break one of the demands, or exceed the kernel's maximum.
    assert (
        time == TIME.maximum
        or not late_in_time(time + 1 + 2 * intvl, shortest)
        or not late_within(time + 1 + intvl * probes, within)
    )
    # What is planned is no breach, and no other code has another idea of how late timers are.
    values = {"time": time, "intvl": intvl, "probes": probes}
    assert _plan.breaches(values, _plan.demand(crossed, within)) == []


@settings(max_examples=5000, deadline=None)
@given(hops, limits)
def test_plan(crossed, within):
    check(crossed, within)


def test_every_timeout_and_every_limit():
    for number in range(1, TIME.maximum + 1):
        check([number], None)
        check([], number)


@settings(max_examples=5000, deadline=None)
@given(st.integers(1, 500), st.integers(1, 100), st.integers(1, 20), seconds, limits)
def test_breaches(time, intvl, probes, hop, within):
    values = {"time": time, "intvl": intvl, "probes": probes}
    kept = late_in_time(time + 2 * intvl, hop), late_within(time + intvl * probes, within), probes >= 3
    assert len(_plan.breaches(values, _plan.demand([hop], within))) == kept.count(False)


def step(jiffies: int) -> int:
    """Return the jiffies of a step of the level in which a timer waits (kernel/time/timer.c, LVL_START)."""
    level = 0
    while jiffies >= 63 << 3 * level:
        level += 1
    return 1 << 3 * level


@pytest.mark.parametrize("hz", [100, 250, 300, 1000])
def test_timer_wheel_keeps_the_plan(hz):
    """Above 9459 s the first waits of some levels are up to 8/63 late, a little more than an eighth."""
    for hop in range(4, 9460):
        planned = plan([hop])
        waits = [seconds * hz for seconds in (planned["time"], planned["intvl"], planned["intvl"])]
        assert sum(wait + step(wait) for wait in waits) < hop * hz
