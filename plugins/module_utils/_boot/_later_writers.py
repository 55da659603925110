# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs that write after the boot tool, in the order in which they do: ufw, TuneD, saptune."""

import re
from typing import Callable, List

from ._errors import CannotPredict
from ._outcome import Outcome
from ._prediction import KernelValue, LaterWriter, Prediction
from ._tree import NULL, Tree

# Where links of systemd (systemctl enable), OpenRC and sysvinit say what a boot starts.
_UNITS = ("/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system")
_RUNLEVELS = ("/etc/runlevels/sysinit", "/etc/runlevels/boot", "/etc/runlevels/default")
_RC = ("/etc/rcS.d", "/etc/rc2.d", "/etc/rc3.d", "/etc/rc5.d")
_MASKED_IN = ("/etc/systemd/system", "/run/systemd/system")


def once_up(tree: Tree, prediction: Prediction, kernel_value: KernelValue) -> Prediction:
    """Return the prediction of the boot tool with what programs write after it."""
    outcome = _outcome(tree, prediction, kernel_value)
    assignments = []
    for predicted in prediction.assignments:
        entry, line = outcome.boot[predicted.assignment.setting.name], predicted.assignment.line
        wins = entry is not None and (entry.file, entry.line) == (line.file, line.number)
        assignments.append(predicted._replace(wins=wins))
    return Prediction(outcome.boot, assignments, prediction.skipped, outcome.unknown)


def later_writers(tree: Tree, prediction: Prediction, kernel_value: KernelValue) -> List[LaterWriter]:
    """Return the active programs that may write after the boot tool: one item for each line that sets one of
    ours, or one without a setting."""
    return _outcome(tree, prediction, kernel_value).writers


def _outcome(tree: Tree, prediction: Prediction, kernel_value: KernelValue) -> Outcome:
    """Let each of the programs that a boot starts write what it would; only their readers are imported."""
    outcome = Outcome(prediction, kernel_value)
    if _started(tree, "/etc/ufw", "ufw"):
        from . import _ufw

        _run("ufw", _ufw.run, tree, outcome)
    # tuned-ppd.service, which stands in for power-profiles-daemon, requires tuned.service.
    if _started(tree, "/etc/tuned", "tuned", "tuned-ppd"):
        from . import _tuned

        _run("TuneD", _tuned.run, tree, outcome)
    # SLES 12 and 15; SLES 16.
    if any(_started(tree, path, "saptune") for path in ("/etc/sysconfig/saptune", "/var/lib/saptune/config")):
        from . import _saptune

        _run("saptune", _saptune.run, tree, outcome)
    return outcome


def _started(tree: Tree, configuration: str, *services: str) -> bool:
    return tree.exists(configuration) and any(starts(tree, service) for service in services)


def starts(tree: Tree, service: str) -> bool:
    """Return whether a boot starts the service: some target wants it, and it is not masked."""
    unit = service + ".service"
    if any(tree.follow(f"{folder}/{unit}").kind == NULL for folder in _MASKED_IN):
        return False
    for folder in _UNITS:
        for name in tree.names(folder):
            if name.endswith((".wants", ".requires")) and unit in tree.names(folder + "/" + name):
                return True
    if any(service in tree.names(folder) for folder in _RUNLEVELS):
        return True
    script = re.compile(r"S\d\d" + re.escape(service))
    return any(script.fullmatch(name) for folder in _RC for name in tree.names(folder))


def _run(program: str, write: Callable[[Tree, Outcome], None], tree: Tree, outcome: Outcome) -> None:
    try:
        write(tree, outcome)
    except CannotPredict as error:
        outcome.doubt_all(f"{program} writes after the boot tool, and {error}")
