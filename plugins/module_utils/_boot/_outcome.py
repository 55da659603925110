# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the kernel holds as one program after the other writes to it, until the host is up."""

from typing import Callable, List, Optional

from .._settings import SETTINGS, Setting
from ._errors import CannotPredict
from ._prediction import BootValue, KernelValue, LaterWriter, Prediction
from ._tree import MISSING, Tree

# Of each program that writes later: a host without them pays for no more than this look.
_CONFIGURATIONS = ("/etc/ufw", "/etc/tuned", "/etc/sysconfig/saptune", "/etc/saptune")


class Outcome:
    """``boot`` and ``unknown`` as in Prediction; ``writers``: the lines of later writers, for the user."""

    def __init__(self, prediction: Prediction, kernel_value: KernelValue) -> None:
        self.boot = dict(prediction.boot)
        self.unknown = dict(prediction.unknown)
        self.writers: List[LaterWriter] = []
        self.kernel_value = kernel_value

    def write(self, setting: Setting, text: str, writer: str, file: str, line: Optional[int]) -> None:
        """A program writes ``text``; one that the kernel refuses leaves the value as it is."""
        name = setting.name
        try:
            value = self.kernel_value(setting, text)
        except CannotPredict as error:
            self.doubt(name, str(error))
            value = None
        if value is not None:
            self.boot[name] = BootValue(value, file, line, writer)
            self.unknown.pop(name, None)
        self.writers.append(LaterWriter(writer, file, line, name, value))

    def doubt(self, name: str, reason: str) -> None:
        """A program may have written this setting."""
        self.boot[name] = None
        self.unknown[name] = reason

    def doubt_all(self, reason: str) -> None:
        for setting in SETTINGS:
            self.doubt(setting.name, reason)

    def either(self, reason: str, *ways: Callable[["Outcome"], None]) -> None:
        """Only one of the ways is taken, and which one is unknown: what they make differ is in doubt."""
        outcomes = [self._copy() for _way in ways]
        for way, outcome in zip(ways, outcomes):
            way(outcome)
        first = outcomes[0]
        for name, entry in first.boot.items():
            if entry is None:
                self.doubt(name, first.unknown[name])
            elif all(_value(other.boot[name]) == entry.value for other in outcomes):
                self.boot[name] = entry
                self.unknown.pop(name, None)
            else:
                self.doubt(name, reason)
        for outcome in outcomes:
            self.writers += [entry for entry in outcome.writers if entry not in self.writers]

    def _copy(self) -> "Outcome":
        return Outcome(Prediction(self.boot, [], [], self.unknown), self.kernel_value)


def once_up(tree: Tree, prediction: Prediction, kernel_value: KernelValue) -> Prediction:
    """Return the prediction of the boot tool with what programs write after it."""
    if not present(tree):
        return prediction
    outcome = Outcome(prediction, kernel_value)
    _run(tree, outcome)
    assignments = []
    for predicted in prediction.assignments:
        entry, line = outcome.boot[predicted.assignment.setting.name], predicted.assignment.line
        wins = entry is not None and (entry.file, entry.line) == (line.file, line.number)
        assignments.append(predicted._replace(wins=wins))
    return Prediction(outcome.boot, assignments, prediction.skipped, outcome.unknown)


def later_writers(tree: Tree, prediction: Prediction, kernel_value: KernelValue) -> List[LaterWriter]:
    """Return the active programs that may write after the boot tool: one item for each line that sets one of
    ours, or one without a setting."""
    outcome = Outcome(prediction, kernel_value)
    _run(tree, outcome)
    return outcome.writers


def present(tree: Tree) -> bool:
    """Return whether the host has any program that may write later."""
    return any(tree.follow(path).kind != MISSING for path in _CONFIGURATIONS)


def _run(tree: Tree, outcome: Outcome) -> None:
    from . import _later_writers

    _later_writers.run(tree, outcome)


def _value(entry: Optional[BootValue]) -> Optional[int]:
    return entry.value if entry else None
