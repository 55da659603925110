# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.plugin_utils import (
    _report,
    _report_always,
    _report_views,
)
from ansible_collections.netops.tcp_keepalive.plugins.plugin_utils._report_always import Asked

VALUES = {"time": 235, "intvl": 38, "probes": 9}
ON = {**VALUES, "scope": "host", "units": [], "except_units": [], "user_timeout": None}
UNITS = {**ON, "scope": "units", "units": ["a.service"]}
OWN = {**ON, "time": None, "intvl": None, "probes": None}
SUBJECT = "keepalive for applications that never ask"
NOTHING = Asked(None)


def always(**changes):
    return {"program": ON, "boot": ON, "turned_on": 512, **changes}


@pytest.mark.parametrize(
    "variables, asked",
    [
        ({}, NOTHING),
        # What the role registers is not asked for.
        ({"tcp_keepalive_always_result": {"changed": True}}, NOTHING),
        ({"tcp_keepalive_always_state": "present"}, Asked(True)),
        ({"tcp_keepalive_always_units": ["a.service"]}, Asked(True)),
        ({"tcp_keepalive_always_state": "absent"}, Asked(False)),
        ({"tcp_keepalive_always_persist": "false"}, Asked(True, False)),
        ({"tcp_keepalive_always_persist": False}, Asked(True, False)),
    ],
)
def test_asked(variables, asked):
    assert _report_always.asked_of(variables) == asked


@pytest.mark.parametrize(
    "seen, asked, amiss",
    [
        (always(), NOTHING, []),
        (always(), Asked(True), []),
        (always(program=None, boot=None), NOTHING, []),
        (always(program=None, boot=None), Asked(False), []),
        (None, NOTHING, []),
        (None, Asked(True), [("unseen", f"whether {SUBJECT} is turned on may not be seen")]),
        (always(program=None, boot=None), Asked(True), [("drifts", f"{SUBJECT} is not turned on now")]),
        (always(program=None), NOTHING, [("drifts", f"{SUBJECT} is not turned on now, but after a reboot")]),
        (always(boot=None), NOTHING, [("loses", f"{SUBJECT} is turned on, but not after a reboot")]),
        (always(boot=None), Asked(True, persists=False), []),
        (always(), Asked(False), [("drifts", f"{SUBJECT} is turned on, though it is not to be")]),
        (always(program=None, boot=UNITS), Asked(True), []),
        (
            always(program=UNITS),
            NOTHING,
            [("drifts", f"{SUBJECT}: for the units now, for the host after a reboot")],
        ),
        (
            always(boot={**ON, "time": 60}),
            NOTHING,
            [("drifts", f"{SUBJECT}: time is 235, after a reboot 60")],
        ),
        (always(boot=OWN), NOTHING, []),
        (
            always(program={**ON, "time": 60}, boot={**ON, "time": 60}),
            NOTHING,
            [("drifts", f"{SUBJECT}: time is 60, not 235 as asked")],
        ),
    ],
)
def test_judge(seen, asked, amiss):
    assert list(_report_always.judge(seen, asked, VALUES)) == amiss


def host_with(seen):
    values = {
        name: {"value": value, "file": "/f", "line": 1, "writer": "procps"} for name, value in VALUES.items()
    }
    result = {"runtime": VALUES, "boot": values, "assignments": [], "unread": [], "always": seen}
    return _report.report([("web1", {"tcp_keepalive_audit": result})])


@pytest.mark.parametrize(
    "seen, state",
    [(always(), "holds"), (always(boot=None), "loses"), (always(program=None), "drifts"), (None, "holds")],
)
def test_a_hosts_state(seen, state):
    assert host_with(seen)["hosts"][0]["state"] == state


def test_the_table_has_a_column_where_a_host_uses_it():
    _title, head, row = _report_views.table(host_with(always()))
    assert "always on" in head
    assert "host, 512 turned on" in row
    assert "always on" not in "".join(_report_views.table(host_with(always(program=None, boot=None))))


def test_the_page():
    (host,) = _report_views.page(host_with(always(boot={**UNITS, "user_timeout": 400})))["hosts"]
    assert host["always"] == {
        "turned_on": 512,
        "now": "the whole host: 235 / 38 / 9",
        "boot": "a.service: 235 / 38 / 9, user timeout 400 s",
    }
    (host,) = _report_views.page(host_with(always(program=None, boot=None)))["hosts"]
    assert host["always"] is None
