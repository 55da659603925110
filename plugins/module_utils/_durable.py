# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files replaced so that after a power cut there is the earlier one or the later one, whole; and the way back.

The names that are in use meanwhile start with a dot and do not end in .conf: no boot tool reads them. What a killed run left
under them is cleaned up by the next (`sweep`).
"""

import os
import re
import shutil
import stat
import time
from contextlib import suppress
from typing import Any, Callable, List, Optional

from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import KeepaliveError

_TEMPORARY = re.compile(r"\..+\.tcp_keepalive-(?:new|old)\d+")
_BACKUP = re.compile(r"(.+)\.\d+\.\d{4}-\d\d-\d\d@\d\d:\d\d:\d\d~")


class Undo:
    """The way back, step by step. A step that fails keeps no other from being taken."""

    def __init__(self) -> None:
        self._steps = []  # type: List[Any]

    def add(self, step: Callable[..., Any], *arguments: Any) -> None:
        self._steps.append((step, arguments))

    def take(self) -> List[str]:
        """Take all steps, the last one first; return what went wrong."""
        problems = []
        while self._steps:
            step, arguments = self._steps.pop()
            try:
                step(*arguments)
            except (OSError, KeepaliveError) as error:
                problems.append(str(error))
        return problems


def stage(path: str, data: bytes, prepare: Callable[[str], Any], number: int, undo: Undo) -> str:
    """Write ``data``, durably, to a hidden neighbour of ``path``, and return its name.

    ``prepare`` is called with that name, to give it owner, group, mode and context before anyone sees it. ``number`` tells
    apart several for one path.
    """
    temporary = _neighbour(path, "new", number)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    undo.add(_remove, temporary)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        prepare(temporary)
        os.fsync(descriptor)
    return temporary


def replace(path: str, staged: Optional[str], backup: Optional[str], number: int, undo: Undo) -> None:
    """Put the ``staged`` file at ``path``, or remove ``path`` (None); durable when it returns.

    The earlier file, if there is one, stays as a second link: as ``backup``, or until ``forget`` is called.
    """
    if os.path.lexists(path):
        earlier = backup or _neighbour(path, "old", number)
        os.link(path, earlier)
        undo.add(_put_back, earlier, path)
    else:
        undo.add(_sync_folder, path)
        undo.add(_remove, path)
    if staged:
        os.rename(staged, path)
    else:
        os.unlink(path)
    _sync_folder(path)


def forget(path: str, number: int) -> None:
    """Drop the second link to the earlier file, if ``replace`` made one that is no backup; OSError where that fails."""
    _remove(_neighbour(path, "old", number))


def kept(path: str, backup: Optional[str], number: int) -> str:
    """Return where the earlier file is if it could not be put back, nothing if it is not kept."""
    earlier = backup or _neighbour(path, "old", number)
    return earlier if os.path.lexists(earlier) else ""


def sweep(folder: str) -> None:
    """Remove what a killed run left in a folder: its temporary files, and backups of what it then did not change.

    A folder that is a link is passed over, and so is what can not be removed.
    """
    if os.path.realpath(folder) != folder:
        return
    with suppress(OSError):
        for name in os.listdir(folder):
            path, backup = os.path.join(folder, name), _BACKUP.fullmatch(name)
            unused = backup and _same_file(path, os.path.join(folder, backup.group(1)))
            if unused or (_TEMPORARY.fullmatch(name) and stat.S_ISREG(os.lstat(path).st_mode)):
                os.unlink(path)


def backup_path(path: str) -> str:
    """Return the name of a backup, as AnsibleModule.backup_local forms it. No boot tool reads it."""
    return "{0}.{1}.{2}~".format(path, os.getpid(), time.strftime("%Y-%m-%d@%H:%M:%S"))


def copy_attributes(path: str, staged: str) -> None:
    """Give a new file the owner, group, mode and extended attributes of the one that it will replace."""
    status = os.lstat(path)
    os.chown(staged, status.st_uid, status.st_gid)
    shutil.copystat(path, staged, follow_symlinks=False)
    os.utime(staged)


def _neighbour(path: str, kind: str, number: int) -> str:
    folder, name = os.path.split(path)
    return os.path.join(folder, ".{0}.tcp_keepalive-{1}{2}".format(name, kind, number))


def _same_file(one: str, other: str) -> bool:
    try:
        return os.path.samestat(os.lstat(one), os.lstat(other))
    except OSError:
        return False


def _put_back(earlier: str, path: str) -> None:
    os.rename(earlier, path)
    # rename(2) does nothing where both names are links to one file.
    _remove(earlier)
    _sync_folder(path)


def _remove(path: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(path)


def _sync_folder(path: str) -> None:
    descriptor = os.open(os.path.dirname(path), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
