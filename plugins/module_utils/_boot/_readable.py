# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files below a root, as far as they can be read: what cannot is noted, and a search goes on."""

from typing import List

from ._errors import CannotPredict, TooLarge
from ._tree import FILE, SPECIAL, Tree


class Readable:
    """A tree for a search; ``unread``: what could not be searched, with the reason."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self.unread: List[str] = []

    def names(self, folder: str) -> List[str]:
        try:
            return self._tree.names(folder)
        except CannotPredict as error:
            self.unread.append(str(error))
            return []

    def real(self, path: str) -> str:
        """Return the file that a path leads to, "" if it leads to none."""
        try:
            target = self._tree.follow(path)
        except CannotPredict as error:
            self.unread.append(str(error))
            return ""
        if target.kind == SPECIAL:
            self.unread.append(f"{path} is neither a file nor a folder")
        return target.path if target.kind == FILE else ""

    def read(self, path: str, largest: int) -> bytes:
        """Return a file's data, b"" if it cannot be read."""
        try:
            return self._tree.read(path, largest)
        except CannotPredict as error:
            self.unread.append(str(error))
            return b""

    def read_small(self, path: str, largest: int) -> bytes:
        """Return the data of what may be a script, b"" for what is none: noted only if it cannot be read."""
        try:
            text = self._tree.follow(path).kind == FILE and not self._tree.is_compiled(path)
            return self._tree.read(path, largest) if text else b""
        except TooLarge:
            return b""
        except CannotPredict as error:
            self.unread.append(str(error))
            return b""

    def executable(self, path: str) -> bool:
        return self._tree.executable(path)
