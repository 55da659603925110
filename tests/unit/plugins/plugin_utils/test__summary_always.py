# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.plugin_utils import _summary, _summary_always

HOST = {
    "scope": "host",
    "units": [],
    "except_units": [],
    "time": 45,
    "intvl": 7,
    "probes": 9,
    "user_timeout": None,
}
CONNECTIONS = {"turned_on": 4, "rearmed": 1, "unreached": []}


def result(**changes):
    given = {"program": HOST, "boot": HOST, "connections": CONNECTIONS, **changes}
    return {**given, "program": {"after": given["program"]}, "boot": {"after": given["boot"]}}


def lines(of, check_mode=False):
    return [f"{label}: {text}" for label, text in _summary_always.lines(of, check_mode)]


def test_the_whole_host():
    assert lines(result()) == [
        "new connections: turned on for the whole host: time 45 s, intvl 7 s, probes 9",
        "open ones: 4 turned on, 1 armed anew",
        "after a reboot: the same",
    ]


def test_check_mode():
    assert lines(result(), check_mode=True) == [
        "new connections: would be turned on for the whole host: time 45 s, intvl 7 s, probes 9",
        "open ones: 4 would be turned on, 1 would be armed anew",
        "after a reboot: would be the same",
    ]


@pytest.mark.parametrize(
    "changes, said",
    [
        ({"scope": "units", "units": ["a.service", "b.slice"]}, "a.service, b.slice: time 45 s"),
        ({"except_units": ["q.service"]}, "the whole host but for q.service: time 45 s"),
        ({"user_timeout": 120}, "probes 9, user_timeout 120 s"),
        ({"time": None}, "time the host's own, intvl 7 s"),
    ],
)
def test_where_and_with_which_values(changes, said):
    assert said in lines(result(program=dict(HOST, **changes)))[0]


def test_what_was_not_reached():
    connections = dict(CONNECTIONS, unreached=[{"count": 2}, {"count": 1}])
    assert lines(result(connections=connections))[1].endswith(", 3 not reached")


def test_absent():
    assert lines(result(program=None, boot=None, connections=None)) == [
        "new connections: not turned on",
        "after a reboot: the same",
    ]


def test_a_boot_that_does_something_else():
    assert lines(result(boot=None))[-1] == "after a reboot: not turned on"


def test_a_host_without_a_result_is_told_as_such():
    assert lines({"failed": True}) == []
    (host,) = _summary.lines([("web1", None, {"failed": True})], check_mode=False)
    assert host == "web1"


def test_both_roles_in_one_play():
    runtime = {"time": 45, "intvl": 7, "probes": 9}
    first = {"runtime": {"before": runtime, "after": runtime}, "boot": {"after": None}}
    _host, *rest = _summary.lines([("web1", first, result())], check_mode=False)
    assert [line.partition(":")[0].strip() for line in rest] == [
        "now",
        "after a reboot",
        "new connections",
        "open ones",
        "after a reboot",
    ]
