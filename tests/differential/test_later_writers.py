# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The prediction for hosts with ufw and TuneD against the real programs, over random hosts."""

import json
import os

import pytest
from later_writers import NAMES, SUITES, Host, Suite

# LATER_TREES=5000 SEED=$RANDOM pytest tests/differential/test_later_writers.py: more hosts, and others.
TREES = int(os.environ.get("LATER_TREES", "300"))
SEED = os.environ.get("SEED", "20261127")
DEFAULTS = [7200, 75, 9]


@pytest.fixture(scope="module")
def later_suites():
    opened = [Suite(name) for name in SUITES]
    yield opened
    for suite in opened:
        suite.close()


def test_random_hosts(later_suites):
    wrong, asked, unknown, set_by_something, competing = [], 0, 0, 0, 0
    for number in range(TREES):
        tree = Host(f"{SEED} {number}").tree()
        for suite in later_suites:
            suite.ask(tree)
        for suite in later_suites:
            prediction, lines = suite.predicted(tree)
            real = suite.answer()
            entries = [prediction.boot[name] for name in NAMES]
            asked += len(NAMES)
            unknown += entries.count(None)
            set_by_something += real != DEFAULTS
            competing += lines > 1
            if any(entry and entry.value != value for entry, value in zip(entries, real, strict=True)):
                wrong.append(f"{suite.name}: real {real}, predicted {entries}\n{json.dumps(tree, indent=1)}")
    print(f"\n{TREES} hosts, SEED={SEED}: {asked} values, {unknown} unknown, {len(wrong)} hosts wrong")
    print(f"{set_by_something} boots set something, {competing} of them with competing lines")
    assert not wrong, "\n".join(wrong[:3])
    # Hosts without anything to set, or to choose between, would prove nothing.
    boots = TREES * len(later_suites)
    assert set_by_something >= boots / 2
    assert competing >= boots / 5
    assert unknown <= asked / 10
