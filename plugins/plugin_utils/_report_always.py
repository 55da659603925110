# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of an audit's report that is about applications that never ask for keepalive."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

_VARIABLES = ("state", "units", "except_units", "user_timeout", "open", "persist", "apply")
_NAMES = ("time", "intvl", "probes", "user_timeout")
_SUBJECT = "keepalive for applications that never ask"

DRIFTS, LOSES, UNSEEN = "drifts", "loses", "unseen"


class Asked(NamedTuple):
    """What the variables of the role tcp_keepalive_always ask for: on, off, or nothing (None); and whether it
    is to last."""

    on: bool | None
    persists: bool = True


def asked_of(variables: Mapping[str, Any]) -> Asked:
    given = {name: variables.get(f"tcp_keepalive_always_{name}") for name in _VARIABLES}
    if all(value in (None, "") for value in given.values()):
        return Asked(None)
    persists = str(given["persist"]).lower() not in ("false", "no", "off", "0")
    return Asked(given["state"] != "absent", persists)


def judge(
    always: Mapping[str, Any] | None, asked: Asked, values: Mapping[str, int]
) -> Iterator[tuple[str, str]]:
    """Yield (state, reason) for what is amiss. ``always``: of the info module's result; ``values``: those
    that the host's variables ask for, by name."""
    if always is None:
        if asked.on:
            yield UNSEEN, f"whether {_SUBJECT} is turned on may not be seen"
        return
    program, boot = always["program"], always["boot"]
    if asked.on is False and (program or boot):
        yield DRIFTS, f"{_SUBJECT} is turned on, though it is not to be"
        return
    # Units that do not run have nothing yet.
    waits = boot is not None and boot["scope"] == "units"
    if not program and (asked.on or boot) and not waits:
        yield DRIFTS, f"{_SUBJECT} is not turned on now" + (", but after a reboot" if boot else "")
    if not program:
        return
    if not boot:
        if asked.persists:
            yield LOSES, f"{_SUBJECT} is turned on, but not after a reboot"
    elif program["scope"] != boot["scope"]:
        yield DRIFTS, f"{_SUBJECT}: for the {program['scope']} now, for the {boot['scope']} after a reboot"
    for name in _NAMES:
        now, later = program[name], (boot or program)[name]
        if boot and later is not None and later != now:
            yield DRIFTS, f"{_SUBJECT}: {name} is {now}, after a reboot {later}"
        elif now != values.get(name, now):
            yield DRIFTS, f"{_SUBJECT}: {name} is {now}, not {values[name]} as asked"
