# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot import _prediction
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._outcome import Outcome
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._tool import Tool
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._tree import Tree
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import TIME


@pytest.fixture
def outcome(host):
    prediction = _prediction.predict(Tree(host.root), Tool("procps", (4, 0, 4)))
    return Outcome(prediction, _prediction.kernel_values(lambda: None))


def write(text):
    return lambda outcome: outcome.write(TIME, text, "ufw", "/file", 3)


def nothing(_outcome):
    pass


def doubt(outcome):
    outcome.doubt("time", "a script")


def time(outcome):
    entry = outcome.boot["time"]
    return entry.value if entry else outcome.unknown["time"]


@pytest.mark.parametrize(
    "steps, held",
    [
        ([write("5")], 5),
        ([write("5"), write("60s")], 5),
        ([doubt], "a script"),
        # A write that is certain ends a doubt, and one that is refused does not.
        ([doubt, write("5")], 5),
        ([doubt, write("60s")], "a script"),
        ([write("8589935")], "depends on its HZ"),
    ],
)
def test_writes_and_doubts(outcome, steps, held):
    for step in steps:
        step(outcome)
    assert held in time(outcome) if isinstance(held, str) else time(outcome) == held
    assert outcome.boot["probes"].value == 9


@pytest.mark.parametrize(
    "first, ways, held",
    [
        (nothing, [write("5")], 5),
        (nothing, [write("5"), write("0x5")], 5),
        (nothing, [write("7200"), nothing], 7200),
        (nothing, [write("5"), nothing], "either"),
        (nothing, [nothing, write("5")], "either"),
        (nothing, [write("5"), doubt], "either"),
        (nothing, [doubt, write("5")], "a script"),
        (doubt, [nothing, nothing], "a script"),
        (doubt, [write("5"), write("5")], 5),
    ],
)
def test_one_of_several_ways(outcome, first, ways, held):
    first(outcome)
    outcome.either("either", *ways)
    assert time(outcome) == held
    assert "probes" not in outcome.unknown
