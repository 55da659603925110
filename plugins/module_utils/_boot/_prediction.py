# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the next boot will set, and which line wins."""

import re
from functools import lru_cache
from typing import Any, Callable, Dict, List, NamedTuple, Optional

from .._settings import HIGHEST_HZ, INT_MAX, SETTINGS, Setting, from_kernel_text
from ._errors import HzUnknown
from ._keys import PATHS
from ._lines import Assignment, Line, Reading, SkippedLine
from ._search_order import files_in_order
from ._tool import BUSYBOX, SYSTEMD, Tool
from ._tree import Tree

LOWEST_HZ = 100
COMMAND_LINE = "/proc/cmdline"
BY_KERNEL = "kernel command line"

KernelValue = Callable[[Setting, str], Optional[int]]


class BootValue(NamedTuple):
    """What one setting is once the host is up: the number that the kernel will hold, the line that wins, and
    the program that sets it: the boot tool, "kernel command line", or one that writes later. None: the
    kernel's default."""

    value: int
    file: Optional[str]
    line: Optional[int]
    writer: Optional[str]


class LaterWriter(NamedTuple):
    """A program that is active and writes the settings after the boot tool.

    ``line``, ``setting`` (its name) and ``value`` (the number that the kernel will hold; None if it refuses)
    are of one line that sets one of ours; ``setting`` is None if the program's file sets none.
    """

    writer: str
    file: str
    line: Optional[int]
    setting: Optional[str]
    value: Optional[int]


class PredictedAssignment(NamedTuple):
    """An assignment, the number that the kernel makes of it, and whether it wins."""

    assignment: Assignment
    value: int
    wins: bool


class Prediction(NamedTuple):
    """What a boot sets, by the setting's name.

    ``boot``: None for a setting that cannot be predicted, whose reason is in ``unknown``; ``assignments``: in
    the order in which they are read; ``skipped``: lines that name a setting and set none.
    """

    boot: Dict[str, Optional[BootValue]]
    assignments: List[PredictedAssignment]
    skipped: List[SkippedLine]
    unknown: Dict[str, str]

    def values(self) -> Dict[str, int]:
        """Return the numbers that the kernel will hold, by name, where they can be predicted."""
        return {name: boot_value.value for name, boot_value in self.boot.items() if boot_value}

    def as_result(self) -> Dict[str, Optional[Dict[str, Any]]]:
        """Return {value, file, line, writer} by name, as the modules report it; None where it cannot be
        predicted."""
        return {name: dict(value._asdict()) if value else None for name, value in self.boot.items()}

    def problems(self) -> List[str]:
        """Return why settings cannot be predicted, in words for the user: each reason once."""
        by_reason: Dict[str, List[str]] = {}
        for name, reason in self.unknown.items():
            by_reason.setdefault(reason, []).append("net.ipv4.tcp_keepalive_" + name)
        return [
            f"What the next boot sets {' and '.join(keys)} to cannot be predicted: {reason}."
            for reason, keys in by_reason.items()
        ]


def predict(
    tree: Tree, tool: Optional[Tool], command_line: str = "", hz: Callable[[], Optional[int]] = lambda: None
) -> Prediction:
    """Return what the next boot sets, with ``tool`` as the host's boot tool (None: no file is read).

    ``command_line`` is the kernel's; ``hz`` is called, if it matters, for its ticks per second. CannotPredict
    where any answer might be wrong, HzUnknown where the ticks decide.
    """

    kernel_value = kernel_values(hz)
    by_kernel, reading = _command_line(command_line), _read(tree, tool, kernel_value)
    boot: Dict[str, Optional[BootValue]] = {
        setting.name: BootValue(setting.default, None, None, None) for setting in SETTINGS
    }
    winners: Dict[str, Assignment] = {}
    for assignment in by_kernel + reading.writes:
        value = kernel_value(assignment.setting, assignment.value)
        if value is not None:
            winners[assignment.setting.name] = assignment
            file, line = assignment.line.file, assignment.line.number
            writer = tool.name if tool and file != COMMAND_LINE else BY_KERNEL
            boot[assignment.setting.name] = BootValue(value, file, line, writer)

    assignments, skipped = [], list(reading.skipped)
    for assignment in by_kernel + reading.assignments:
        value = kernel_value(assignment.setting, assignment.value)
        if value is None:
            skipped.append(SkippedLine(assignment.line, "has a value that the kernel refuses"))
        else:
            wins = assignment == winners.get(assignment.setting.name)
            assignments.append(PredictedAssignment(assignment, value, wins))
    return Prediction(boot, assignments, skipped, {})


def kernel_values(hz: Callable[[], Optional[int]]) -> KernelValue:
    """Return a function that returns the number that the kernel makes of a text, None if it refuses that.

    ``hz`` is called, if it matters, for the kernel's ticks per second. The function raises CannotPredict
    where they are unknown.
    """

    @lru_cache(maxsize=None)
    def kernel_value(setting: Setting, text: str) -> Optional[int]:
        value = from_kernel_text(setting, text, LOWEST_HZ)
        if value is None or abs(value) <= INT_MAX // HIGHEST_HZ:
            return value
        ticks = hz()
        if not ticks:
            raise HzUnknown(f"whether the kernel accepts {text} for {setting.key} depends on its HZ")
        return from_kernel_text(setting, text, ticks)

    return kernel_value


def _read(tree: Tree, tool: Optional[Tool], kernel_value: KernelValue) -> Reading:
    """Return what the host's boot tool makes of the files; only the reader for it is imported."""
    if tool is None:
        return Reading([], [], [])
    if tool.name == SYSTEMD:
        from . import _systemd, _systemd_rules

        does = _systemd_rules.rules(tool.version[0], tool.branch)
        reading = _systemd.read(tree, does)
        return _joined([_systemd.read_files(tree, [tool.first], does), reading]) if tool.first else reading
    if tool.name == BUSYBOX:
        from . import _busybox

        return _busybox.read(tree, files_in_order(tree, tool.order), tool.version, kernel_value)
    from . import _procps

    if not tool.order:
        return _procps.read(tree, tool.version)
    files = files_in_order(tree, tool.order)
    return _joined([_procps.read_files(tree, [file], tool.version) for file in files])


def _joined(readings: List[Reading]) -> Reading:
    """Return what several processes do, one after the other."""
    whole = Reading([], [], [])
    for reading in readings:
        whole.assignments.extend(reading.assignments)
        whole.writes.extend(reading.writes)
        whole.skipped.extend(reading.skipped)
    return whole


def _command_line(text: str) -> List[Assignment]:
    """Return what sysctl.KEY=VALUE parameters set, before any init starts (fs/proc/proc_sysctl.c,
    do_sysctl_args)."""
    assignments = []
    for parameter in re.findall(r'(?:"[^"]*"|\S)+', text):
        key, equals, value = parameter.replace('"', "").partition("=")
        path = key[len("sysctl.") :].replace(".", "/")
        if equals and key.startswith(("sysctl.", "sysctl/")) and path in PATHS:
            assignments.append(Assignment(PATHS[path], value, Line(COMMAND_LINE, 1, parameter), False))
    return assignments
