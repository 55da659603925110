import pytest
from ansible_collections.netops.tcp_keepalive.plugins.plugin_utils import _report

NAMES = ("time", "intvl", "probes")
DEFAULTS, PLANNED = (7200, 75, 9), (263, 43, 9)
OURS, OTHER = "/etc/sysctl.d/99-tcp-keepalive.conf", "/etc/sysctl.conf"
CROSSES = {"tcp_keepalive_crosses": ["aws_nlb"]}


def found(now=PLANNED, boot=PLANNED, file=OURS, later=(), lines=()):
    """Return what the info module tells; ``lines``: (setting, value, wins) of each line of any file."""
    return {
        "changed": False,
        "failed": False,
        "runtime": dict(zip(NAMES, now)),
        "boot": {
            name: {"value": value, "file": file, "line": file and 1} for name, value in zip(NAMES, boot)
        },
        "drift": [name for name, one, other in zip(NAMES, now, boot) if one != other],
        "assignments": [
            {"setting": name, "value": value, "file": OURS, "line": 1, "wins": wins}
            for name, value, wins in lines
        ],
        "later_writers": [
            {"writer": "ufw", "file": "/etc/ufw/sysctl.conf", "line": 4, "setting": one, "value": to}
            for one, to in later
        ],
        "sockets": None,
        "namespaces": [],
    }


def one(result, **variables):
    (host,) = _report.report([("web1", dict(variables, tcp_keepalive_audit=result))])["hosts"]
    return host


@pytest.mark.parametrize(
    "result, variables, state, reasons",
    [
        (found(), {}, "holds", []),
        (found(DEFAULTS, DEFAULTS, None), {}, "holds", []),
        (found(), CROSSES, "holds", []),
        # A reboot would bring back what a file says.
        (found(now=(99, 43, 9)), {}, "drifts", ["time is 99, after a reboot 263: " + OURS + ", line 1"]),
        (found(now=(99, 43, 9)), CROSSES, "drifts", ["time is 99, after a reboot 263: " + OURS + ", line 1"]),
        # What was asked is there and does not last, ...
        (
            found(boot=(600, 43, 9), file=OTHER),
            CROSSES,
            "loses",
            ["time is 263, after a reboot 600: /etc/sysctl.conf, line 1"],
        ),
        # ... no file has it, ...
        (found(boot=DEFAULTS, file=None), {}, "loses", ["time is 263, after a reboot 7200: no file sets it"]),
        # ... a file has it, and another one wins, ...
        (
            found(boot=(600, 43, 9), file=OTHER, lines=[("time", 263, False), ("time", 600, True)]),
            {},
            "loses",
            ["time is 263"],
        ),
        (found(boot=(600, 43, 9), file=OTHER, lines=[("time", 600, True)]), {}, "drifts", ["time is 263"]),
        # ... or somebody writes after the boot tool.
        (
            found(later=[("time", 1800)]),
            {},
            "loses",
            ["time is 263, after a reboot 1800: ufw writes it after the boot tool"],
        ),
        (found(later=[(None, None)]), {}, "holds", []),
        (found(later=[("time", 263)]), {}, "holds", []),
        # Who writes last is right; that the files say otherwise is told all the same.
        (
            found(now=(1800, 43, 9), later=[("time", 1800)]),
            {},
            "drifts",
            ["time is 1800, the boot tool loads 263"],
        ),
        # Nobody asked for what holds.
        (
            found(DEFAULTS, DEFAULTS, None),
            CROSSES,
            "drifts",
            ["time is 7200, not 263 as asked", "intvl is 75, not 43 as asked"],
        ),
        (found(), {"tcp_keepalive_probes": 5}, "drifts", ["probes is 9, not 5 as asked"]),
        (found(), dict(CROSSES, tcp_keepalive_probes="9"), "holds", []),
        # The worst of the three counts.
        (
            found(now=(99, 75, 9), boot=(263, 43, 9)),
            dict(CROSSES, tcp_keepalive_intvl=75),
            "loses",
            ["time is 99", "intvl is 75"],
        ),
        (dict(found(), runtime=None), {}, "unseen", ["the kernel's values can not be read"]),
        (dict(found(), boot=None), {}, "unseen", ["it can not be told what the next boot sets"]),
        ({"unreachable": True, "msg": "No route"}, {}, "unseen", ["unreachable: No route"]),
        ({"failed": True, "msg": "No python"}, {}, "unseen", ["failed: No python"]),
        ({"skipped": True}, {}, "unseen", ["failed: no result"]),
        (None, {}, "unseen", ["it was not asked"]),
        # Variables that can not be used are no verdict of their own.
        (
            found(),
            {"tcp_keepalive_crosses": ["aws_nbl"]},
            "holds",
            ["its variables can not be used: 'aws_nbl' is no known hop"],
        ),
        (found(), {"tcp_keepalive_time": 0}, "holds", ["its variables can not be used: time: 0 is refused"]),
    ],
)
def test_judgement(result, variables, state, reasons):
    host = one(result, **variables)
    assert host["state"] == state
    assert len(host["reasons"]) >= len(reasons)
    assert all(told.startswith(reason) for told, reason in zip(host["reasons"], reasons)), host["reasons"]


def test_what_was_asked():
    host = one(found(), tcp_keepalive_crosses="aws_nlb, 1800", tcp_keepalive_time=100)
    assert host["asked"] == {"time": 100, "intvl": 43, "probes": 9}
    assert host["hop"] == {"name": "aws_nlb", "idle_timeout": 350}
    assert one(found(), tcp_keepalive_detect_within=120)["hop"] is None
    assert one(found())["asked"] is None


def test_counts_and_order():
    results = {
        "b": found(),
        "a": found(),
        "c": {"unreachable": True, "msg": ""},
        "e": found(now=(9, 43, 9)),
        "d": found(boot=DEFAULTS, file=None),
    }
    told = _report.report((name, {"tcp_keepalive_audit": result}) for name, result in results.items())
    assert told["summary"] == {"hosts": 5, "loses": 1, "drifts": 1, "unseen": 1, "holds": 2}
    assert [host["host"] for host in told["hosts"]] == ["d", "e", "c", "a", "b"]
    assert told["hosts"][2]["result"] is None
    assert "failed" not in told["hosts"][0]["result"]
    assert _report.report([]) == {
        "summary": {"hosts": 0, "loses": 0, "drifts": 0, "unseen": 0, "holds": 0},
        "hosts": [],
    }
