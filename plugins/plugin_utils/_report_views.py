# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two views of an audit's report: lines for a terminal, and the data of the page."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from ._report import HOLDS, NAMES, differs, kinds
from ._report_always import DRIFTS, LOSES, UNSEEN

_TITLES = {HOLDS: "holds", DRIFTS: "drifts", LOSES: "loses it at boot", UNSEEN: "not seen"}
_COUNTED = {HOLDS: "hold", DRIFTS: "drift", LOSES: "lose it at boot", UNSEEN: "could not be seen"}
_MOST_ROWS = 40
_WIDEST = 200
_COLUMNS = ("host", "", "now", "next boot", "unprotected", "namespaces", "always on", "")
# These are there only where some host has something in them.
_OPTIONAL = ("namespaces", "always on")

# These keep the page of a thousand hosts below 3 MB; audit.json has everything.
_MOST_PROCESSES = 8
_MOST_NAMESPACES = 8
_MOST_PORTS = 3
_MOST_LINES = 8


def table(report: Mapping[str, Any]) -> list[str]:
    """Return the counts, then a row for each host; of many hosts only those that do not hold."""
    summary, hosts = report["summary"], report["hosts"]
    counts = ", ".join(f"{summary[state]} {words}" for state, words in _COUNTED.items())
    shown = hosts
    if len(hosts) > _MOST_ROWS:
        shown = [host for host in hosts if host["state"] != HOLDS][:_MOST_ROWS]
    rows = [_COLUMNS, *map(_row, shown)]
    columns = [
        column
        for column in zip(*rows, strict=True)
        if column[0] not in _OPTIONAL or any(cell != "-" for cell in column[1:])
    ]
    rows = list(zip(*columns, strict=True))
    # The reasons, in the last column, need no padding.
    widths = [*(max(map(len, column)) for column in columns[:-1]), 0]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    others = len(hosts) - len(shown)
    title = f"{len(hosts)} host{'' if len(hosts) == 1 else 's'}: {counts}"
    return [title, *lines, *([f"and {others} more"] if others else [])]


def page(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page shows: for each host the processes with the most unprotected sockets, and some
    namespaces, those with values of their own first.

    Values are [time, intvl, probes], sockets [protected, overlong, unprotected, busy].
    """
    return {"summary": report["summary"], "hosts": [_host(host) for host in report["hosts"]]}


def _row(host: Mapping[str, Any]) -> tuple[str, ...]:
    result = host["result"] or {}
    runtime, boot, sockets = (result.get(key) for key in ("runtime", "boot", "sockets"))
    now = _joined(runtime) if runtime else "-"
    after = _joined({name: boot[name]["value"] if boot[name] else "?" for name in NAMES}) if boot else "-"
    unprotected = f"{sockets['unprotected']} of {sockets['established']}" if sockets else "-"
    title, reasons = _TITLES[host["state"]], "; ".join(host["reasons"])
    others, always = _others(result), _always_on(result.get("always"))
    cells = (host["host"], title, now, after, unprotected, others, always, reasons)
    return tuple(_printable(cell) for cell in cells)


def _others(result: Mapping[str, Any]) -> str:
    """Return how many of the other network namespaces have other values than the host's own."""
    compared = Counter(differs(namespace, result) for namespace in result.get("namespaces") or [])
    if not compared:
        return "-"
    unseen = f", {compared[None]} not seen" if compared[None] else ""
    return f"{compared[True]} of {compared[True] + compared[False]} differ{unseen}"


def _always_on(always: Mapping[str, Any] | None) -> str:
    """Return for what keepalive is always on, and how many connections that turned on."""
    program = always and always["program"]
    if not always or not program:
        return "-"
    return f"{program['scope']}, {always['turned_on']} turned on"


def _joined(values: Mapping[str, int | str]) -> str:
    return "/".join(str(values[name]) for name in NAMES)


def _printable(text: str) -> str:
    """Return text from a host as one line of limited length, without terminal control characters."""
    line = "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in text[:_WIDEST]
    )
    return line + "..." if len(text) > _WIDEST else line


def _host(host: Mapping[str, Any]) -> dict[str, Any]:
    result = host["result"] or {}
    runtime, sockets = result.get("runtime"), result.get("sockets") or {}
    processes, namespaces = sockets.get("processes") or [], result.get("namespaces") or []
    mentions = (result.get("mentions") or [])[:_MOST_LINES]
    returning = (result.get("returning") or [])[:_MOST_LINES]
    by_difference = sorted(namespaces, key=lambda namespace: not differs(namespace, result))
    return {
        "host": host["host"],
        "state": host["state"],
        "reasons": host["reasons"],
        "asked": host["asked"],
        "hop": host["hop"],
        "warnings": [str(warning) for warning in result.get("warnings") or []],
        "mentions": [f"{one['file']}, line {one['line']}: {one['text']}" for one in mentions],
        "returning": [
            f"{one['file']}, line {one['line']}: {one['setting']} {one['value']}, by {one['command']}"
            for one in returning
        ],
        "now": _as_list(runtime),
        "boot": result.get("boot"),
        # Of a container that loads no files: a value without a file is not the kernel's default.
        "kept": _is_kept(result.get("container")),
        "detection_time": result.get("detection_time"),
        "always": _always(result.get("always")),
        "sockets": _counts(sockets),
        "processes": [_process(process) for process in processes[:_MOST_PROCESSES]],
        "other_processes": max(0, len(processes) - _MOST_PROCESSES),
        "namespaces": [_namespace(namespace) for namespace in by_difference[:_MOST_NAMESPACES]],
        "other_namespaces": max(0, len(namespaces) - _MOST_NAMESPACES),
        "namespaces_all": len(namespaces),
        "namespaces_differ": len([one for one in namespaces if differs(one, result)]),
    }


def _always(always: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not always or not (always["program"] or always["boot"]):
        return None
    return {
        "turned_on": always["turned_on"],
        "now": _attached(always["program"]),
        "boot": _attached(always["boot"]),
    }


def _attached(attached: Mapping[str, Any] | None) -> str:
    """Return for what keepalive is always on, and with which values, in words."""
    if not attached:
        return "not turned on"
    where = ", ".join(attached["units"]) if attached["scope"] == "units" else "the whole host"
    if attached["except_units"]:
        where += " but for " + ", ".join(attached["except_units"])
    values = " / ".join(str(attached[name] or "host's own") for name in NAMES)
    limit = f", user timeout {attached['user_timeout']} s" if attached["user_timeout"] else ""
    return f"{where}: {values}{limit}"


def _is_kept(container: Mapping[str, Any] | None) -> bool:
    return container is not None and not (container["boots"] and container["writable"])


def _as_list(values: Mapping[str, int] | None) -> list[int] | None:
    return [values[name] for name in NAMES] if values else None


def _counts(sockets: Mapping[str, Any] | None) -> list[int] | None:
    return kinds(sockets) if sockets else None


def _process(process: Mapping[str, Any]) -> dict[str, Any]:
    ports = [str(remote["port"]) for remote in process["remote_ports"]]
    others = len(ports[_MOST_PORTS:]) + process["other_remote_ports"]
    listed = ", ".join(ports[:_MOST_PORTS]) + (f" and {others} more" if others else "")
    where = process.get("container") or process["unit"]
    return {"name": process["name"], "where": where, "sockets": _counts(process), "ports": listed}


def _namespace(namespace: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "owner": namespace["owner"],
        "image": (namespace.get("container") or {}).get("image"),
        "now": _as_list(namespace["runtime"]),
        "sockets": _counts(namespace["sockets"]),
    }
