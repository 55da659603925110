# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines that a boot does not let win, but a later run of sysctl(8) does: by a person, a script, or
ansible.posix.sysctl, which reloads a file after it changed any key in it."""

from typing import Dict, FrozenSet, Iterator, List, NamedTuple

from .._settings import from_kernel_text
from ._errors import CannotPredict
from ._lines import Assignment, Line
from ._prediction import Prediction
from ._search_order import SYSCTL_CONF
from ._tree import FILE, Tree

_PROCPS = (4, 0, 4)


class Returning(NamedTuple):
    """A line that ``command`` would make win, with the number that the kernel would then hold.

    ``sets``: the names of all that the line sets; empty for a pattern that may set other keys too.
    """

    file: str
    line: int
    setting: str
    value: int
    command: str
    sets: FrozenSet[str]


def returning(tree: Tree, prediction: Prediction) -> List[Returning]:
    """Return the lines that would set other values than those predicted for a boot.

    `sysctl -p` reads /etc/sysctl.conf by itself; `sysctl --system` reads it last (sysctl(8)).
    """
    if not _may_differ(tree, prediction):
        return []
    boot = prediction.values()
    found: Dict[object, Returning] = {}
    for line in [*_of_command(tree, boot, "sysctl -p"), *_of_command(tree, boot, "sysctl --system")]:
        found.setdefault((line.file, line.line, line.setting), line)
    return list(found.values())


def _may_differ(tree: Tree, prediction: Prediction) -> bool:
    """Return False for the usual host, where each line that names a setting wins: no order changes that."""
    lines = prediction.assignments
    if prediction.skipped or any(not line.wins or line.assignment.by_pattern for line in lines):
        return True
    try:
        return b"keepalive" in tree.read(SYSCTL_CONF) or b"*" in tree.read(SYSCTL_CONF)
    except CannotPredict:
        return False


def _of_command(tree: Tree, boot: Dict[str, int], command: str) -> Iterator[Returning]:
    last: Dict[str, Returning] = {}
    winners: Dict[str, Assignment] = {}
    sets: Dict[Line, FrozenSet[str]] = {}
    for write in _writes(tree, command):
        value, name, line = from_kernel_text(write.setting, write.value), write.setting.name, write.line
        sets[line] = sets.get(line, frozenset()) | {name}
        if value is not None:
            last[name] = Returning(line.file, line.number, name, value, command, frozenset())
            winners[name] = write
    for name, found in last.items():
        if boot.get(name, found.value) != found.value:
            yield found if _is_wide(winners[name]) else found._replace(sets=sets[winners[name].line])


def _is_wide(write: Assignment) -> bool:
    return write.by_pattern and "tcp_keepalive_" not in write.line.text.partition("=")[0]


def _writes(tree: Tree, command: str) -> List[Assignment]:
    from . import _procps

    try:
        if command == "sysctl --system":
            return _procps.read(tree, _PROCPS).writes
        found = tree.follow(SYSCTL_CONF).kind == FILE
        return _procps.read_files(tree, [SYSCTL_CONF], _PROCPS).writes if found else []
    except CannotPredict:
        # Where the boot tool reads the same, its prediction says so.
        return []
