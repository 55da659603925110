# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values from what the connections cross: pure arithmetic over the hops' timeouts."""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from ..module_utils._settings import (
    INTVL,
    PROBES,
    SETTINGS,
    TIME,
    KeepaliveError,
    detection_time,
    from_option,
)
from ._hops import HOPS, LARGE_CLOUDS, known_timeout
from ._timers import latest, longest_before, longest_within

# Consecutive probes that may be lost without the hop forgetting the connection.
_LOSSES = 2
_FEWEST_PROBES = _LOSSES + 1
# An eighth of the time there is between probes: little of it is spent waiting for lost ones.
_INTERVALS = 8

_DIGITS = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)
_NUMBER = re.compile(r"[-+.0-9]+", re.ASCII)
_TOO_LARGE = 10**18
# What time 1 and intvl 1 can meet, their timers an eighth late.
_SHORTEST_TIMEOUT = 4
_SHORTEST_LIMIT = 5


class Demand(NamedTuple):
    """What the values have to meet, in seconds, None: not asked; ``hop``: how the shortest hop was named."""

    hop: str | None
    idle_timeout: int | None
    detect_within: int | None


def choose(given: dict[str, Any], crosses: Any, detect_within: Any) -> tuple[dict[str, int], list[str]]:
    """Return the three values by setting name, and in words each demand that they do not meet.

    ``given``: values by setting name, None or "" for one to plan; ``crosses``: hops as for ``listed``, the
    large clouds' if empty; ``detect_within``: seconds, None or "" for no limit. KeepaliveError for a value
    outside its range, what ``demand`` refuses, and a plan that has no solution.
    """
    hops = listed(crosses)
    chosen = {name: value for name, value in given.items() if not _is_unset(value)}
    if len(chosen) < len(SETTINGS):
        chosen = {**plan(demand(hops or LARGE_CLOUDS, detect_within)), **chosen}
    values = {setting.name: from_option(setting, chosen[setting.name]) for setting in SETTINGS}
    if not hops and _is_unset(detect_within):
        return values, []
    return values, breaches(values, demand(hops, detect_within))


def demand(hops: Any, detect_within: Any = None) -> Demand:
    """Return what hops, as for ``listed``, and a limit in seconds ask for.

    KeepaliveError for an unknown hop, a proxy, a limit that is not whole seconds, and if nothing is asked.
    """
    timeouts = [(_timeout(hop), str(hop)) for hop in listed(hops)]
    shortest, name = min(timeouts) if timeouts else (None, None)
    limit = None
    if not _is_unset(detect_within):
        limit = _whole_number(detect_within)
        if limit is None:
            raise KeepaliveError(
                f"detect_within: {_quoted(detect_within)} is refused. "
                f"Give whole seconds, {_SHORTEST_LIMIT} or more."
            )
    if shortest is None and limit is None:
        raise KeepaliveError(
            "There is nothing to plan for: name what the connections cross, or give detect_within."
        )
    return Demand(name, shortest, limit)


def listed(hops: Any) -> list[Any]:
    """Return hops, names or seconds, as a list; from a list, a single one, or text with commas.

    KeepaliveError for text that looks like a list.
    """
    if hops is None:
        return []
    if isinstance(hops, str):
        if hops.lstrip().startswith("["):
            raise KeepaliveError(
                f"{hops} is text, not a list. On the command line, separate hops with commas."
            )
        return [hop.strip() for hop in hops.split(",") if hop.strip()]
    if isinstance(hops, (dict, bytes)) or not isinstance(hops, Iterable):
        return [hops]
    return list(hops)


def plan(asked: Demand) -> dict[str, Any]:
    """Return {time, intvl, probes, idle_timeout, detection_time}, with no more traffic than the demand needs.

    Timers fire up to an eighth late (_timers). Always (time + 2 * intvl) * 9/8 < idle_timeout,
    (time + intvl * probes) * 9/8 <= detect_within, and probes >= 3. What the settings may add up to is
    the room; intvl is an eighth of the smaller room, at most the kernel's default; time is then the longest
    that fits. Without detect_within, probes is the kernel's default; with it, all probes take at most half
    of its room, except that limits of 5 and 6 s need more for three.

    KeepaliveError where a demand has no solution.
    """
    _check_feasible(asked)
    to_third_probe = None if asked.idle_timeout is None else longest_before(asked.idle_timeout)
    to_end = None if asked.detect_within is None else longest_within(asked.detect_within)
    room = min(seconds for seconds in (to_third_probe, to_end) if seconds is not None)
    intvl = max(1, min(INTVL.default, room // _INTERVALS))
    probes, longest_times = PROBES.default, [TIME.maximum]
    if to_end is not None:
        probes = max(_FEWEST_PROBES, min(PROBES.default, to_end // 2 // intvl))
        longest_times.append(to_end - intvl * probes)
    if to_third_probe is not None:
        longest_times.append(to_third_probe - _LOSSES * intvl)
    values = {"time": min(longest_times), "intvl": intvl, "probes": probes}
    return {**values, "idle_timeout": asked.idle_timeout, "detection_time": detection_time(values)}


def breaches(values: dict[str, int], asked: Demand) -> list[str]:
    """Return, in words, each demand that the values do not meet, their timers an eighth late."""
    problems = []
    prefix = "time {time}, intvl {intvl}, probes {probes}".format(**values)
    third_probe = values["time"] + _LOSSES * values["intvl"]
    if asked.idle_timeout is not None and third_probe > longest_before(asked.idle_timeout):
        problems.append(
            f"{prefix}: with two probes lost the third comes after {_time_span(third_probe)}, "
            f"too late for {_hop_name(asked)}, which forgets after {asked.idle_timeout} s."
        )
    seconds = detection_time(values)
    if asked.detect_within is not None and (seconds is None or seconds > longest_within(asked.detect_within)):
        spent = "never" if seconds is None else f"after {_time_span(seconds)}"
        problems.append(
            f"{prefix}: a peer that vanished is given up {spent}, not within {asked.detect_within}."
        )
    if values["probes"] < _FEWEST_PROBES:
        problems.append(f"{prefix}: fewer than {_FEWEST_PROBES} probes leave no room for two lost ones.")
    return problems


def _check_feasible(asked: Demand) -> None:
    if asked.idle_timeout is not None and asked.idle_timeout < _SHORTEST_TIMEOUT:
        raise KeepaliveError(
            f"{_hop_name(asked)} forgets after {asked.idle_timeout} s, too soon to survive two lost probes: "
            f"with time 1 and intvl 1 the third comes after {_time_span(1 + _LOSSES)}. "
            f"{_SHORTEST_TIMEOUT} s or later is possible."
        )
    if asked.detect_within is not None and asked.detect_within < _SHORTEST_LIMIT:
        raise KeepaliveError(
            f"detect_within {asked.detect_within} is too short for the {_FEWEST_PROBES} probes that are "
            f"needed, two of which may be lost: with time 1 and intvl 1 they take "
            f"{_time_span(1 + _FEWEST_PROBES)}. {_SHORTEST_LIMIT} or more is possible."
        )


def _time_span(seconds: int) -> str:
    return f"{seconds} to {latest(seconds)} s"


def _hop_name(asked: Demand) -> str:
    return asked.hop if asked.hop in HOPS else "a hop"


def _timeout(hop: Any) -> int:
    """Return the seconds after which a hop, given by name or by these seconds, forgets an idle connection."""
    seconds = _whole_number(hop)
    if seconds is not None:
        return seconds
    if not isinstance(hop, str) or _NUMBER.fullmatch(hop):
        raise KeepaliveError(
            f"{_quoted(hop)} is refused as a hop. Give its name, or whole seconds, 1 or more."
        )
    return known_timeout(hop)


def _whole_number(given: Any) -> int | None:
    """Return a positive whole number, given as one or as its decimal digits; None for anything else."""
    if isinstance(given, str):
        return int(given) if _DIGITS.fullmatch(given) else None
    if isinstance(given, int) and not isinstance(given, bool) and 0 < given < _TOO_LARGE:
        return int(given)
    return None


def _is_unset(given: Any) -> bool:
    return given is None or given == ""


def _quoted(given: Any) -> str:
    return "a number that large" if isinstance(given, int) and abs(given) >= _TOO_LARGE else repr(given)[:80]
