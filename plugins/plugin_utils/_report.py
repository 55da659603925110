# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of an audit: which hosts hold, drift, lose their values at boot or were not seen, and why."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from ..module_utils._settings import SETTINGS, KeepaliveError, from_option
from . import _plan, _report_always
from ._report_always import DRIFTS, LOSES, UNSEEN

HOLDS = "holds"
# What needs attention comes first.
STATES = (LOSES, DRIFTS, UNSEEN, HOLDS)
_SEVERITY = {HOLDS: 0, UNSEEN: 1, DRIFTS: 2, LOSES: 3}

# They write after the boot tool.
LATER_WRITERS = ("ufw", "tuned", "saptune")
KINDS = ("protected", "overlong", "unprotected", "busy")
NAMES = tuple(setting.name for setting in SETTINGS)
_NOTHING_ASKED = _report_always.Asked(None)


class Asked(NamedTuple):
    """What a host's variables ask for: ``values`` by name; ``hop``, the shortest, {name, idle_timeout};
    ``problem``, why the variables cannot be used."""

    values: dict[str, int]
    hop: dict[str, Any] | None
    problem: str | None


def report(hosts: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, Any]:
    """Return {summary, hosts} for the name and the variables of each host.

    The variable tcp_keepalive_audit is the info module's result. ``summary`` counts the hosts by state. A
    host is {host, state, reasons, asked, hop, result}; ``result`` is None if it was unreachable or failed.
    """
    reports = [_host(name, variables) for name, variables in hosts]
    reports.sort(key=lambda host: (STATES.index(host["state"]), host["host"]))
    summary = {state: sum(host["state"] == state for host in reports) for state in STATES}
    return {"summary": {**summary, "hosts": len(reports)}, "hosts": reports}


def asked_of(variables: Mapping[str, Any]) -> Asked:
    """Return what the role's variables ask of a host; nothing where neither hops nor values are set."""
    given = {name: variables.get(f"tcp_keepalive_{name}") for name in NAMES}
    crosses = variables.get("tcp_keepalive_crosses")
    detect_within = variables.get("tcp_keepalive_detect_within")
    try:
        if not _plan.listed(crosses) and detect_within in (None, ""):
            values = {
                setting.name: from_option(setting, given[setting.name])
                for setting in SETTINGS
                if given[setting.name] not in (None, "")
            }
            return Asked(values, None, None)
        values, _breaches = _plan.choose(given, crosses, detect_within)
        demand = _plan.demand(crosses, detect_within)
        hop = {"name": demand.hop, "idle_timeout": demand.idle_timeout} if demand.hop else None
        return Asked(values, hop, None)
    except KeepaliveError as error:
        return Asked({}, None, str(error))


def judge(
    result: Mapping[str, Any], asked: Mapping[str, int], always: _report_always.Asked = _NOTHING_ASKED
) -> tuple[str, list[str]]:
    """Return a host's state and the reasons in words; ``asked``: the values that it should have, if known;
    ``always``: whether applications that never ask should have them too."""
    if result["runtime"] is None:
        return UNSEEN, ["the kernel's values cannot be read"]
    if result["boot"] is None:
        return UNSEEN, ["what the next boot sets cannot be predicted"]
    judged = [_judge_setting(name, result, asked.get(name)) for name in NAMES]
    judged += _report_always.judge(result.get("always"), always, asked)
    state = max((state for state, _reason in judged), key=_SEVERITY.__getitem__)
    return state, [reason for _state, reason in judged if reason]


def kinds(sockets: Mapping[str, Any]) -> list[int]:
    """Return how many connections are of each of KINDS; those of ``keepalive`` may be overlong."""
    protected = sockets["keepalive"] - sockets["overlong"]
    return [protected, sockets["overlong"], sockets["unprotected"], sockets["busy"]]


def differs(namespace: Mapping[str, Any], result: Mapping[str, Any]) -> bool | None:
    """Return whether a network namespace has other values than its host; None where that is not known."""
    values, own = namespace["runtime"], result.get("runtime")
    return values != own if values and own else None


def _host(name: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    asked, always = asked_of(variables), _report_always.asked_of(variables)
    result, failure = _seen(variables.get("tcp_keepalive_audit"))
    state, reasons = (UNSEEN, [failure]) if result is None else judge(result, asked.values, always)
    if asked.problem:
        reasons.append(f"its variables cannot be used: {asked.problem}")
    return {
        "host": name,
        "state": state,
        "reasons": reasons,
        "asked": asked.values or None,
        "hop": asked.hop,
        "result": result,
    }


def _seen(registered: Any) -> tuple[dict[str, Any] | None, str]:
    """Return what the info module returned without the task's own keys, or None and why there is nothing."""
    if not isinstance(registered, Mapping):
        return None, "it was not audited"
    if registered.get("unreachable"):
        return None, f"unreachable: {registered.get('msg', '')}"
    if registered.get("failed") or "runtime" not in registered:
        return None, f"failed: {registered.get('msg', 'no result')}"
    return {key: value for key, value in registered.items() if key not in ("changed", "failed")}, ""


def _judge_setting(name: str, result: Mapping[str, Any], asked: int | None) -> tuple[str, str | None]:
    now, boot = result["runtime"][name], result["boot"][name]
    if boot is None:
        return UNSEEN, f"what the next boot sets {name} to cannot be predicted"
    if boot["value"] != now:
        reason = f"{name} is {now}, after a reboot {boot['value']}: {_source(boot)}"
        reason += "" if boot["file"] else _unread(name, result)
        # Meant to last: it is what was asked for, or stands in a line that loses, or in the kernel alone.
        meant_to_last = now == asked
        if asked is None:
            later = boot.get("writer") in LATER_WRITERS
            meant_to_last = later or boot["file"] is None or _in_losing_line(name, result, now)
        return (LOSES if meant_to_last else DRIFTS), reason
    if asked is not None and now != asked:
        return DRIFTS, f"{name} is {now}, not {asked} as asked{_unread(name, result)}"
    return HOLDS, None


def _in_losing_line(name: str, result: Mapping[str, Any], value: int) -> bool:
    return any(
        line["setting"] == name and line["value"] == value and not line["wins"]
        for line in result["assignments"]
    )


def _unread(name: str, result: Mapping[str, Any]) -> str:
    """Return which file would set a setting if it were read at boot, in words; "" for none."""
    for line in result.get("unread") or []:
        if line["setting"] == name:
            return f" ({line['file']}, line {line['line']}, would, but {line['reason']})"
    return ""


def _source(boot: Mapping[str, Any]) -> str:
    if boot.get("writer") in LATER_WRITERS:
        return f"{boot['writer']} writes it after the boot tool ({boot['file']}, line {boot['line']})"
    return "no file sets it" if boot["file"] is None else f"{boot['file']}, line {boot['line']}"
