# SPDX-License-Identifier: GPL-3.0-or-later
"""What the next boot will set, and which line wins."""

import re
from functools import lru_cache
from typing import Any, Callable, Dict, List, NamedTuple, Optional

from .._settings import HIGHEST_HZ, INT_MAX, SETTINGS, from_kernel_text
from ._lines import PATHS, Assignment, Line, Reading
from ._tool import BUSYBOX, SYSTEMD, Tool
from ._tree import CannotTell, Tree

LOWEST_HZ = 100
COMMAND_LINE = "/proc/cmdline"


class Entry(NamedTuple):
    """What a boot sets one setting to: the number that the kernel will hold, and the line that wins (None: no file)."""

    value: int
    file: Optional[str]
    line: Optional[int]


class Prediction(NamedTuple):
    """``boot`` by name; ``assignments`` as (assignment, number, wins) in the order in which they are read; ``skipped``, lines
    that speak of a setting and set nothing, each with the reason."""

    boot: Dict[str, Entry]
    assignments: List[Any]
    skipped: List[Any]


def predict(
    tree: Tree, tool: Optional[Tool], command_line: str = "", hz: Callable[[], Optional[int]] = lambda: None
) -> Prediction:
    """Return what the next boot sets, with ``tool`` as the host's boot tool (None: no file is read).

    ``command_line`` is the kernel's; ``hz`` is asked, when it matters, for its ticks to a second. CannotTell where no
    answer would be true.
    """

    @lru_cache(maxsize=None)
    def number(setting: Any, value: str) -> Optional[int]:
        found = from_kernel_text(setting, value, LOWEST_HZ)
        if found is None or abs(found) <= INT_MAX // HIGHEST_HZ:
            return found
        ticks = hz()
        if not ticks:
            raise CannotTell(f"whether the kernel takes {value} for {setting.key} depends on its HZ")
        return from_kernel_text(setting, value, ticks)

    first, reading = _command_line(command_line), _read(tree, tool, number)
    winners = {}
    for one in first + reading.writes:
        if number(one.setting, one.value) is not None:
            winners[one.setting.name] = one
    boot = {setting.name: Entry(setting.default, None, None) for setting in SETTINGS}
    for name, one in winners.items():
        boot[name] = Entry(number(one.setting, one.value), one.line.file, one.line.number)

    assignments, skipped = [], list(reading.skipped)
    for one in first + reading.assignments:
        value = number(one.setting, one.value)
        if value is None:
            skipped.append((one.line, "has a value that the kernel refuses"))
        else:
            assignments.append((one, value, one == winners.get(one.setting.name)))
    return Prediction(boot, assignments, skipped)


def _read(tree: Tree, tool: Optional[Tool], number: Any) -> Reading:
    """Only the reader that the host needs is imported: every import is paid on every host, at every run."""
    if tool is None:
        return Reading([], [], [])
    if tool.name == SYSTEMD:
        from . import _systemd

        return _systemd.read(tree, tool.version[0])
    from . import _busybox, _procps

    if tool.name == BUSYBOX:
        return _busybox.read(tree, tool.version, number)
    if not tool.file_by_file:
        return _procps.read(tree, tool.version)
    parts = [_procps.read_files(tree, [path], tool.version) for path in _busybox.alpine_files(tree)]
    return Reading(*([one for part in parts for one in part[field]] for field in range(len(Reading._fields))))


def _command_line(text: str) -> List[Assignment]:
    """Return what sysctl.KEY=VALUE parameters set, before any init starts (fs/proc/proc_sysctl.c, do_sysctl_args)."""
    found = []
    for parameter in re.findall(r'(?:"[^"]*"|\S)+', text):
        key, equals, value = parameter.replace('"', "").partition("=")
        path = key[len("sysctl.") :].replace(".", "/")
        if equals and key.startswith(("sysctl.", "sysctl/")) and path in PATHS:
            found.append(Assignment(PATHS[path], value, Line(COMMAND_LINE, 1, parameter), False))
    return found
