# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a play did on each host, or would do, in lines for a terminal."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from . import _summary_always as _always

Result = Mapping[str, Any]

_UNITS = {"time": " s", "intvl": " s", "probes": ""}
_UNKNOWN = "cannot be predicted"


def lines(results: Iterable[tuple[str, Result | None, Result | None]], check_mode: bool) -> Iterator[str]:
    """Yield the lines on each host, given its name and the results of the modules tcp_keepalive and
    tcp_keepalive_always, None for one that was not used.

    In check mode the kernel still holds what it held before the task.
    """
    for host, result, always in results:
        yield host
        said = [] if always and not result else [*_of_host(result or {}, check_mode)]
        said += _always.lines(always, check_mode) if always else []
        yield from (f"  {label + ':':<15} {text}" for label, text in said)


def _of_host(result: Result, check_mode: bool) -> Iterator[tuple[str, str]]:
    runtime, boot = result.get("runtime") or {}, (result.get("boot") or {}).get("after")
    yield "now", _values(runtime.get("before" if check_mode else "after"), "not read")
    if check_mode and runtime.get("after"):
        yield "would be", _values(runtime["after"], "")
    loaded = _boot(boot, result.get("boot_tool"))
    yield "after a reboot", f"would be {loaded}" if check_mode and loaded != _UNKNOWN else loaded
    if result.get("restored"):
        back = ", ".join(f"{line['file']} line {line['line']}" for line in result["restored"])
        yield "would restore" if check_mode else "restored", back


def _values(values: Mapping[str, int | None] | None, otherwise: str) -> str:
    if not values:
        return otherwise
    parts = [
        f"{name} {_UNKNOWN if values[name] is None else f'{values[name]}{unit}'}"
        for name, unit in _UNITS.items()
    ]
    return ", ".join(parts)


def _boot(boot: Mapping[str, Result | None] | None, boot_tool: str | None) -> str:
    """Return what a boot sets, and by what: files, each with its program where that is not the boot tool."""
    if not boot or not any(boot.values()):
        return _UNKNOWN
    sources = []
    for entry in filter(None, (boot.get(name) for name in _UNITS)):
        writer, file = entry.get("writer"), entry.get("file")
        parts = [writer if writer != boot_tool else None, file]
        sources.append(": ".join(part for part in parts if part))
    named = ", ".join(dict.fromkeys(source for source in sources if source))
    values = {name: entry["value"] if entry else None for name, entry in boot.items()}
    return f"{_values(values, _UNKNOWN)} ({named or 'no file sets them'})"
