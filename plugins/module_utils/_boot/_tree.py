# SPDX-License-Identifier: GPL-3.0-or-later
"""Sysctl files as every boot tool meets them: the files below a root, their search order, and patterns."""

import errno
import fnmatch
import os
import re
import stat
from typing import Any, Callable, Dict, Iterable, List, NamedTuple, Optional

_MAX_LINKS = 40
_LARGEST_FILE = 256 << 20

# Highest first, as sysctl.d(5) and sysctl(8) have it; /lib counts where it is not a link to /usr/lib.
FOLDERS = ("/etc/sysctl.d", "/run/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d", "/lib/sysctl.d")

# Where a file may be changed: no link is followed to a place that is not for such files.
EDITABLE_FOLDERS = (*FOLDERS, "/etc/credstore", "/usr/lib/credstore")
EDITABLE_FILES = ("/etc/sysctl.conf",)

_PLAIN = re.compile(r"[^*?\[]*", re.DOTALL)

FILE, FOLDER, MISSING, LOOP, NULL, SPECIAL = (
    "file",
    "folder",
    "missing",
    "loop",
    "null device",
    "special file",
)


class CannotTell(Exception):
    """Something can not be read, so that no verdict would be true; in words for the user."""


class Found(NamedTuple):
    """What a path leads to once every link is followed: a path below the root, and a kind."""

    path: str
    kind: str


class Tree:
    """The files below ``root``, seen as if it were /, with ``changes`` (path to data, None for no file) already made."""

    def __init__(self, root: str, changes: Optional[Dict[str, Optional[bytes]]] = None):
        self._root = root.rstrip("/")
        self._followed: Dict[str, Found] = {}
        self._changes: Dict[str, Optional[bytes]] = {}
        for path, data in (changes or {}).items():
            folder, name = os.path.split(path)
            self._changes[os.path.join(self.follow(folder).path, name)] = data
        self._followed.clear()

    def names(self, folder: str) -> List[str]:
        """Return the names in a folder; none where it is no folder. CannotTell where it may not be read."""
        real, kind = self.follow(folder)
        try:
            names = set(os.listdir(self._root + real)) if kind == FOLDER else set()
        except OSError as error:
            raise CannotTell(f"the folder {folder} can not be read: {error.strerror}")
        for path, data in self._changes.items():
            if os.path.dirname(path) == real:
                (names.discard if data is None else names.add)(os.path.basename(path))
        return sorted(names, key=os.fsencode)

    def follow(self, path: str) -> Found:
        """Follow every link, an absolute one from the root on, as the kernel would in a chroot."""
        if path not in self._followed:
            folder, name = os.path.split(path)
            start = self.follow(folder) if name not in ("", ".", "..") and folder != path else None
            known = start.path.rstrip("/") if start and start.kind == FOLDER else ""
            self._followed[path] = self._follow(known, name if start and start.kind == FOLDER else path)
        return self._followed[path]

    def _follow(self, real: str, path: str) -> Found:
        todo = path.split("/")[::-1]
        links = 0
        while todo:
            part = todo.pop()
            # What a slash or dots follow must be a folder.
            if part in ("", ".", "..") and real and self._kind(real) != FOLDER:
                return Found(real, MISSING)
            if part in ("", "."):
                continue
            if part == "..":
                real = os.path.dirname(real).rstrip("/")
                continue
            step = real + "/" + part
            if self._changes.get(step) is None:
                target = self._link(step)
                if target is not None:
                    links += 1
                    if links > _MAX_LINKS:
                        return Found(step, LOOP)
                    todo += target.split("/")[::-1]
                    real = "" if target.startswith("/") else real
                    continue
            real = step
        return Found(real or "/", self._kind(real or "/"))

    def read(self, path: str) -> bytes:
        """Return a file's data, nothing for what has none. CannotTell where it may not be read or would not end."""
        found = self.follow(path)
        if found.kind in (FOLDER, MISSING, LOOP, NULL):
            return b""
        if found.kind == SPECIAL or found.path.startswith(("/proc/", "/sys/")):
            raise CannotTell(
                f"{path} is neither a file nor a folder, and a boot tool that opens it may wait for ever"
            )
        if self._changes.get(found.path) is not None:
            return self._changes[found.path]
        try:
            with open(self._root + found.path, "rb") as file:
                if os.fstat(file.fileno()).st_size > _LARGEST_FILE:
                    raise CannotTell(f"{path} is larger than {_LARGEST_FILE >> 20} MiB")
                return file.read()
        except OSError as error:
            raise CannotTell(f"{path} can not be read: {error.strerror}")

    def executable(self, path: str) -> bool:
        """Tell whether a path leads to something that anyone may execute."""
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
            if error.errno in (errno.ENOENT, errno.ENOTDIR):
                return MISSING
            raise CannotTell(f"{path} can not be looked at: {error.strerror}")
        return FILE if stat.S_ISREG(mode) else FOLDER if stat.S_ISDIR(mode) else SPECIAL


def merged(tree: Tree, folders: Iterable[str], takes: Callable[[str, Found], bool]) -> List[str]:
    """Return the paths of the *.conf files of several folders, sorted by name, bytewise.

    Of equal names the one in the first folder counts, whatever is in it; ``takes(name, found)`` tells whether a tool
    lets an entry take its name.
    """
    chosen = {}
    for folder in folders:
        for name in tree.names(folder):
            path = folder + "/" + name
            if name.endswith(".conf") and name not in chosen and takes(name, tree.follow(path)):
                chosen[name] = path
    return [chosen[name] for name in sorted(chosen, key=os.fsencode)]


def braces(text: str) -> List[str]:
    """Expand the braces of a pattern as glob(3) with GLOB_BRACE does. CannotTell for more than one group."""
    before, brace, rest = text.partition("{")
    inside, closing, after = rest.partition("}")
    if not brace:
        return [text]
    if not closing or "{" in rest or "}" in after:
        raise CannotTell(f"{text[:80]!r} has braces that tools may read in several ways")
    return [before + choice + after for choice in inside.split(",")] if "," in inside else [text]


def is_pattern(text: str) -> bool:
    return "*" in text or "?" in text or "[" in text


def matches(pattern: str, path: str) -> bool:
    """Tell whether glob(7) would find ``path``, both in slash spelling, component by component."""
    if "\\" in pattern:
        if matches(pattern.replace("\\", ""), path):
            raise CannotTell(f"the pattern {pattern[:80]!r} has a backslash")
        return False
    patterns, parts = pattern.split("/"), path.split("/")
    if len(patterns) != len(parts) or not all(map(_may_match, patterns, parts)):
        return False
    return all(component(one).match(part) for one, part in zip(patterns, parts) if is_pattern(one))


def _may_match(pattern: str, part: str) -> bool:
    """Tell, fast, by what stands before the first special character."""
    plain = _PLAIN.match(pattern).group()
    return part.startswith(plain) if len(plain) < len(pattern) else part == pattern


def component(pattern: str) -> Any:
    """Return the expression for a pattern in which a slash is nothing special."""
    # fnmatch is Python's own, and differs from the C library's in these.
    if re.search(r"\\|\[[:.=]", pattern):
        raise CannotTell(f"the pattern {pattern[:80]!r} has a backslash or a character class")
    try:
        return re.compile(fnmatch.translate(pattern.replace("[^", "[!")))
    except re.error:
        raise CannotTell(f"the pattern {pattern[:80]!r} has a range that is upside down")
