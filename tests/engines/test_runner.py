# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-runner: what the example reports about each host, and which artifacts a run leaves on disk."""

import json

import pytest
from conftest import FLEET, run

MODULE = "netops.tcp_keepalive.tcp_keepalive"
ROLE = {"time": 41, "intvl": 6, "probes": 9}
# Nothing listens there.
UNREACHABLE = {"ansible_host": "127.0.0.1", "ansible_port": 1, "ansible_ssh_common_args": "-F none"}
OTHER = "/etc/sysctl.d/zz-other.conf"


@pytest.fixture
def runner(tmp_path):
    """Return a function that runs the example and returns its status, its lines by host and the artifacts."""
    folder = tmp_path / "private"

    def run_example(inventory, **variables):
        before = set(folder.glob("artifacts/*"))
        done = run("python", FLEET / "runner.py", folder, inventory, json.dumps(variables))
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        assert len(before) + 1 == len(set(folder.glob("artifacts/*"))), done.stderr
        (artifacts,) = set(folder.glob("artifacts/*")) - before
        assert str(artifacts) in done.stderr
        return done.returncode, {line["host"]: line for line in lines}, artifacts

    return run_example


def events(artifacts, kind):
    """Return the events of that kind on disk as (host, task's action, result), in order."""
    ordered = sorted(
        (json.loads(path.read_text()) for path in artifacts.glob("job_events/*.json")),
        key=lambda event: event["counter"],
    )
    data = [event["event_data"] for event in ordered if event["event"] == kind]
    return [(event.get("host"), event["resolved_action"], event.get("res")) for event in data]


def test_run_reports_each_host_and_leaves_artifacts(hosts, runner, tmp_path):
    inventory = hosts.inventory(tmp_path / "hosts.json", one={}, two={})
    status, lines, artifacts = runner(inventory)
    assert status == 0, lines
    assert {host: line["outcome"] for host, line in lines.items()} == {"one": "changed", "two": "changed"}
    assert [hosts.kernel(name) for name in ("one", "two")] == [ROLE, ROLE]

    assert (artifacts / "rc").read_text() == "0"
    assert (artifacts / "status").read_text() == "successful"
    assert "TASK [netops.tcp_keepalive.tcp_keepalive" in (artifacts / "stdout").read_text()
    tasks = [action for _host, action, _result in events(artifacts, "playbook_on_task_start")]
    assert MODULE in tasks
    for name in ("one", "two"):
        # The playbook's summary runs once, on the first host.
        expected = tasks if name == "one" else [MODULE]
        succeeded = events(artifacts, "runner_on_ok")
        of_host = [(action, result) for host, action, result in succeeded if host == name]
        assert [action for action, _result in of_host] == expected
        assert [action for action, result in of_host if result["changed"]] == [MODULE]
        result = dict(of_host)[MODULE]
        assert (result["runtime"]["after"], result["boot"]["after"]["time"]["value"]) == (ROLE, 41)

    status, lines, _artifacts = runner(inventory)
    assert status == 0
    assert {host: line["outcome"] for host, line in lines.items()} == {"one": "ok", "two": "ok"}


def test_failed_and_unreachable_hosts_are_reported(hosts, runner, tmp_path):
    inventory = hosts.inventory(tmp_path / "hosts.json", one={}, two={}, gone=UNREACHABLE)
    hosts.sh("two", f"echo net.ipv4.tcp_keepalive_time = 111 > {OTHER}")
    status, lines, artifacts = runner(inventory, tcp_keepalive_time=600)
    hosts.sh("two", f"rm {OTHER}")
    assert status == 4, lines
    assert {host: line["outcome"] for host, line in lines.items()} == {
        "one": "changed",
        "two": "failed",
        "gone": "unreachable",
    }
    assert f"{OTHER}, line 1, wins over" in lines["two"]["message"]
    assert "Connection refused" in lines["gone"]["message"]
    assert hosts.kernel("one")["time"] == 600
    assert hosts.kernel("two")["time"] != 600

    assert (artifacts / "rc").read_text() == "4"
    assert (artifacts / "status").read_text() == "failed"
    assert [event[:2] for event in events(artifacts, "runner_on_failed")] == [("two", MODULE)]
    assert [event[:2] for event in events(artifacts, "runner_on_unreachable")] == [("gone", MODULE)]
