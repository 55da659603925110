# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.plugin_utils import _report, _report_views

NAMES = ("time", "intvl", "probes")
COUNTS = {"established": 12, "keepalive": 9, "overlong": 1, "unprotected": 2, "busy": 1}


def info(values=(41, 6, 9), processes=0, namespaces=()):
    """Return a result of the info module, with this many processes and (owner, values) of each namespace."""
    ports = [{"port": port, "count": 1} for port in (443, 22, 80, 25, 21)]
    process = {**COUNTS, "unit": None, "remote_ports": ports, "other_remote_ports": 4}
    runtime = by_name(values)
    return {
        "runtime": runtime,
        "boot": {name: {"value": value, "file": None, "line": None} for name, value in runtime.items()},
        "detection_time": 95,
        "drift": [],
        "assignments": [],
        "sockets": {**COUNTS, "processes": [{**process, "name": str(number)} for number in range(processes)]},
        "namespaces": [
            {"owner": owner, "pid": 1, "runtime": own and by_name(own), "sockets": None}
            for owner, own in namespaces
        ],
    }


def by_name(values):
    return dict(zip(NAMES, values, strict=True))


def report(results):
    return _report.report((name, {"tcp_keepalive_audit": result}) for name, result in results.items())


def test_table():
    lines = _report_views.table(report({"web1": info(), "web2": {"unreachable": True, "msg": "No route"}}))
    assert lines == [
        "2 hosts: 1 hold, 0 drift, 0 lose it at boot, 1 could not be seen",
        "host            now     next boot  unprotected",
        "web2  not seen  -       -          -            unreachable: No route",
        "web1  holds     41/6/9  41/6/9     2 of 12",
    ]


def test_table_tells_how_many_namespaces_differ():
    others = [("podman container a (x)", (7200, 75, 9)), ("b", (41, 6, 9)), ("gone", None)]
    _title, head, first, second = _report_views.table(report({"a": info(), "b": info(namespaces=others)}))
    assert head.split() == ["host", "now", "next", "boot", "unprotected", "namespaces"]
    assert first.endswith(" -")
    assert second.endswith(" 1 of 2 differ, 1 not seen")


def test_table_marks_a_setting_that_cannot_be_predicted():
    result = info()
    result["boot"]["intvl"] = None
    lines = _report_views.table(report({"a": result}))
    assert "41/?/9" in lines[2]


def test_table_of_many_shows_those_that_do_not_hold():
    results = {f"h{number:02}": info() if number % 10 else None for number in range(50)}
    lines = _report_views.table(report(results))
    assert [line.split()[0] for line in lines[2:]] == ["h00", "h10", "h20", "h30", "h40", "and"]
    assert lines[-1] == "and 45 more"
    assert len(_report_views.table(report(dict.fromkeys(results)))) == 43


def test_text_from_a_host_cannot_control_the_terminal():
    lines = _report_views.table(report({"a\x1b[2Jb": {"failed": True, "msg": "x\ny\u202e\r" + "z" * 4096}}))
    assert len(lines) == 3
    assert lines[0].startswith("1 host: ")
    assert lines[2].startswith("a\\x1b[2Jb  not seen")
    assert "failed: x\\ny\\u202e\\rzzz" in lines[2]
    assert len(lines[2]) < 300
    assert all(line.isprintable() for line in lines)


@pytest.mark.parametrize(
    "boots, writable, kept", [(True, True, False), (True, False, True), (False, True, True)]
)
def test_page_tells_values_that_no_boot_sets(boots, writable, kept):
    container = {"boots": boots, "writable": writable, "host_network": False}
    pages = _report_views.page(report({"a": info(), "b": dict(info(), container=container)}))
    assert [host["kept"] for host in pages["hosts"]] == [False, kept]


def test_page_shows_what_may_write_later():
    mentions = [{"file": "/etc/rc.local", "line": line, "text": "x"} for line in range(1, 10)]
    (host,) = _report_views.page(report({"a": dict(info(), mentions=mentions)}))["hosts"]
    assert (host["mentions"][0], len(host["mentions"])) == ("/etc/rc.local, line 1: x", 8)


def test_page_shows_what_comes_back():
    line = {"file": "/etc/sysctl.conf", "line": 3, "setting": "time", "value": 600, "command": "sysctl -p"}
    (host,) = _report_views.page(report({"a": dict(info(), returning=[line] * 9)}))["hosts"]
    assert host["returning"] == ["/etc/sysctl.conf, line 3: time 600, by sysctl -p"] * 8


def test_page_shows_some_of_many():
    namespaces = [("hidden", None)] + [("same", (41, 6, 9))] * 9 + [("other", (7200, 75, 9))]
    (host,) = _report_views.page(report({"web1": info(processes=10, namespaces=namespaces)}))["hosts"]
    assert host["now"] == [41, 6, 9]
    assert host["sockets"] == [8, 1, 2, 1]
    assert [one["name"] for one in host["processes"]] == list("01234567")
    assert host["processes"][0]["ports"] == "443, 22, 80 and 6 more"
    assert host["other_processes"] == 2
    assert [one["owner"] for one in host["namespaces"]] == ["other", "hidden"] + ["same"] * 6
    assert (host["namespaces_all"], host["namespaces_differ"], host["other_namespaces"]) == (11, 1, 3)
    assert [one["now"] for one in host["namespaces"][:2]] == [[7200, 75, 9], None]


def test_page_of_a_host_that_could_not_be_seen():
    (host,) = _report_views.page(report({"web1": None}))["hosts"]
    assert host["now"] is host["boot"] is host["sockets"] is None
    assert host["processes"] == host["namespaces"] == host["warnings"] == []
