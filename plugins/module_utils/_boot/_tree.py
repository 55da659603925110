# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files below a root, as a boot tool would see them, with changes already made."""

import errno
import os
import stat
from typing import Dict, List, NamedTuple, Optional

from ._errors import CannotPredict, TooLarge

_MAX_LINKS = 40
_LARGEST_FILE = 256 << 20
_ELF = b"\x7fELF"

# A path that goes through what is no folder is blocked: not even a new file could be there.
FILE, FOLDER, MISSING, BLOCKED, LOOP, NULL, SPECIAL = (
    "file",
    "folder",
    "missing",
    "blocked",
    "loop",
    "null device",
    "special file",
)

Changes = Dict[str, Optional[bytes]]


class Target(NamedTuple):
    """What a path leads to once every link is followed: a path below the root, and a kind."""

    path: str
    kind: str


class Tree:
    """The files below ``root``, seen as if it were /, with ``changes`` (path to data, None: removed) made."""

    def __init__(self, root: str, changes: Optional[Changes] = None) -> None:
        self._root = root.rstrip("/")
        self._followed: Dict[str, Target] = {}
        self._changes: Changes = {}
        for path, data in (changes or {}).items():
            folder, name = os.path.split(path)
            self._changes[os.path.join(self.follow(folder).path, name)] = data
        self._followed.clear()

    def names(self, folder: str) -> List[str]:
        """Return the names in a folder, bytewise sorted; none if it is no folder. CannotPredict if
        unreadable."""
        real, kind = self.follow(folder)
        try:
            names = set(os.listdir(self._root + real)) if kind == FOLDER else set()
        except OSError as error:
            raise CannotPredict(f"the folder {folder} cannot be read: {error.strerror}")
        for path, data in self._changes.items():
            if os.path.dirname(path) == real:
                (names.discard if data is None else names.add)(os.path.basename(path))
        return sorted(names, key=os.fsencode)

    def follow(self, path: str) -> Target:
        """Follow every link, an absolute one from the root on, as the kernel would in a chroot."""
        if path not in self._followed:
            folder, name = os.path.split(path)
            start = self.follow(folder) if name not in ("", ".", "..") and folder != path else None
            known = start.path.rstrip("/") if start and start.kind == FOLDER else ""
            self._followed[path] = self._follow(known, name if start and start.kind == FOLDER else path)
        return self._followed[path]

    def _follow(self, real: str, path: str) -> Target:
        todo = path.split("/")[::-1]
        links = 0
        before_slash = False
        while todo:
            part = todo.pop()
            before_slash = part in ("", ".")
            if before_slash:
                continue
            if part == "..":
                if real and self._kind(real) != FOLDER:
                    return Target(real, BLOCKED)
                real = os.path.dirname(real).rstrip("/")
                continue
            step = real + "/" + part
            if self._changes.get(step) is None:
                target = self._link(step)
                if target is not None:
                    links += 1
                    if links > _MAX_LINKS:
                        return Target(step, LOOP)
                    todo += target.split("/")[::-1]
                    real = "" if target.startswith("/") else real
                    continue
            real = step
        kind = self._kind(real or "/")
        # Only a folder can come before a slash.
        return Target(real or "/", MISSING if before_slash and kind not in (FOLDER, BLOCKED) else kind)

    def exists(self, path: str) -> bool:
        """Return whether a path leads to anything; a loop counts."""
        return self.follow(path).kind not in (MISSING, BLOCKED)

    def read(self, path: str, largest: int = _LARGEST_FILE) -> bytes:
        """Return a file's data, b"" for what has none. CannotPredict if it may not be read, or reading may
        never end; TooLarge for more than ``largest`` bytes."""
        target = self.follow(path)
        if target.kind in (FOLDER, MISSING, BLOCKED, LOOP, NULL):
            return b""
        if target.kind == SPECIAL or target.path.startswith(("/proc/", "/sys/")):
            raise CannotPredict(
                f"{path} is neither a file nor a folder; a boot tool that opens it may wait forever"
            )
        changed = self._changes.get(target.path)
        if changed is not None:
            return changed
        try:
            with open(self._root + target.path, "rb") as file:
                if os.fstat(file.fileno()).st_size > largest:
                    raise TooLarge(f"{path} is larger than {largest >> 20} MiB")
                return file.read()
        except OSError as error:
            raise CannotPredict(f"{path} cannot be read: {error.strerror}")

    def is_compiled(self, path: str) -> bool:
        """Return whether a file is a compiled program (elf(5))."""
        try:
            with open(self._root + self.follow(path).path, "rb", buffering=0) as file:
                return file.read(len(_ELF)) == _ELF
        except OSError:
            return False

    def attribute(self, path: str) -> str:
        """Return the text of a file in sysfs, "" if there is none."""
        try:
            with open(self._root + path, encoding="utf-8", errors="replace") as file:
                return file.read()
        except OSError:
            return ""

    def executable(self, path: str) -> bool:
        """Return whether a path leads to something that anyone may execute."""
        try:
            return bool(os.stat(self._root + self.follow(path).path).st_mode & 0o111)
        except OSError:
            return False

    def _link(self, path: str) -> Optional[str]:
        try:
            return os.readlink(self._root + path)
        except OSError:
            return None

    def _kind(self, path: str) -> str:
        if path in self._changes:
            return MISSING if self._changes[path] is None else FILE
        # A root that is not running may lack its devices.
        if path == "/dev/null":
            return NULL
        try:
            mode = os.stat(self._root + path).st_mode
        except OSError as error:
            if error.errno == errno.ENOTDIR:
                return BLOCKED
            if error.errno == errno.ENOENT:
                return MISSING
            raise CannotPredict(f"{path} cannot be accessed: {error.strerror}")
        return FILE if stat.S_ISREG(mode) else FOLDER if stat.S_ISDIR(mode) else SPECIAL
