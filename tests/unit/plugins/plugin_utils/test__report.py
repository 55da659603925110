# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.plugin_utils import _plan, _report

NAMES = ("time", "intvl", "probes")
DEFAULTS, PLANNED = (7200, 75, 9), (263, 43, 9)
OURS, OTHER = "/etc/sysctl.d/99-tcp-keepalive.conf", "/etc/sysctl.conf"
CROSSES = {"tcp_keepalive_crosses": ["aws_nlb"]}


def info(now=PLANNED, boot=PLANNED, file=OURS, later=(), lines=()):
    """Return a result of the info module; ``lines``: (setting, value, wins) of each line of any file."""
    by_ufw = {name: value for name, value in later if name}
    boot = [by_ufw.get(name, value) for name, value in zip(NAMES, boot, strict=True)]
    return {
        "changed": False,
        "failed": False,
        "runtime": dict(zip(NAMES, now, strict=True)),
        "boot": {
            name: {"value": value, "file": "/etc/ufw/sysctl.conf", "line": 4, "writer": "ufw"}
            if name in by_ufw
            else {"value": value, "file": file, "line": file and 1, "writer": file and "procps"}
            for name, value in zip(NAMES, boot, strict=True)
        },
        "drift": [name for name, value, loaded in zip(NAMES, now, boot, strict=True) if value != loaded],
        "assignments": [
            {"setting": name, "value": value, "file": OURS, "line": 1, "wins": wins}
            for name, value, wins in lines
        ],
        "later_writers": [
            {"writer": "ufw", "file": "/etc/ufw/sysctl.conf", "line": 4, "setting": name, "value": value}
            for name, value in later
        ],
        "sockets": None,
        "namespaces": [],
    }


def report_of(result, **variables):
    """Return the report of a single host."""
    (host,) = _report.report([("web1", {**variables, "tcp_keepalive_audit": result})])["hosts"]
    return host


@pytest.mark.parametrize(
    "result, variables, state, reasons",
    [
        (info(), {}, "holds", []),
        (info(DEFAULTS, DEFAULTS, None), {}, "holds", []),
        (info(), CROSSES, "holds", []),
        # A reboot would bring back what a file sets.
        (info(now=(99, 43, 9)), {}, "drifts", ["time is 99, after a reboot 263: " + OURS + ", line 1"]),
        (info(now=(99, 43, 9)), CROSSES, "drifts", ["time is 99, after a reboot 263: " + OURS + ", line 1"]),
        # What was asked for is there but does not last, ...
        (
            info(boot=(600, 43, 9), file=OTHER),
            CROSSES,
            "loses",
            ["time is 263, after a reboot 600: /etc/sysctl.conf, line 1"],
        ),
        # ... no file sets it, ...
        (info(boot=DEFAULTS, file=None), {}, "loses", ["time is 263, after a reboot 7200: no file sets it"]),
        # ... a file sets it but another one wins, ...
        (
            info(boot=(600, 43, 9), file=OTHER, lines=[("time", 263, False), ("time", 600, True)]),
            {},
            "loses",
            ["time is 263"],
        ),
        (info(boot=(600, 43, 9), file=OTHER, lines=[("time", 600, True)]), {}, "drifts", ["time is 263"]),
        # ... or something writes after the boot tool.
        (
            info(later=[("time", 1800)]),
            {},
            "loses",
            ["time is 263, after a reboot 1800: ufw writes it after the boot tool"],
        ),
        (info(later=[(None, None)]), {}, "holds", []),
        (info(later=[("time", 263)]), {}, "holds", []),
        # The last writer sets what the kernel has now, whatever other files say.
        (info(now=(1800, 43, 9), later=[("time", 1800)]), {}, "holds", []),
        # The values would survive a reboot but are not those asked for.
        (
            info(DEFAULTS, DEFAULTS, None),
            CROSSES,
            "drifts",
            ["time is 7200, not 263 as asked", "intvl is 75, not 43 as asked"],
        ),
        (info(), {"tcp_keepalive_probes": 5}, "drifts", ["probes is 9, not 5 as asked"]),
        (info(), {**CROSSES, "tcp_keepalive_probes": "9"}, "holds", []),
        # The worst of the three settings decides.
        (
            info(now=(99, 75, 9), boot=(263, 43, 9)),
            {**CROSSES, "tcp_keepalive_intvl": 75},
            "loses",
            ["time is 99", "intvl is 75"],
        ),
        ({**info(), "runtime": None}, {}, "unseen", ["the kernel's values cannot be read"]),
        # One setting that cannot be predicted: what is known to be wrong comes first.
        (
            {**info(), "boot": {**info()["boot"], "intvl": None}},
            {},
            "unseen",
            ["what the next boot sets intvl to cannot be predicted"],
        ),
        (
            {
                **info(boot=(600, 43, 9), file=OTHER),
                "boot": {**info(boot=(600, 43, 9))["boot"], "intvl": None},
            },
            CROSSES,
            "loses",
            ["time is 263, after a reboot 600", "what the next boot sets intvl to cannot be predicted"],
        ),
        ({**info(), "boot": None}, {}, "unseen", ["what the next boot sets cannot be predicted"]),
        ({"unreachable": True, "msg": "No route"}, {}, "unseen", ["unreachable: No route"]),
        ({"failed": True, "msg": "No python"}, {}, "unseen", ["failed: No python"]),
        ({"skipped": True}, {}, "unseen", ["failed: no result"]),
        (None, {}, "unseen", ["it was not audited"]),
        # Variables that cannot be used do not change the state.
        (
            info(),
            {"tcp_keepalive_crosses": ["aws_nbl"]},
            "holds",
            ["its variables cannot be used: 'aws_nbl' is not a known hop"],
        ),
        (info(), {"tcp_keepalive_time": 0}, "holds", ["its variables cannot be used: time: 0 is refused"]),
    ],
)
def test_state_and_reasons(result, variables, state, reasons):
    host = report_of(result, **variables)
    assert host["state"] == state
    assert len(host["reasons"]) >= len(reasons)
    starts = zip(host["reasons"], reasons, strict=False)
    assert all(reason.startswith(start) for reason, start in starts), host["reasons"]


def test_values_and_hop_that_the_variables_ask_for():
    host = report_of(info(), tcp_keepalive_crosses="aws_nlb, 1800", tcp_keepalive_time=100)
    assert host["asked"] == {"time": 100, "intvl": 43, "probes": 9}
    assert host["hop"] == {"name": "aws_nlb", "idle_timeout": 350}
    assert report_of(info(), tcp_keepalive_detect_within=120)["hop"] is None
    assert report_of(info())["asked"] is None


def test_a_time_limit_alone_asks_for_what_the_role_would_set():
    applied, _problems = _plan.choose(dict.fromkeys(NAMES), [], 120)
    host = report_of(info(now=applied.values(), boot=applied.values()), tcp_keepalive_detect_within=120)
    assert (host["state"], host["asked"]) == ("holds", applied)


def test_counts_and_order():
    results = {
        "b": info(),
        "a": info(),
        "c": {"unreachable": True, "msg": ""},
        "e": info(now=(9, 43, 9)),
        "d": info(boot=DEFAULTS, file=None),
    }
    report = _report.report((name, {"tcp_keepalive_audit": result}) for name, result in results.items())
    assert report["summary"] == {"hosts": 5, "loses": 1, "drifts": 1, "unseen": 1, "holds": 2}
    assert [host["host"] for host in report["hosts"]] == ["d", "e", "c", "a", "b"]
    assert report["hosts"][2]["result"] is None
    assert "failed" not in report["hosts"][0]["result"]
    assert _report.report([]) == {
        "summary": {"hosts": 0, "loses": 0, "drifts": 0, "unseen": 0, "holds": 0},
        "hosts": [],
    }
