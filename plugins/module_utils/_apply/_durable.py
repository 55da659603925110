# SPDX-License-Identifier: GPL-3.0-or-later
"""Files replaced so that after a power cut there is the earlier one or the later one, whole; and the way back.

What a killed run leaves is for the next one (_leftovers.py).
"""

import fcntl
import os
import shutil
import stat
import struct
from contextlib import suppress
from typing import Any, Callable, List, Optional

from .. import _dropin
from .._settings import KeepaliveError
from ._leftovers import TEMPORARY, same_file, sync_folder

# NAME_MAX less what a backup's name adds.
_LONGEST_NAME = 200

# FS_IOC_GETFLAGS, FS_IOC_SETFLAGS, FS_IMMUTABLE_FL and FS_APPEND_FL (include/uapi/linux/fs.h).
_LONG = struct.calcsize("l") << 16
_GET_FLAGS, _SET_FLAGS = 0x80006601 | _LONG, 0x40006602 | _LONG
_IMMUTABLE, _APPEND_ONLY = 0x10, 0x20
_LOCKED = _IMMUTABLE | _APPEND_ONLY


class Undo:
    """The way back, step by step. A step that fails keeps no other from being taken."""

    def __init__(self) -> None:
        self._order: List[Any] = []

    def add(self, step: Callable[..., Any], *arguments: Any) -> None:
        self._order.append((step, arguments))

    def take(self) -> List[str]:
        """Take all steps, the last one first; return what went wrong."""
        problems = []
        while self._order:
            step, arguments = self._order.pop()
            try:
                step(*arguments)
            except (OSError, KeepaliveError) as error:
                problems.append(str(error))
        return problems


def check(path: str, proc: str) -> None:
    """Raise KeepaliveError unless a file could be put at, or removed from, ``path``. Changes nothing."""
    folder, name = os.path.split(path)
    if not os.path.isdir(folder):
        raise KeepaliveError(
            f'{folder} is not a folder, so {path} can not be written. Create it, or set now only ("persist: false").'
        )
    reason = _hindrance(folder, name) or _file_hindrance(path, proc)
    if reason:
        raise KeepaliveError(
            f'{path} can not be written: {reason}. Mend that, or set now only ("persist: false").'
        )


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
        undo.add(sync_folder, path)
        undo.add(_remove, path)
    if staged:
        os.rename(staged, path)
    else:
        os.unlink(path)
    if earlier and backup:
        os.link(earlier, backup)
        undo.add(_remove, backup)
    sync_folder(path)


def forget(path: str, backup: Optional[str], number: int) -> None:
    """Drop the second link to the earlier file that ``replace`` made; OSError where that fails."""
    _remove(_earlier(path, backup, number))


def unlock(path: str) -> None:
    """Take away the attributes of chattr(1) that keep a file from being replaced, where the file system has any."""
    with suppress(OSError):
        flags = _flags(path)
        if flags & _LOCKED:
            with open(path, "rb") as file:
                fcntl.ioctl(file, _SET_FLAGS, struct.pack("i4x", flags & ~_LOCKED))


def other_names(path: str) -> int:
    """Return how many other names a file has (hard links), without those that a killed run left."""
    status, folder = os.lstat(path), os.path.dirname(path)
    if status.st_nlink == 1:
        return 0
    left = [os.path.join(folder, name) for name in os.listdir(folder) if TEMPORARY.fullmatch(name)]
    return status.st_nlink - 1 - sum(same_file(path, one) for one in left)


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
    return os.path.join(folder, f".{name}.tcp_keepalive-{kind}{number}")


def _earlier(path: str, backup: Optional[str], number: int) -> str:
    return _neighbour(path, "keep" if backup else "old", number)


def _put_back(earlier: str, path: str) -> None:
    if not same_file(earlier, path):
        try:
            os.rename(earlier, path)
        except OSError as error:
            kept = f"the earlier file is kept as {earlier}, which the next run removes"
            raise KeepaliveError(f"{path} ({error.strerror}); {kept}")
    _remove(earlier)
    sync_folder(path)


def _remove(path: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(path)


def _hindrance(folder: str, name: str) -> Optional[str]:
    """Return what about a folder is in the way."""
    real = os.path.realpath(folder)
    if real != folder:
        choice = f"; give {os.path.join(real, name)} as the path" if real in _dropin.FOLDERS else ""
        return f"{folder} is a symbolic link to {real}, and none is followed{choice}"
    if len(os.fsencode(name)) > _LONGEST_NAME:
        return "its name leaves no room for that of a backup"
    if os.stat(folder).st_mode & stat.S_IWOTH:
        return f"anyone may write to {folder}, and replace what is in it (chmod o-w)"
    if os.statvfs(folder).f_flag & os.ST_RDONLY:
        return "the file system is read-only"
    if not os.access(folder, os.W_OK | os.X_OK):
        if os.geteuid():
            return 'permission denied (run as root: "become: true")'
        return f"permission denied, to root too: {folder} may be immutable (lsattr)"
    if _flags(folder) & _APPEND_ONLY:
        return f"{folder} takes new files, but lets none be replaced (chattr -a)"
    return None


def _file_hindrance(path: str, proc: str) -> Optional[str]:
    """Return what about the file itself is in the way."""
    if not os.path.lexists(path):
        return None
    if path in _mount_points(proc):
        return "it is a mount point of its own, as a file given to a container is"
    # An immutable file can be neither opened for writing nor replaced.
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC))
    except OSError as error:
        return error.strerror
    return None


def _flags(path: str) -> int:
    """Return the attributes of chattr(1), of which not every file system has any."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        # An int, though the request's number says long.
        return struct.unpack("i4x", fcntl.ioctl(descriptor, _GET_FLAGS, bytes(8)))[0]
    except OSError:
        return 0
    finally:
        os.close(descriptor)


def _mount_points(proc: str) -> List[str]:
    """Return where something is mounted (proc_pid_mountinfo(5)), none where that can not be seen."""
    try:
        with open(os.path.join(proc, "self/mountinfo"), encoding="utf-8", errors="surrogateescape") as file:
            return [line.split(" ")[4] for line in file]
    except OSError:
        return []
