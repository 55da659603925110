# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs that write after the boot tool, in the order in which they do: ufw, TuneD, saptune."""

from typing import Callable

from ._errors import CannotPredict
from ._outcome import Outcome
from ._tree import MISSING, Tree


def run(tree: Tree, outcome: Outcome) -> None:
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
