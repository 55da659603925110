# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an audit found, host by host: does it hold, drift, get lost at the next boot, or could it not be seen, and why."""

from typing import Any, Dict, Iterable, Mapping, NamedTuple, Optional

from ..module_utils._settings import SETTINGS, KeepaliveError, from_option
from . import _plan

HOLDS, DRIFTS, LOSES, UNSEEN = "holds", "drifts", "loses", "unseen"
# What needs somebody comes first.
STATES = (LOSES, DRIFTS, UNSEEN, HOLDS)

NAMES = tuple(setting.name for setting in SETTINGS)
_KIND = {HOLDS: 0, DRIFTS: 1, LOSES: 2}


class Asked(NamedTuple):
    """What a host's variables ask for: the values by name, the shortest hop {name, idle_timeout}, and what is wrong with them."""

    values: Dict[str, int]
    hop: Optional[Dict[str, Any]]
    problem: Optional[str]


def report(found: Iterable[Any]) -> Dict[str, Any]:
    """Return {summary, hosts} for (name, variables) of each host; tcp_keepalive_audit is the result of the info module.

    ``summary`` counts the hosts by state. A host is {host, state, reasons, asked, hop, result}; ``result`` is null for one that
    could not be reached or failed.
    """
    hosts = sorted((_host(*one) for one in found), key=lambda one: (STATES.index(one["state"]), one["host"]))
    summary = {state: sum(1 for one in hosts if one["state"] == state) for state in STATES}
    return {"summary": dict(summary, hosts=len(hosts)), "hosts": hosts}


def _host(name: str, variables: Mapping[str, Any]) -> Dict[str, Any]:
    result, asked = variables.get("tcp_keepalive_audit"), asked_of(variables)
    failure = _failure(result)
    state, reasons = (UNSEEN, [failure]) if failure else judge(result, asked.values)
    if asked.problem:
        reasons.append("its variables can not be used: " + asked.problem)
    return {
        "host": name,
        "state": state,
        "reasons": reasons,
        "asked": asked.values or None,
        "hop": asked.hop,
        "result": None
        if failure
        else {key: value for key, value in result.items() if key not in ("changed", "failed")},
    }


def _failure(result: Any) -> Optional[str]:
    """Return why there is no result, None where there is one."""
    if not isinstance(result, Mapping):
        return "it was not asked"
    if result.get("unreachable"):
        return "unreachable: {}".format(result.get("msg", ""))
    if result.get("failed") or "runtime" not in result:
        return "failed: {}".format(result.get("msg", "no result"))
    return None


def asked_of(variables: Mapping[str, Any]) -> Asked:
    """Return what the role's variables ask of a host; nothing where neither hops nor values are set."""
    hops, within = variables.get("tcp_keepalive_crosses"), variables.get("tcp_keepalive_detect_within")
    try:
        given = {setting: variables.get("tcp_keepalive_" + setting.name) for setting in SETTINGS}
        values = {
            setting.name: from_option(setting, value) for setting, value in given.items() if value is not None
        }
        if not _plan.listed(hops) and within in (None, ""):
            return Asked(values, None, None)
        demand = _plan.demand(hops, within)
        planned = _plan.plan(demand)
        hop = {"name": demand.hop, "idle_timeout": demand.idle_timeout} if demand.hop else None
        return Asked(dict({name: planned[name] for name in NAMES}, **values), hop, None)
    except KeepaliveError as error:
        return Asked({}, None, str(error))


def judge(result: Mapping[str, Any], asked: Mapping[str, int]) -> Any:
    """Return the state of a host, and why, in words; ``asked``: the values that it should have, as far as that is known."""
    if result["runtime"] is None:
        return UNSEEN, ["the kernel's values can not be read"]
    if result["boot"] is None:
        return UNSEEN, ["it can not be told what the next boot sets"]
    judged = [_judge(name, result, asked.get(name)) for name in NAMES]
    state = max((state for state, _why in judged), key=_KIND.__getitem__)
    return state, [why for _state, why in judged if why]


def _judge(name: str, result: Mapping[str, Any], asked: Optional[int]) -> Any:
    now, boot, later = result["runtime"][name], result["boot"][name], _later(name, result)
    after = boot["value"] if later is None else later["value"]
    if after != now:
        tells = f"{name} is {now}, after a reboot {after}: {_who(boot, later)}"
        # Somebody set it to last: as was asked, or in a line that does not win, or in the kernel alone.
        meant = (
            now == asked if asked is not None else later or boot["file"] is None or _loser(name, result, now)
        )
        return (LOSES if meant else DRIFTS), tells
    if asked is not None and now != asked:
        return DRIFTS, f"{name} is {now}, not {asked} as asked"
    if name in result["drift"]:
        return DRIFTS, "{} is {}, the boot tool loads {}: {}".format(
            name, now, boot["value"], _who(boot, None)
        )
    return HOLDS, None


def _later(name: str, result: Mapping[str, Any]) -> Optional[Mapping[str, Any]]:
    """Return what writes a setting after the boot tool did, None for nothing."""
    return next((one for one in reversed(result.get("later_writers") or []) if one["setting"] == name), None)


def _loser(name: str, result: Mapping[str, Any], value: int) -> bool:
    return any(
        one["setting"] == name and one["value"] == value and not one["wins"] for one in result["assignments"]
    )


def _who(boot: Mapping[str, Any], later: Optional[Mapping[str, Any]]) -> str:
    if later:
        return "{} writes it after the boot tool ({}, line {})".format(
            later["writer"], later["file"], later["line"]
        )
    return "no file sets it" if boot["file"] is None else "{}, line {}".format(boot["file"], boot["line"])
