# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""This host's next boot: its boot tool, its kernel's command line, programs that write later, and what they
will set, also with files changed.

The door of this package: what others need of it is imported from here.
"""

import os
from typing import TYPE_CHECKING, List, Optional, Set

from .. import _kernel
from . import _candidates, _container, _environment, _init, _prediction, _returning
from ._container import Container
from ._errors import AS_ROOT, CannotPredict, explained
from ._lines import SkippedLine
from ._prediction import BootValue, LaterWriter, PredictedAssignment, Prediction
from ._returning import Returning
from ._search_order import EDITABLE_FILES, EDITABLE_FOLDERS, SEARCH_FOLDERS
from ._tool import Tool
from ._tree import FILE, Changes, Tree

if TYPE_CHECKING:
    from ._mentions import Mentions
    from ._unread import UnreadLine

__all__ = [
    "AS_ROOT",
    "EDITABLE_FILES",
    "EDITABLE_FOLDERS",
    "BootValue",
    "Changes",
    "Container",
    "LaterWriter",
    "NextBoot",
    "PredictedAssignment",
    "Prediction",
    "Returning",
    "SkippedLine",
]

# Of each program that writes after the boot tool: a host without them loads none of the code for them.
_LATER_WRITERS = ("/etc/ufw", "/etc/tuned", "/etc/sysconfig/saptune", "/var/lib/saptune/config")


class NextBoot:
    """What a host with this root and /proc will do; methods raise KeepaliveError where it is unknown.

    ``image``: in a container that does not boot, what its files will do on a host that boots them.
    ``keeps_values``: no boot sets anything here.
    """

    def __init__(self, root: str, proc: str, image: bool = False) -> None:
        self._root, self._proc = root, proc
        self._tree = Tree(root)
        self._command_line = _environment.command_line(proc)
        self.container = _container.find(root, proc)
        self.keeps_values = bool(
            self.container and not self.container.loads_files and (self.container.boots or not image)
        )
        loads_files = self.container and self.container.loads_files
        self._runtime = _kernel.read(proc) if self.keeps_values or loads_files else {}
        self._tools: List[Tool] = []
        self._unreadable: Optional[CannotPredict] = None
        self._kernel_value = _prediction.kernel_values(self._hz)
        try:
            self._tools = [] if self.keeps_values else _init.find(self._tree)
        except CannotPredict as error:
            self._unreadable = error

    @property
    def tool_name(self) -> Optional[str]:
        return self._tools[0].name if self._tools else None

    def predict(self, changes: Optional[Changes] = None) -> Prediction:
        """Return the prediction, as it would be with the files in ``changes`` (path to data, None:
        removed)."""
        if self.keeps_values:
            held = {name: BootValue(value, None, None, None) for name, value in self._runtime.items()}
            return Prediction(dict(held), [], [], {})
        with explained():
            prediction = self._once_up(Tree(self._root, changes) if changes else self._tree)
            if not self.container or not self.container.loads_files:
                return prediction
            from . import _created

            by_files = _created.set_by_files(self._once_up(self._tree) if changes else prediction)
            return _created.corrected(prediction, self.container, self._runtime, by_files)

    def _once_up(self, tree: Tree) -> Prediction:
        prediction = self._by_tool(tree)
        if not _may_have_later_writers(tree):
            return prediction
        from . import _later_writers

        return _later_writers.once_up(tree, prediction, self._kernel_value)

    def later_writers(self) -> List[LaterWriter]:
        """Return the active programs that may write the settings after the boot tool."""
        with explained():
            if self.keeps_values or not _may_have_later_writers(self._tree):
                return []
            from . import _later_writers

            return _later_writers.later_writers(self._tree, self._by_tool(self._tree), self._kernel_value)

    def _by_tool(self, tree: Tree) -> Prediction:
        """Return what the boot tool alone makes of the files."""
        if self._unreadable:
            raise self._unreadable
        return _candidates.predict(tree, self._tools, self._command_line, self._hz)

    def _hz(self) -> Optional[int]:
        return _environment.hz(self._root, self._proc)

    def returning(self, prediction: Prediction, changes: Optional[Changes] = None) -> List[Returning]:
        """Return the lines that lose by ``prediction``, but win at a later run of sysctl(8)."""
        tree = Tree(self._root, changes) if changes else self._tree
        return [] if self.keeps_values else _returning.returning(tree, prediction)

    def unread(self, prediction: Prediction) -> "List[UnreadLine]":
        """Return the lines of files that set the values, but that no boot tool reads."""
        from . import _unread

        return [] if self.keeps_values else _unread.unread(self._tree, self.tool_name, prediction)

    def mentions(self) -> "Mentions":
        """Return the lines of scripts, jobs, hooks and units that name the settings, and may write them."""
        from . import _mentions

        return _mentions.mentions(self._tree)

    def set_by(self, path: str, prediction: Prediction) -> Set[str]:
        """Return the names of the settings that a file has lines for."""
        with explained():
            file = self._tree.follow(path).path
        return {
            predicted.assignment.setting.name
            for predicted in prediction.assignments
            if predicted.assignment.line.file == file
        }

    def same_name(self, path: str) -> List[str]:
        """Return the entries of other search folders that have the same name as ``path``."""
        folder, name = os.path.split(path)
        with explained():
            own = self._tree.follow(folder).path
            return [
                os.path.join(other, name)
                for other in SEARCH_FOLDERS
                if self._tree.follow(other).path != own and name in self._tree.names(other)
            ]

    def exists(self, path: str) -> bool:
        """Return whether there is a file or anything else, a dangling link too, at ``path``."""
        folder, name = os.path.split(path)
        with explained():
            return name in self._tree.names(folder)

    def editable_files(self) -> List[str]:
        """Return the sysctl files whose lines may be commented out, where they really are."""
        with explained():
            single = {*EDITABLE_FILES, *self._ufw_files()}
            paths = [
                folder + "/" + name
                for folder in EDITABLE_FOLDERS
                for name in self._tree.names(folder)
                if name.endswith((".conf", ".extra"))
            ]
            found = {self._tree.follow(path) for path in [*paths, *single]}
        return sorted(
            path
            for path, kind in found
            if kind == FILE and (os.path.dirname(path) in EDITABLE_FOLDERS or path in single)
        )

    def _ufw_files(self) -> List[str]:
        if not self._tree.exists("/etc/ufw"):
            return []
        from . import _ufw

        return _ufw.files(self._tree)

    def read(self, path: str) -> bytes:
        """Return a file's data, b"" if there is none."""
        with explained():
            return self._tree.read(path)


def _may_have_later_writers(tree: Tree) -> bool:
    return any(tree.exists(path) for path in _LATER_WRITERS)
