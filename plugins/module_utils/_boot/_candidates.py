# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A prediction where something is unknown: one for each possibility, and what they all agree on."""

from typing import Callable, Dict, List, Optional, Sequence, Tuple

from ._errors import HzUnknown
from ._prediction import Prediction
from ._prediction import predict as _predict
from ._tool import Tool
from ._tree import Tree

# What kernels are built with (kernel/Kconfig.hz).
_POSSIBLE_HZ = (100, 250, 300, 1000)

Labelled = Tuple[str, Prediction]


def predict(
    tree: Tree, tools: Sequence[Tool], command_line: str = "", hz: Callable[[], Optional[int]] = lambda: None
) -> Prediction:
    """Return what the next boot sets, where the boot tool is one of ``tools`` (none: no file is read).

    A setting on which the possibilities differ is unknown, with a reason that names them.
    """
    if not tools:
        return _for_tool(tree, None, command_line, hz)
    which = "it is unknown which of the possible boot tools this host has: "
    return _agreed([(f"with {tool}", _for_tool(tree, tool, command_line, hz)) for tool in tools], which)


def _for_tool(
    tree: Tree, tool: Optional[Tool], command_line: str, hz: Callable[[], Optional[int]]
) -> Prediction:
    try:
        return _predict(tree, tool, command_line, hz)
    except HzUnknown as error:
        possible = [
            (f"with {ticks}", _predict(tree, tool, command_line, lambda ticks=ticks: ticks))  # type: ignore[misc]
            for ticks in _POSSIBLE_HZ
        ]
        return _agreed(possible, f"{error}, and no file tells it (/boot/config-VERSION): ")


def _agreed(possible: List[Labelled], why: str = "") -> Prediction:
    """Return the first prediction, without the settings that another one has otherwise."""
    prediction = possible[0][1]
    unknown: Dict[str, str] = {}
    for name in prediction.boot:
        reasons = [each.unknown[name] for _label, each in possible if name in each.unknown]
        if reasons:
            unknown[name] = reasons[0]
            continue
        by_value: Dict[int, str] = {}
        for label, each in possible:
            by_value.setdefault(each.values()[name], label)
        if len(by_value) > 1:
            unknown[name] = why + ", ".join(f"{value} {label}" for value, label in by_value.items())
    if not unknown:
        return prediction
    boot = {name: None if name in unknown else value for name, value in prediction.boot.items()}
    assignments = [
        each._replace(wins=each.wins and each.assignment.setting.name not in unknown)
        for each in prediction.assignments
    ]
    return prediction._replace(boot=boot, assignments=assignments, unknown=unknown)
