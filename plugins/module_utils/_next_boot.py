# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""This host's next boot: its tool, its kernel's command line, and the verdict with changes made."""

import os
from typing import Any, Dict, List, Optional, Set

from ansible_collections.netops.tcp_keepalive.plugins.module_utils import _kernel
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot import _later, _tool, _verdict
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import KeepaliveError
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._sysctl_files import FOLDERS, CannotTell, Tree

Changes = Dict[str, Optional[bytes]]


class NextBoot:
    """What a host with this root and /proc will do. Every method raises KeepaliveError where it can not be told."""

    def __init__(self, root: str, proc: str) -> None:
        self._root = root
        self._command_line = _kernel.command_line(proc)
        self._tool = self._told(lambda: _tool.find(Tree(root)))

    @property
    def tool_name(self) -> Optional[str]:
        return self._tool.name if self._tool else None

    def foretell(self, changes: Optional[Changes] = None) -> _verdict.Verdict:
        """Return the verdict as it would be with the files in ``changes`` (path to data, None: removed)."""
        return self._told(
            lambda: _verdict.verdict(Tree(self._root, changes), self._tool, self._command_line, lambda: _kernel.hz(self._root))
        )

    def set_by(self, path: str, foretold: _verdict.Verdict) -> Set[str]:
        """Return the names of the settings that a file has lines for."""
        file = self._told(lambda: Tree(self._root).follow(path).path)
        return {one.setting.name for one, _value, _wins in foretold.assignments if one.line.file == file}

    def same_name(self, path: str) -> List[str]:
        """Return the entries of other folders that have the name of ``path``."""
        name, tree = os.path.basename(path), Tree(self._root)
        others = [folder for folder in FOLDERS if tree.follow(folder).path != tree.follow(os.path.dirname(path)).path]
        return self._told(lambda: [folder + "/" + name for folder in others if name in tree.names(folder)])

    def later_writers(self) -> List[Dict[str, Any]]:
        """Return who may write the settings after the boot tool did, as _boot._later tells it."""
        return self._told(lambda: _later.later_writers(Tree(self._root)))

    def read(self, path: str) -> bytes:
        return self._told(lambda: Tree(self._root).read(path))

    def _told(self, question: Any) -> Any:
        try:
            return question()
        except CannotTell as error:
            raise KeepaliveError("It can not be told what the next boot will set, because {0}.".format(error))


def values(foretold: Optional[_verdict.Verdict]) -> Dict[str, int]:
    """Return what a boot sets, by name; nothing where that could not be told."""
    return {name: entry.value for name, entry in foretold.boot.items()} if foretold else {}


def as_result(foretold: Optional[_verdict.Verdict]) -> Optional[Dict[str, Any]]:
    """Return what a boot sets, {value, file, line} by name."""
    return {name: dict(entry._asdict()) for name, entry in foretold.boot.items()} if foretold else None
