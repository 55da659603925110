# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the module tcp_keepalive_always did on a host, or would do, in lines for a terminal."""

from collections.abc import Iterator, Mapping
from typing import Any

Result = Mapping[str, Any]

_NAMES = {"time": " s", "intvl": " s", "probes": "", "user_timeout": " s"}
_NOTHING = "not turned on"


def lines(result: Result, check_mode: bool) -> Iterator[tuple[str, str]]:
    """Yield (label, text) for each line."""
    program, boot = result.get("program"), result.get("boot")
    if not program:
        return
    would = "would be " if check_mode else ""
    yield "new connections", would + _attached(program["after"])
    if result.get("connections"):
        yield "open ones", _open(result["connections"], "would be " if check_mode else "")
    if boot:
        after = _attached(boot["after"])
        yield "after a reboot", would + ("the same" if boot["after"] == program["after"] else after)


def _attached(attached: Result | None) -> str:
    """Return where keepalive is turned on, and with which values."""
    if not attached:
        return _NOTHING
    units, excepted = attached["units"], attached["except_units"]
    where = ", ".join(units) if attached["scope"] == "units" else "the whole host"
    if excepted:
        where += f" but for {', '.join(excepted)}"
    values = [
        f"{name} {attached[name]}{unit}" if attached[name] else f"{name} the host's own"
        for name, unit in _NAMES.items()
        if attached[name] or name != "user_timeout"
    ]
    return f"turned on for {where}: {', '.join(values)}"


def _open(connections: Result, would: str) -> str:
    text = f"{connections['turned_on']} {would}turned on, {connections['rearmed']} {would}armed anew"
    unreached = sum(group["count"] for group in connections["unreached"])
    return f"{text}, {unreached} not reached" if unreached else text
