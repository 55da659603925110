# SPDX-License-Identifier: GPL-3.0-or-later
"""Values from what the connections cross: pure arithmetic over the hops' timeouts."""

import re
from typing import Any, Dict, Iterable, List, NamedTuple, Optional, Tuple

from ..module_utils._settings import (
    INTVL,
    PROBES,
    SETTINGS,
    TIME,
    KeepaliveError,
    detection_time,
    from_option,
)
from ._hops import HOPS, LARGE_CLOUDS

# The probes that may be lost before a hop forgets.
LOST = 2
FEWEST_PROBES = LOST + 1
# A probe and its answer keep the path awake with little of the timeout spent on waiting for lost ones.
_SHARE = 8

_DIGITS = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)
_NUMBER = re.compile(r"[-+.0-9]+", re.ASCII)
_TOO_MANY = 10**18
# With time 1 and intvl 1, either demand needs so many seconds.
_LEAST = 4


class Demand(NamedTuple):
    """``hop``: how the shortest hop was named; ``idle_timeout``: its seconds; ``detect_within``: seconds. None: not asked."""

    hop: Optional[str]
    idle_timeout: Optional[int]
    detect_within: Optional[int]


def demand(hops: Any, detect_within: Any = None) -> Demand:
    """Return what hops (seconds or names) and a time limit ask for; KeepaliveError for what is neither, and for a proxy."""
    timeouts = [(_seconds(hop), str(hop)) for hop in listed(hops)]
    shortest, name = min(timeouts) if timeouts else (None, None)
    within = None
    if detect_within not in (None, ""):
        within = _whole(detect_within)
        if within is None:
            raise KeepaliveError(
                f"detect_within: {_shown(detect_within)} is refused. Give whole seconds, {_LEAST} or more."
            )
    if shortest is None and within is None:
        raise KeepaliveError(
            "There is nothing to plan for: name what the connections cross, or give detect_within."
        )
    return Demand(name, shortest, within)


def listed(hops: Any) -> List[Any]:
    """Return hops as a list: one alone, or several in a text with commas, as Ansible's own lists may be given."""
    if hops is None:
        return []
    if isinstance(hops, str):
        if hops.lstrip().startswith("["):
            raise KeepaliveError(
                f"{hops} is text, not a list. On the command line, give hops with commas in between."
            )
        return [hop.strip() for hop in hops.split(",") if hop.strip()]
    if isinstance(hops, (dict, bytes)) or not isinstance(hops, Iterable):
        return [hops]
    return list(hops)


def plan(asked: Demand) -> Dict[str, Any]:
    """Return {time, intvl, probes, idle_timeout, detection_time}, as little traffic as the demand needs.

    Always time + 2 * intvl < idle_timeout, time + intvl * probes <= detect_within, and probes >= 3. The time between probes is
    an eighth of the shorter demand, the kernel's default at most; time is then the longest that fits. Without detect_within
    the probes are the kernel's default; with it they take half of it at most, but for 4 and 5, where three need more.
    KeepaliveError where a demand has no solution.
    """
    _check(asked)
    demands = [seconds for seconds in (asked.idle_timeout, asked.detect_within) if seconds is not None]
    intvl = max(1, min(INTVL.default, min(demands) // _SHARE))
    probes, limits = PROBES.default, [TIME.maximum]
    if asked.detect_within is not None:
        probes = max(FEWEST_PROBES, min(PROBES.default, asked.detect_within // 2 // intvl))
        limits.append(asked.detect_within - intvl * probes)
    if asked.idle_timeout is not None:
        limits.append(asked.idle_timeout - 1 - LOST * intvl)
    values = {"time": min(limits), "intvl": intvl, "probes": probes}
    return dict(values, idle_timeout=asked.idle_timeout, detection_time=detection_time(values))


def filled(given: Dict[str, Any], hops: Any, detect_within: Any) -> Dict[str, Any]:
    """Return the values by name, planned where ``given`` has None or nothing; for the large clouds where nothing is asked.

    KeepaliveError for a demand that has no solution.
    """
    if all(value not in (None, "") for value in given.values()):
        return dict(given)
    planned = plan(demand(listed(hops) or LARGE_CLOUDS, detect_within))
    return {name: planned[name] if value in (None, "") else value for name, value in given.items()}


def settle(given: Dict[str, Any], hops: Any, detect_within: Any) -> Tuple[Dict[str, int], List[str]]:
    """Return the values in force, given or planned, and what of the demand they break, in words.

    Where neither hops nor detect_within ask for anything, given values break nothing. KeepaliveError as of ``filled``, and for a
    value that is no number in its range.
    """
    values = filled(given, hops, detect_within)
    numbers = {setting.name: from_option(setting, values[setting.name]) for setting in SETTINGS}
    asks = bool(listed(hops)) or detect_within not in (None, "")
    return numbers, breaches(numbers, demand(hops, detect_within)) if asks else []


def breaches(values: Dict[str, int], asked: Demand) -> List[str]:
    """Return, in words, what of the demand the values break."""
    found = []
    told = "time {time}, intvl {intvl}, probes {probes}".format(**values)
    awake = values["time"] + LOST * values["intvl"]
    if asked.idle_timeout is not None and awake >= asked.idle_timeout:
        hop = _named(asked).rstrip(",")
        found.append(f"{told}: with two probes lost the third comes after {awake} s, too late for {hop}.")
    given_up = detection_time(values)
    if asked.detect_within is not None and given_up > asked.detect_within:
        found.append(
            f"{told}: a peer that vanished is given up after {given_up} s, not within {asked.detect_within}."
        )
    if values["probes"] < FEWEST_PROBES:
        found.append(f"{told}: fewer than {FEWEST_PROBES} probes leave no room for two that are lost.")
    return found


def _check(asked: Demand) -> None:
    if asked.idle_timeout is not None and asked.idle_timeout < _LEAST:
        raise KeepaliveError(
            f"{_named(asked)} and two probes that may be lost clash: with time 1 and intvl 1 the third comes after {1 + LOST} s. "
            f"A hop that forgets after {_LEAST} s or later is possible."
        )
    if asked.detect_within is not None and asked.detect_within < _LEAST:
        raise KeepaliveError(
            f"detect_within {asked.detect_within} and the {FEWEST_PROBES} probes that are needed, so that two may be lost, "
            f"clash: with time 1 and intvl 1 a peer is given up after {_LEAST} s. {_LEAST} or more is possible."
        )


def _named(asked: Demand) -> str:
    hop = asked.hop if asked.hop in HOPS else "a hop"
    return f"{hop}, which forgets after {asked.idle_timeout} s,"


def _seconds(hop: Any) -> int:
    seconds = _whole(hop)
    if seconds is not None:
        return seconds
    if not isinstance(hop, str) or _NUMBER.fullmatch(hop):
        raise KeepaliveError(
            f"{_shown(hop)} is refused as a hop. Give its name, or whole seconds, 1 or more."
        )
    if hop not in HOPS:
        # Only who mistypes waits for it.
        import difflib

        close = difflib.get_close_matches(hop, HOPS, n=1)
        guess = f" Is it {close[0]}?" if close else ""
        raise KeepaliveError(f"{_shown(hop)} is no known hop.{guess} Known are: {', '.join(HOPS)}.")
    known = HOPS[hop]
    if known.proxy:
        raise KeepaliveError(
            f"{hop} ({known.title}) is a proxy: it ends the TCP connection and answers probes itself, so that TCP keepalive does "
            f"not count for its idle timeout of {known.seconds} s. Raise that timeout, or send keepalives in the application's "
            "own protocol; and leave it out here."
        )
    return known.seconds


def _whole(given: Any) -> Optional[int]:
    """Return a positive whole number, given as one or as its decimal digits; None for all else."""
    if isinstance(given, str):
        return int(given) if _DIGITS.fullmatch(given) else None
    return (
        int(given)
        if isinstance(given, int) and not isinstance(given, bool) and 0 < given < _TOO_MANY
        else None
    )


def _shown(given: Any) -> str:
    return "a number that large" if isinstance(given, int) and abs(given) >= _TOO_MANY else repr(given)[:80]
