# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit's metrics in a real Prometheus, through a real node exporter, with the example's rules; and every
query of its dashboard. No Grafana is there: that it shows the panels is not tested."""

import json
import shlex
import shutil
from pathlib import Path

import fleet
import pytest
from hosts.sandbox import Sandbox, wait

EXAMPLE = Path(__file__).parents[2] / "examples/monitoring"
SERVER = "http://127.0.0.1:9090"
EXPORTER = (
    "exec prometheus-node-exporter --web.listen-address=127.0.0.1:9100 --collector.disable-defaults"
    " --collector.textfile --collector.textfile.directory=/files/metrics"
)
PROMETHEUS = (
    "exec prometheus --config.file=prometheus.yml --web.listen-address=127.0.0.1:9090"
    " --storage.tsdb.path=/tmp/data"
)


@pytest.fixture(scope="module")
def sandbox(pages, tmp_path_factory):
    """A Debian with Prometheus, the example, and the metrics of two fleets, the second of hostile names."""
    files = tmp_path_factory.mktemp("monitoring") / "files"
    shutil.copytree(EXAMPLE, files)
    for fleet_of in (fleet.monitored, fleet.hostile):
        (files / fleet_of.__name__).mkdir()
        shutil.copy(pages(fleet_of).page.with_name("audit.prom"), files / fleet_of.__name__)
    opened = Sandbox("bookworm-monitoring", tmp_path_factory.mktemp("sandbox"), files)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def query(sandbox):
    """Return a function that asks Prometheus, once it has the metrics of the first fleet."""
    sandbox.sh("mkdir metrics; cp monitored/audit.prom metrics")
    sandbox.sh("sed -i 's/_interval: 1m/_interval: 1s/' prometheus.yml")
    exporter, prometheus = sandbox.start(EXPORTER), sandbox.start(PROMETHEUS)

    def ask(expression: str) -> list[str]:
        answer = sandbox.sh(f"promtool query instant {SERVER} {shlex.quote(expression)}")
        return list(filter(None, answer.splitlines()))

    def has_looked() -> bool:
        looked = f"promtool query instant {SERVER} ALERTS 2> /dev/null || true"
        return "TcpKeepaliveUnprotected" in sandbox.sh(looked)

    wait(has_looked, prometheus)
    assert exporter.poll() is None
    return ask


@pytest.mark.parametrize("name", ["monitored", "hostile"])
def test_the_format(sandbox, name):
    assert sandbox.sh(f"promtool check metrics < {name}/audit.prom") == ""


def test_the_rules(sandbox):
    assert "5 rules found" in sandbox.sh("promtool check config prometheus.yml")


@pytest.mark.parametrize("state, hosts", [("holds", 5), ("loses", 2), ("drifts", 1), ("unseen", 1)])
def test_hosts_by_state(query, state, hosts):
    (line,) = query(f'tcp_keepalive_hosts{{state="{state}"}}')
    assert f" => {hosts} @" in line


@pytest.mark.parametrize(
    "alert, host",
    [
        ("LostAtBoot", "build1"),
        ("LostAtBoot", "cache1"),
        ("Drifts", "edge1"),
        ("NotSeen", "edge2"),
        ("Unprotected", "shop1"),
    ],
)
def test_alerts(query, alert, host):
    assert len(query(f'ALERTS{{alertname="TcpKeepalive{alert}", host="{host}"}}')) == 1


def test_no_alert_without_reason(query):
    assert len(query("ALERTS")) == 5
    assert query('ALERTS{alertname="TcpKeepaliveAuditIsOld"}') == []


PANELS = json.loads((EXAMPLE / "dashboard.json").read_text())["panels"]


@pytest.mark.parametrize("expression", [target["expr"] for panel in PANELS for target in panel["targets"]])
def test_every_query_of_the_dashboard_finds_something(query, expression):
    assert query(expression)
