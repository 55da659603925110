# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A report of an audit as people look at it: lines for a terminal, and what the page holds."""

from typing import Any, Dict, List, Mapping, Optional, Tuple

from ._report import DRIFTS, HOLDS, LOSES, NAMES, UNSEEN

_TITLES = {HOLDS: "holds", DRIFTS: "drifts", LOSES: "loses it at boot", UNSEEN: "not seen"}
_COUNTED = {HOLDS: "hold", DRIFTS: "drift", LOSES: "lose it at boot", UNSEEN: "could not be seen"}
_MOST_ROWS = 40
_WIDEST = 200

# What keeps the page of a thousand hosts below 3 MB; all of it is in the data.
_MOST_PROCESSES = 8
_MOST_NAMESPACES = 8
_MOST_PORTS = 3


def table(report: Mapping[str, Any]) -> List[str]:
    """Return the counts, then a row a host; of many hosts only those that do not hold."""
    summary, hosts = report["summary"], report["hosts"]
    counts = ", ".join(f"{summary[state]} {told}" for state, told in _COUNTED.items())
    shown = (
        hosts if len(hosts) <= _MOST_ROWS else [one for one in hosts if one["state"] != HOLDS][:_MOST_ROWS]
    )
    rows = [("host", "", "now", "next boot", "unprotected", "")] + [_row(one) for one in shown]
    widths = [max(len(row[column]) for row in rows) for column in range(5)]
    lines = [
        "  ".join([cell.ljust(width) for cell, width in zip(row, widths)] + [row[5]]).rstrip() for row in rows
    ]
    more = len(hosts) - len(shown)
    title = "{} host{}: {}".format(len(hosts), "" if len(hosts) == 1 else "s", counts)
    return [title, *lines] + ([f"and {more} more"] if more else [])


def _row(one: Mapping[str, Any]) -> Tuple[str, ...]:
    result = one["result"] or {}
    runtime, boot, sockets = (result.get(key) for key in ("runtime", "boot", "sockets"))
    now = _values(runtime) if runtime else "-"
    after = _values({name: boot[name]["value"] for name in NAMES}) if boot else "-"
    unprotected = "{} of {}".format(sockets["unprotected"], sockets["established"]) if sockets else "-"
    cells = (one["host"], _TITLES[one["state"]], now, after, unprotected, "; ".join(one["reasons"]))
    return tuple(_printable(cell) for cell in cells)


def _values(values: Mapping[str, int]) -> str:
    return "/".join(str(values[name]) for name in NAMES)


def _printable(text: str) -> str:
    """Return a text from a host as one line that moves no cursor."""
    told = "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text[:_WIDEST]
    )
    return told + "..." if len(text) > _WIDEST else told


def page(report: Mapping[str, Any]) -> Dict[str, Any]:
    """Return what the page shows: of each host some processes, the most unprotected ones first, and some namespaces, first those
    with values of their own.

    Values are [time, intvl, probes], sockets [protected, overlong, unprotected, busy].
    """
    return {"summary": report["summary"], "hosts": [_host(one) for one in report["hosts"]]}


def _host(one: Mapping[str, Any]) -> Dict[str, Any]:
    result = one["result"] or {}
    runtime, sockets = result.get("runtime"), result.get("sockets") or {}
    processes, namespaces = sockets.get("processes") or [], result.get("namespaces") or []
    differ = [other["runtime"] not in (None, runtime) for other in namespaces]
    first = sorted(range(len(namespaces)), key=lambda number: not differ[number])[:_MOST_NAMESPACES]
    return {
        "host": one["host"],
        "state": one["state"],
        "reasons": one["reasons"],
        "asked": one["asked"],
        "hop": one["hop"],
        "warnings": [str(warning) for warning in result.get("warnings") or []],
        "now": _three(runtime),
        "boot": result.get("boot"),
        "detection_time": result.get("detection_time"),
        "sockets": _counts(sockets),
        "processes": [_process(process) for process in processes[:_MOST_PROCESSES]],
        "other_processes": max(0, len(processes) - _MOST_PROCESSES),
        "namespaces": [_namespace(namespaces[number]) for number in first],
        "other_namespaces": len(namespaces) - len(first),
        "namespaces_all": len(namespaces),
        "namespaces_differ": sum(differ),
    }


def _three(values: Optional[Mapping[str, int]]) -> Optional[List[int]]:
    return [values[name] for name in NAMES] if values else None


def _counts(sockets: Optional[Mapping[str, Any]]) -> Optional[List[int]]:
    if not sockets:
        return None
    return [
        sockets["keepalive"] - sockets["overlong"],
        sockets["overlong"],
        sockets["unprotected"],
        sockets["busy"],
    ]


def _process(process: Mapping[str, Any]) -> Dict[str, Any]:
    ports = [str(one["port"]) for one in process["remote_ports"]]
    more = len(ports[_MOST_PORTS:]) + process["other_remote_ports"]
    told = ", ".join(ports[:_MOST_PORTS]) + (f" and {more} more" if more else "")
    return {"name": process["name"], "unit": process["unit"], "sockets": _counts(process), "ports": told}


def _namespace(namespace: Mapping[str, Any]) -> Dict[str, Any]:
    return {
        "owner": namespace["owner"],
        "now": _three(namespace["runtime"]),
        "sockets": _counts(namespace["sockets"]),
    }
