# SPDX-License-Identifier: GPL-3.0-or-later
"""This host's next boot: its tool, its kernel's command line, and the verdict with changes made."""

import errno
import os
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Set

from .. import _kernel
from .._boot import _prediction, _tool
from .._settings import KeepaliveError
from ._tree import FOLDERS, CannotTell, Tree

SEALED = (
    "/proc/sys/net is read-only in this container, as where the network is its host's: nothing sets the values here, neither now "
    "nor at a boot. Set them on the host, or where the container is made."
)
Changes = Dict[str, Optional[bytes]]


class Override(NamedTuple):
    """What a boot would set instead of what was asked, and by which line (file None: no line sets it)."""

    setting: str
    value: int
    file: Optional[str]
    line: Optional[int]


class NextBoot:
    """What a host with this root and /proc will do. Every method raises KeepaliveError where it can not be told."""

    def __init__(self, root: str, proc: str) -> None:
        self.tree = Tree(root)
        self._root = root
        self._command_line = _kernel.command_line(proc)
        self.sealed = _kernel.sealed(proc)
        self._kernel = _kernel.read(proc) if self.sealed else {}
        self._tool = None if self.sealed else self.told(lambda: _tool.find(self.tree))

    @property
    def tool_name(self) -> Optional[str]:
        return self._tool.name if self._tool else None

    def predict(self, changes: Optional[Changes] = None) -> _prediction.Prediction:
        """Return the verdict as it would be with the files in ``changes`` (path to data, None: removed)."""
        if self.sealed:
            return _prediction.Prediction(
                {name: _prediction.Entry(value, None, None) for name, value in self._kernel.items()}, [], []
            )
        tree = Tree(self._root, changes) if changes else self.tree
        return self.told(
            lambda: _prediction.predict(tree, self._tool, self._command_line, lambda: _kernel.hz(self._root))
        )

    def set_by(self, path: str, predicted: _prediction.Prediction) -> Set[str]:
        """Return the names of the settings that a file has lines for."""
        file = self.told(lambda: self.tree.follow(path).path)
        return {one.setting.name for one, _value, _wins in predicted.assignments if one.line.file == file}

    def same_name(self, path: str) -> List[str]:
        """Return the entries of other folders that have the name of ``path``."""
        folder, name = os.path.split(path)

        def others() -> List[str]:
            own = self.tree.follow(folder).path
            return [
                other
                for other in FOLDERS
                if self.tree.follow(other).path != own and name in self.tree.names(other)
            ]

        return [os.path.join(other, name) for other in self.told(others)]

    def read(self, path: str) -> bytes:
        return self.told(lambda: self.tree.read(path))

    @staticmethod
    def told(question: Callable[[], Any]) -> Any:
        """Return the answer to a question about the tree; where it can not be told, say so as every method does."""
        try:
            return question()
        except CannotTell as error:
            advice = (
                ' Run as root: "become: true".'
                if os.geteuid() and os.strerror(errno.EACCES) in str(error)
                else ""
            )
            raise KeepaliveError(f"It can not be told what the next boot will set, because {error}.{advice}")


def overridden(predicted: _prediction.Prediction, wanted: Dict[str, int]) -> List[Override]:
    """Return the overrides among ``wanted``, by name."""
    entries = [(name, predicted.boot[name]) for name in wanted]
    return [Override(name, *entry) for name, entry in entries if entry.value != wanted[name]]


def values(predicted: Optional[_prediction.Prediction]) -> Dict[str, int]:
    """Return what a boot sets, by name; nothing where that could not be told."""
    return {name: entry.value for name, entry in predicted.boot.items()} if predicted else {}


def as_result(predicted: Optional[_prediction.Prediction]) -> Optional[Dict[str, Any]]:
    """Return what a boot sets, {value, file, line} by name."""
    return {name: dict(entry._asdict()) for name, entry in predicted.boot.items()} if predicted else None
