# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An audit's report as metrics, in the text format of Prometheus
(https://prometheus.io/docs/instrumenting/exposition_formats/)."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from ._report import KINDS, STATES, differs, kinds

_SETTINGS = [
    ("time", "time_seconds", "The kernel's net.ipv4.tcp_keepalive_time."),
    ("intvl", "interval_seconds", "The kernel's net.ipv4.tcp_keepalive_intvl."),
    ("probes", "probes", "The kernel's net.ipv4.tcp_keepalive_probes."),
]

Labels = Mapping[str, str]
Sample = tuple[Labels, float]


class Metric(NamedTuple):
    """``samples``: (labels, value)."""

    name: str
    kind: str
    help: str
    samples: Sequence[Sample]


def text(report: Mapping[str, Any], time: float) -> str:
    """Return the metrics of a report that was made at ``time``, in seconds since 1970."""
    return "".join(line + "\n" for metric in _metrics(report, time) for line in _lines(metric))


def _metrics(report: Mapping[str, Any], time: float) -> Iterator[Metric]:
    hosts = report["hosts"]
    seen = [(host["host"], host["result"]) for host in hosts if host["result"]]
    yield Metric("audit_timestamp_seconds", "gauge", "When the audit was made.", [({}, time)])
    yield Metric(
        "hosts",
        "gauge",
        "Hosts of the audit, by state.",
        [({"state": state}, report["summary"][state]) for state in STATES],
    )
    yield Metric(
        "host_state",
        "gauge",
        "1 for the state that a host is in.",
        [
            ({"host": host["host"], "state": state}, host["state"] == state)
            for host in hosts
            for state in STATES
        ],
    )
    for setting, metric, about in _SETTINGS:
        yield Metric(
            metric,
            "gauge",
            about,
            [({"host": name}, result["runtime"][setting]) for name, result in seen if result["runtime"]],
        )
    yield Metric(
        "connections",
        "gauge",
        "Established connections, by kind; namespace: the host's own, or all others together.",
        [
            ({"host": name, "namespace": namespace, "kind": kind}, count)
            for name, result in seen
            for namespace, parts in (("own", [result]), ("others", result["namespaces"]))
            for kind, count in _connections(parts).items()
        ],
    )
    yield Metric(
        "namespaces",
        "gauge",
        "Network namespaces other than the host's own; differ: whether their values are known to be others.",
        [
            ({"host": name, "differ": differ}, count)
            for name, result in seen
            for differ, count in _namespaces(result).items()
        ],
    )
    always = [(name, result["always"]) for name, result in seen if result.get("always")]
    yield Metric(
        "always_on",
        "gauge",
        "1 where keepalive is turned on for applications that never ask: now, and after a reboot.",
        [
            ({"host": name, "when": when}, bool(on[key]))
            for name, on in always
            for when, key in (("now", "program"), ("boot", "boot"))
        ],
    )
    yield Metric(
        "always_connections_total",
        "counter",
        "New connections that it has turned keepalive on for.",
        [({"host": name}, on["turned_on"]) for name, on in always if on["program"]],
    )


def _connections(parts: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Return connections by kind, of what may be seen; nothing where none may."""
    counted = [kinds(part["sockets"]) for part in parts if part["sockets"]]
    return dict(zip(KINDS, map(sum, zip(*counted, strict=True)), strict=True)) if counted else {}


def _namespaces(result: Mapping[str, Any]) -> dict[str, int]:
    compared = Counter(differs(namespace, result) for namespace in result["namespaces"])
    return {"yes": compared[True], "no": compared[False], "unknown": compared[None]}


def _lines(metric: Metric) -> Iterator[str]:
    name = f"tcp_keepalive_{metric.name}"
    yield f"# HELP {name} {metric.help}"
    yield f"# TYPE {name} {metric.kind}"
    for labels, value in metric.samples:
        pairs = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
        yield f"{name}{{{pairs}}} {float(value):.15g}" if pairs else f"{name} {float(value):.15g}"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")
