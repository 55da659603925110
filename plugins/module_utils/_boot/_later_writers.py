# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs that write after the boot tool, in the order in which they do: ufw, TuneD, saptune."""

from typing import Callable, List

from ._errors import CannotPredict
from ._outcome import Outcome
from ._prediction import KernelValue, LaterWriter, Prediction
from ._tree import MISSING, Tree

# Of each program that writes later: a host without them pays for no more than this look.
_CONFIGURATIONS = ("/etc/ufw", "/etc/tuned", "/etc/sysconfig/saptune", "/etc/saptune")


def once_up(tree: Tree, prediction: Prediction, kernel_value: KernelValue) -> Prediction:
    """Return the prediction of the boot tool with what programs write after it."""
    if not _present(tree):
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
    if not _present(tree):
        return []
    outcome = Outcome(prediction, kernel_value)
    _run(tree, outcome)
    return outcome.writers


def _present(tree: Tree) -> bool:
    return any(tree.follow(path).kind != MISSING for path in _CONFIGURATIONS)


def _run(tree: Tree, outcome: Outcome) -> None:
    """Let each of the programs that a boot starts write what it would."""
    if _has(tree, "/etc/ufw"):
        from . import _ufw

        _started("ufw", _ufw.run, tree, outcome)
    if _has(tree, "/etc/tuned"):
        from . import _tuned

        _started("TuneD", _tuned.run, tree, outcome)
    if _has(tree, "/etc/sysconfig/saptune"):
        from . import _saptune

        _started("saptune", _saptune.run, tree, outcome)


def _has(tree: Tree, path: str) -> bool:
    return tree.follow(path).kind != MISSING


def _started(program: str, run_it: Callable[[Tree, Outcome], None], tree: Tree, outcome: Outcome) -> None:
    try:
        run_it(tree, outcome)
    except CannotPredict as error:
        outcome.doubt_all(f"{program} writes after the boot tool, and {error}")
