# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""This host's next boot: its boot tool, its kernel's command line, programs that write later, and what they
will set, also with files changed.

The door of this package: what others need of it is imported from here.
"""

import errno
import os
from contextlib import contextmanager
from typing import Iterator, List, Optional, Set

from .. import _kernel
from .._settings import KeepaliveError
from . import _candidates, _environment, _init, _outcome, _prediction
from ._dropin_path import ALLOWED_FOLDERS, check_path
from ._errors import CannotPredict
from ._lines import SkippedLine
from ._prediction import BootValue, LaterWriter, PredictedAssignment, Prediction
from ._search_order import EDITABLE_FILES, EDITABLE_FOLDERS, SEARCH_FOLDERS
from ._tool import Tool
from ._tree import Changes, Tree

__all__ = [
    "ALLOWED_FOLDERS",
    "EDITABLE_FILES",
    "EDITABLE_FOLDERS",
    "READ_ONLY",
    "BootValue",
    "Changes",
    "LaterWriter",
    "NextBoot",
    "PredictedAssignment",
    "Prediction",
    "SkippedLine",
    "check_path",
]

READ_ONLY = (
    "/proc/sys/net is read-only in this container, as it is in one on its host's network: nothing can set "
    "the values here, neither now nor at boot. Set them on the host, or where the container is created."
)


class NextBoot:
    """What a host with this root and /proc will do; methods raise KeepaliveError where it is unknown."""

    def __init__(self, root: str, proc: str) -> None:
        self._root, self._proc = root, proc
        self._tree = Tree(root)
        self._command_line = _environment.command_line(proc)
        self.sysctls_read_only = _environment.sysctls_read_only(proc)
        self._runtime = _kernel.read(proc) if self.sysctls_read_only else {}
        self._kernel_value = _prediction.kernel_values(lambda: _environment.hz(root, proc))
        self._tools: List[Tool] = []
        self._unreadable: Optional[CannotPredict] = None
        try:
            self._tools = [] if self.sysctls_read_only else _init.find(self._tree)
        except CannotPredict as error:
            self._unreadable = error

    @property
    def tool_name(self) -> Optional[str]:
        return self._tools[0].name if self._tools else None

    def predict(self, changes: Optional[Changes] = None) -> Prediction:
        """Return the prediction, as it would be with the files in ``changes`` (path to data, None:
        removed)."""
        if self.sysctls_read_only:
            held = {name: BootValue(value, None, None, None) for name, value in self._runtime.items()}
            return Prediction(dict(held), [], [], {})
        with _explained():
            tree = Tree(self._root, changes) if changes else self._tree
            return _outcome.once_up(tree, self._by_tool(tree), self._kernel_value)

    def later_writers(self) -> List[LaterWriter]:
        """Return the active programs that may write the settings after the boot tool."""
        with _explained():
            if self.sysctls_read_only or not _outcome.present(self._tree):
                return []
            return _outcome.later_writers(self._tree, self._by_tool(self._tree), self._kernel_value)

    def _by_tool(self, tree: Tree) -> Prediction:
        """Return what the boot tool alone makes of the files."""
        if self._unreadable:
            raise self._unreadable
        return _candidates.predict(
            tree, self._tools, self._command_line, lambda: _environment.hz(self._root, self._proc)
        )

    def set_by(self, path: str, prediction: Prediction) -> Set[str]:
        """Return the names of the settings that a file has lines for."""
        with _explained():
            file = self._tree.follow(path).path
        return {
            predicted.assignment.setting.name
            for predicted in prediction.assignments
            if predicted.assignment.line.file == file
        }

    def same_name(self, path: str) -> List[str]:
        """Return the entries of other search folders that have the same name as ``path``."""
        folder, name = os.path.split(path)
        with _explained():
            own = self._tree.follow(folder).path
            return [
                os.path.join(other, name)
                for other in SEARCH_FOLDERS
                if self._tree.follow(other).path != own and name in self._tree.names(other)
            ]

    def read(self, path: str) -> bytes:
        """Return a file's data, b"" if there is none."""
        with _explained():
            return self._tree.read(path)


@contextmanager
def _explained() -> Iterator[None]:
    """Raise KeepaliveError, which explains it to the user, for CannotPredict."""
    try:
        yield
    except CannotPredict as error:
        denied = os.geteuid() and os.strerror(errno.EACCES) in str(error)
        advice = ' Run as root: "become: true".' if denied else ""
        raise KeepaliveError(f"What the next boot sets cannot be predicted: {error}.{advice}")
