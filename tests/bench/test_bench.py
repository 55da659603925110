# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts, which do not depend on how busy the machine is. The times are reported in docs/performance.md."""

import report
from comparison import CHANGING, CONTENDERS, PING, UNCHANGED


def test_every_contender_was_measured(results):
    for by_contender in results.usage.values():
        for contender, runs in by_contender.items():
            assert all(used.seconds > 0 and used.processor > 0 and used.memory > 2**20 for used in runs), (
                contender
            )
    assert set(results.counts) == set(CONTENDERS)


def test_a_run_takes_one_execution_per_host(results):
    assert [results.counts[contender].executions for contender in (PING, UNCHANGED, CHANGING)] == [1, 1, 1]


def test_payload_is_counted_and_reported_in_bytes(results):
    unchanged, changing = (results.counts[contender].payload for contender in (UNCHANGED, CHANGING))
    assert max(unchanged, changing) > results.counts[PING].payload
    for contender, counted in results.counts.items():
        assert f"| {contender.title} | {counted.executions} | {counted.payload:,} |" in report.counts(results)
