# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The prediction against the real tools, over random trees."""

import os
from collections import Counter

from hypothesis import HealthCheck, given, seed, settings
from tools import compare
from trees import trees

# TREES=10000 SEED=$RANDOM pytest tests/differential: more trees, and others. By default they are always the
# same ones, so that a change is judged by what it does, and not by luck.
TREES = int(os.environ.get("TREES", "1000"))
SEED = int(os.environ.get("SEED", "20261127"))


def test_random_trees(suites):
    print(
        f"\n{TREES} random trees, SEED={SEED}, each under {sum(len(suite.tools) for suite in suites)} tools"
    )

    counts: Counter[str] = Counter()

    @seed(SEED)
    @settings(
        max_examples=TREES,
        deadline=None,
        database=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(trees())
    def prediction_is_what_the_tools_do(case):
        tree, credential = case
        outcome = compare(suites, tree, credential)
        counts.update(trees=1, set=outcome.sets, competing=outcome.competes)
        assert not outcome.mismatches

    for suite in suites:
        suite.asked = suite.unpredicted = 0
    prediction_is_what_the_tools_do()
    asked, unpredicted = sum(suite.asked for suite in suites), sum(suite.unpredicted for suite in suites)
    print(f"{counts['set']} of {counts['trees']} trees set something, {counts['competing']} compete")
    print(f"{asked} predictions, {unpredicted} of them refused")
    assert counts["set"] > counts["trees"] / 2
    assert counts["competing"] > counts["trees"] / 5
    # The trees are made of what is hard to predict; a host has hardly any of it.
    assert unpredicted < asked / 50
