# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter plan over its whole range: it keeps its promises where a solution exists, else it refuses."""

from fractions import Fraction

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.netops.tcp_keepalive.plugins.filter.plan import plan
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import INTVL, PROBES, TIME
from ansible_collections.netops.tcp_keepalive.plugins.plugin_utils._hops import HOPS
from hypothesis import given, settings
from hypothesis import strategies as st

seconds = st.one_of(st.integers(1, 20), st.integers(1, 1000), st.integers(1, 10**7))
known = st.sampled_from(list(HOPS))
hops = st.lists(st.one_of(seconds, known), max_size=4)
limits = st.one_of(st.none(), seconds)


def feasible(shortest: int | None, within: int | None) -> bool:
    """Return whether any values meet the demand: if any do, the smallest do."""
    return (shortest is None or late(1 + 2 * 1) < shortest) and (within is None or late(1 + 1 * 3) <= within)


def late(duration: int) -> Fraction:
    """Return when the kernel's timers have fired at the latest: an eighth later than they were set to."""
    return duration * Fraction(9, 8)


@settings(max_examples=5000, deadline=None)
@given(hops, limits)
def test_plan(crossed, within):
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
    assert shortest is None or late(time + 2 * intvl) < shortest
    assert within is None or late(time + intvl * probes) <= within
    # One second more would break one of the demands, or exceed the kernel's maximum.
    assert (
        time == TIME.maximum
        or (shortest is not None and late(time + 1 + 2 * intvl) >= shortest)
        or (within is not None and late(time + 1 + intvl * probes) > within)
    )
