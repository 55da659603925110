# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook audit as users run it: a table, a JSON file and a page, whatever the state of the hosts."""

import json
import re

import pytest
from conftest import DROPIN, FOLDER, KERNEL

AUDIT = "netops.tcp_keepalive.audit"
# Nothing listens on this port in the network namespace.
GONE = {"ansible_connection": "ssh", "ansible_host": "127.0.0.1", "ansible_port": 9}


@pytest.fixture
def audit(namespace):
    """Return a function that audits hosts (variables by name), and returns (process, report, page)."""

    def run(hosts, *arguments, **extra_variables):
        inventory = namespace.folder / "inventory.json"
        local = {"ansible_connection": "local", **namespace.variables}
        local_hosts = {name: {**local, **variables} for name, variables in hosts.items()}
        inventory.write_text(json.dumps({"all": {"hosts": local_hosts}}))
        folder = namespace.folder / "reports"
        extra = json.dumps({"tcp_keepalive_audit_folder": str(folder), **extra_variables})
        done = namespace.run("ansible-playbook", "-i", inventory, AUDIT, "-e", extra, *arguments)
        data = folder / "audit.json"
        assert data.exists(), done.stdout + done.stderr
        return done, json.loads(data.read_text()), (folder / "audit.html").read_text()

    return run


def states(report):
    return {host["host"]: host["state"] for host in report["hosts"]}


def test_a_fleet_with_unreachable_hosts(namespace, audit):
    namespace.module(time=41, intvl=6, probes=9)
    before = namespace.state()
    done, report, page = audit(
        {"gone1": GONE, "web1": {}, "gone2": GONE, "web2": {"tcp_keepalive_crosses": ["aws_nlb"]}}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert states(report) == {"gone1": "unseen", "gone2": "unseen", "web1": "holds", "web2": "drifts"}
    assert report["summary"] == {"hosts": 4, "holds": 1, "drifts": 1, "loses": 0, "unseen": 2}
    output = " ".join(done.stdout.split())
    assert "4 hosts: 1 hold, 1 drift, 0 lose it at boot, 2 could not be seen" in output
    # This machine's own namespace is another one here.
    others = r"\d+ of \d+ differ"
    assert re.search(rf"web2 drifts 41/6/9 41/6/9 0 of 0 {others} time is 41, not 235 as asked", output)
    assert "gone1 not seen - - - - unreachable: " in output
    by_name = {host["host"]: host for host in report["hosts"]}
    audited = by_name["web1"]["result"]
    assert audited["boot"]["time"] == {"value": 41, "file": DROPIN, "line": 2, "writer": audited["boot_tool"]}
    assert by_name["web2"]["hop"] == {"name": "aws_nlb", "idle_timeout": 350}
    assert "web1" in page
    assert namespace.state() == before


def test_strict_fails_unless_every_host_holds(namespace, audit):
    namespace.module(time=41)
    done, _report, _page = audit({"web1": {}}, tcp_keepalive_audit_strict=True)
    assert done.returncode == 0, done.stdout
    done, report, _page = audit({"web1": {}, "gone": GONE}, tcp_keepalive_audit_strict=True)
    assert done.returncode != 0
    assert "1 of 2 hosts" in done.stdout + done.stderr
    namespace.sh(f"echo 99 > {KERNEL}time")
    done, report, _page = audit({"web1": {}})
    assert (done.returncode, states(report)) == (0, {"web1": "drifts"})
    done, report, _page = audit({"web1": {}}, tcp_keepalive_audit_strict=True)
    assert done.returncode != 0


def test_values_that_a_reboot_loses(namespace, audit):
    namespace.module(time=600, persist=False)
    _done, report, _page = audit({"web1": {}})
    assert states(report) == {"web1": "loses"}
    assert report["hosts"][0]["reasons"] == ["time is 600, after a reboot 7200: no file sets it"]


def test_check_mode_and_limit(namespace, audit):
    before = namespace.state()
    done, report, _page = audit(
        {"web1": {}, "web2": {}, "gone": GONE}, "--check", "--diff", "--limit", "web2"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert states(report) == {"web2": "holds"}
    # The page's text does not belong in the terminal.
    assert "<html" not in done.stdout
    assert namespace.state() == before


def test_without_root(namespace, audit):
    python = namespace.folder / "python3"
    python.write_text('#!/bin/sh\nexec setpriv --reuid=nobody --clear-groups /usr/bin/python3 "$@"\n')
    python.chmod(0o755)
    namespace.variables["ansible_python_interpreter"] = str(python)
    done, report, page = audit({"web1": {}})
    assert done.returncode == 0, done.stdout + done.stderr
    assert states(report) == {"web1": "holds"}
    (host,) = report["hosts"]
    assert any("may not be seen" in warning for warning in host["result"]["warnings"])
    assert "may not be seen" in page


def test_host_without_python_is_reported(audit):
    done, report, _page = audit({"web1": {}, "bare": {"ansible_python_interpreter": "/nowhere/python3"}})
    assert done.returncode == 0, done.stdout + done.stderr
    assert states(report) == {"bare": "unseen", "web1": "holds"}
    assert report["hosts"][0]["reasons"][0].startswith("failed: ")


def test_file_names_are_shown_as_text(namespace, audit):
    odd = "</script><img src=x>'\"{{ 7 * 7 }}\n.conf".replace("/", "_")
    namespace.run(
        "sh", "-euc", 'printf "net.ipv4.tcp_keepalive_time = 600\\n" > "$1"', "sh", f"{FOLDER}/{odd}"
    )
    done, report, page = audit({"web1": {}})
    assert done.returncode == 0, done.stdout + done.stderr
    assert report["hosts"][0]["result"]["boot"]["time"]["file"] == f"{FOLDER}/{odd}"
    assert "<img" not in page
    assert "49" not in report["hosts"][0]["reasons"][0]
