# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files replaced so that after a power cut there is the earlier one or the later one, whole; and the way back.

The names that are in use meanwhile start with a dot and do not end in .conf: no boot tool reads them. What a killed run left
under them is cleaned up by the next (`sweep`).
"""

import errno
import fcntl
import os
import re
import shutil
import stat
import struct
import time
from contextlib import suppress
from typing import Any, Callable, List, Optional

from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import KeepaliveError

_TEMPORARY = re.compile(r"\.(.+)\.tcp_keepalive-(new|old|keep)\d+")
# FS_IOC_GETFLAGS, FS_IOC_SETFLAGS, FS_IMMUTABLE_FL and FS_APPEND_FL (include/uapi/linux/fs.h).
_LONG = struct.calcsize("l") << 16
_GET_FLAGS, _SET_FLAGS = 0x80006601 | _LONG, 0x40006602 | _LONG
_LOCKED = 0x10 | 0x20


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

    The earlier file, if there is one, stays as a second link, and as ``backup`` too, until ``forget`` is called.
    """
    if os.path.lexists(path):
        earlier = _earlier(path, backup, number)
        os.link(path, earlier)
        undo.add(_put_back, earlier, path)
    else:
        earlier = None
        undo.add(_sync_folder, path)
        undo.add(_remove, path)
    if staged:
        os.rename(staged, path)
    else:
        os.unlink(path)
    if earlier and backup:
        os.link(earlier, backup)
        undo.add(_remove, backup)
    _sync_folder(path)


def forget(path: str, backup: Optional[str], number: int) -> None:
    """Drop the second link to the earlier file that ``replace`` made; OSError where that fails."""
    _remove(_earlier(path, backup, number))


def sync(path: str) -> None:
    """Make a file's attributes durable."""
    _sync(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)


def sync_as_found(path: str) -> None:
    """Make durable what is there, or is gone, already: a run that was killed has left that to the next."""
    for one in (sync, _sync_folder):
        try:
            one(path)
        except OSError as error:
            if error.errno in (errno.EIO, errno.ENOSPC, errno.EDQUOT):
                raise KeepaliveError("{0} is as asked, but may not outlast a power cut: {1}.".format(path, error.strerror))


def unlock(path: str) -> None:
    """Take away the attributes of chattr(1) that keep a file from being replaced, where the file system has any."""
    with suppress(OSError), open(path, "rb") as file:
        flags = bytearray(struct.calcsize("l"))
        fcntl.ioctl(file, _GET_FLAGS, flags)
        fcntl.ioctl(file, _SET_FLAGS, struct.pack("i", struct.unpack("i", flags[:4])[0] & ~_LOCKED) + bytes(flags[4:]))


def sweep(folder: str) -> None:
    """Remove what a killed run left in a folder; an earlier file that it was to keep becomes the backup.

    A folder that is a link is passed over, and so is what can not be read or removed.
    """
    if os.path.realpath(folder) != folder or not os.path.isdir(folder):
        return
    names = []  # type: List[str]
    with suppress(OSError):
        names = os.listdir(folder)
    for found in filter(None, map(_TEMPORARY.fullmatch, names)):
        with suppress(OSError):
            _clean_up(os.path.join(folder, found.group()), os.path.join(folder, found.group(1)), found.group(2))


def _clean_up(temporary: str, path: str, kind: str) -> None:
    status = os.lstat(temporary)
    if not stat.S_ISREG(status.st_mode):
        return
    if kind == "keep" and status.st_nlink == 1:
        os.rename(temporary, backup_path(path))
    else:
        os.unlink(temporary)


def other_names(path: str) -> int:
    """Return how many other names a file has (hard links), without those that a killed run left."""
    status, folder = os.lstat(path), os.path.dirname(path)
    if status.st_nlink == 1:
        return 0
    left = [os.path.join(folder, name) for name in os.listdir(folder) if _TEMPORARY.fullmatch(name)]
    return status.st_nlink - 1 - sum(_same_file(path, one) for one in left)


def backup_path(path: str) -> str:
    """Return a free name for a backup, as AnsibleModule.backup_local forms it. No boot tool reads it."""
    name = "{0}.{1}.{2}~".format(path, os.getpid(), time.strftime("%Y-%m-%d@%H:%M:%S"))
    while os.path.lexists(name):
        name += "~"
    return name


def copy_attributes(path: str, staged: str) -> None:
    """Give a new file the owner, group, mode and extended attributes of the one that it will replace."""
    status = os.lstat(path)
    os.chown(staged, status.st_uid, status.st_gid)
    # A folder's default ACL is given to every new file.
    with suppress(OSError):
        for name in set(os.listxattr(staged)) - set(os.listxattr(path)):
            os.removexattr(staged, name)
    shutil.copystat(path, staged, follow_symlinks=False)
    os.utime(staged)


def _neighbour(path: str, kind: str, number: int) -> str:
    folder, name = os.path.split(path)
    return os.path.join(folder, ".{0}.tcp_keepalive-{1}{2}".format(name, kind, number))


def _earlier(path: str, backup: Optional[str], number: int) -> str:
    return _neighbour(path, "keep" if backup else "old", number)


def _put_back(earlier: str, path: str) -> None:
    if not _same_file(earlier, path):
        try:
            os.rename(earlier, path)
        except OSError as error:
            problem = "{0} ({1}); the earlier file is kept as {2}, which the next run removes"
            raise KeepaliveError(problem.format(path, error.strerror, earlier))
    _remove(earlier)
    _sync_folder(path)


def _same_file(one: str, other: str) -> bool:
    try:
        return os.path.samestat(os.lstat(one), os.lstat(other))
    except OSError:
        return False


def _remove(path: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(path)


def _sync_folder(path: str) -> None:
    _sync(os.path.dirname(path), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)


def _sync(path: str, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
