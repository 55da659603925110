# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text, line by line; tests/page gives it to Prometheus itself."""

from ansible_collections.netops.tcp_keepalive.plugins.plugin_utils import _metrics

VALUES, DEFAULTS = dict(time=41, intvl=6, probes=9), dict(time=7200, intvl=75, probes=9)
SOCKETS = dict(established=12, keepalive=9, overlong=1, unprotected=2, busy=1)


def namespace(runtime, sockets=None):
    return {"runtime": runtime, "sockets": sockets}


def report(**hosts):
    """Return a report of hosts by name: (state, result)."""
    states = [state for state, _result in hosts.values()]
    return {
        "summary": {state: states.count(state) for state in ("loses", "drifts", "unseen", "holds")},
        "hosts": [
            {"host": name, "state": state, "result": result} for name, (state, result) in hosts.items()
        ],
    }


def result(**changes):
    return {"runtime": VALUES, "sockets": SOCKETS, "namespaces": [], "always": None, **changes}


def lines(reported):
    """Return the samples, and check that each metric is introduced."""
    written = _metrics.text(reported, 1795000000.5).splitlines()
    introduced = {line.split()[2] for line in written if line.startswith("# TYPE")}
    assert introduced == {line.split()[2] for line in written if line.startswith("# HELP")}
    samples = [line for line in written if not line.startswith("#")]
    assert {line.partition("{")[0].split()[0] for line in samples} <= introduced
    return samples


def of(samples, metric):
    """Return what follows the metric's name."""
    name = f"tcp_keepalive_{metric}"
    return [line[len(name) :] for line in samples if line.startswith((name + "{", name + " "))]


def test_hosts_by_state():
    samples = lines(report(web1=("holds", result()), web2=("unseen", None)))
    assert of(samples, "audit_timestamp_seconds") == [" 1795000000.5"]
    assert '{state="holds"} 1' in of(samples, "hosts") and '{state="loses"} 0' in of(samples, "hosts")
    assert [line for line in of(samples, "host_state") if line.endswith(" 1")] == [
        '{host="web1",state="holds"} 1',
        '{host="web2",state="unseen"} 1',
    ]
    assert of(samples, "time_seconds") == ['{host="web1"} 41']
    assert of(samples, "interval_seconds") == ['{host="web1"} 6']
    assert of(samples, "probes") == ['{host="web1"} 9']


def test_connections_and_namespaces():
    others = [namespace(DEFAULTS, SOCKETS), namespace(VALUES, SOCKETS), namespace(None)]
    samples = lines(report(web1=("holds", result(namespaces=others))))
    assert of(samples, "connections") == [
        f'{{host="web1",namespace="{where}",kind="{kind}"}} {times * count}'
        for where, times in (("own", 1), ("others", 2))
        for kind, count in (("protected", 8), ("overlong", 1), ("unprotected", 2), ("busy", 1))
    ]
    assert of(samples, "namespaces") == [
        '{host="web1",differ="yes"} 1',
        '{host="web1",differ="no"} 1',
        '{host="web1",differ="unknown"} 1',
    ]


def test_namespaces_of_a_host_whose_own_values_are_not_seen():
    samples = lines(report(web1=("unseen", result(runtime=None, namespaces=[namespace(VALUES)]))))
    assert of(samples, "namespaces")[2] == '{host="web1",differ="unknown"} 1'


def test_always_on():
    always = {"program": {"scope": "host"}, "boot": None, "turned_on": 512}
    samples = lines(report(web1=("loses", result(always=always)), web2=("holds", result())))
    assert of(samples, "always_on") == ['{host="web1",when="now"} 1', '{host="web1",when="boot"} 0']
    assert of(samples, "always_connections_total") == ['{host="web1"} 512']


def test_what_was_not_seen_has_no_numbers():
    samples = lines(report(web1=("unseen", result(runtime=None, sockets=None))))
    assert [of(samples, metric) for metric in ("value", "connections", "always_on")] == [[], [], []]


def test_names_are_escaped():
    samples = lines(report(**{'a"b\\c\nd': ("holds", None)}))
    assert '{host="a\\"b\\\\c\\nd",state="holds"} 1' in of(samples, "host_state")
