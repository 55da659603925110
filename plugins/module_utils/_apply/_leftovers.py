# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run that was killed may have left: names in use meanwhile, and changes not yet on the disk. The next run sees to it.

The names start with a dot and do not end in .conf: no boot tool reads them.
"""

import errno
import os
import re
import stat
import time
from contextlib import suppress

from .._settings import KeepaliveError

TEMPORARY = re.compile(r"\.(.+)\.tcp_keepalive-(new|old|keep)\d+")


def sweep(folder: str) -> None:
    """Remove what a killed run left in a folder; an earlier file that it was to keep becomes the backup.

    A folder that is a link is passed over, and so is what can not be read or removed.
    """
    if os.path.realpath(folder) != folder or not os.path.isdir(folder):
        return
    names = []
    with suppress(OSError):
        names = os.listdir(folder)
    for found in filter(None, map(TEMPORARY.fullmatch, names)):
        with suppress(OSError):
            _clean_up(
                os.path.join(folder, found.group()), os.path.join(folder, found.group(1)), found.group(2)
            )


def _clean_up(temporary: str, path: str, kind: str) -> None:
    status = os.lstat(temporary)
    if not stat.S_ISREG(status.st_mode):
        return
    if kind == "keep" and status.st_nlink == 1:
        os.rename(temporary, backup_path(path))
    else:
        os.unlink(temporary)


def sync_as_found(path: str) -> None:
    """Make durable what is there, or is gone, already: a run that was killed has left that to the next."""
    for one in (sync, sync_folder):
        try:
            one(path)
        except OSError as error:
            if error.errno in (errno.EIO, errno.ENOSPC, errno.EDQUOT):
                raise KeepaliveError(
                    f"{path} is as asked, but may not outlast a power cut: {error.strerror}."
                )


def backup_path(path: str) -> str:
    """Return a free name for a backup, as AnsibleModule.backup_local forms it. No boot tool reads it."""
    name = f"{path}.{os.getpid()}.{time.strftime('%Y-%m-%d@%H:%M:%S')}~"
    while os.path.lexists(name):
        name += "~"
    return name


def sync(path: str) -> None:
    """Make a file's attributes durable."""
    _sync(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)


def sync_folder(path: str) -> None:
    """Make durable which names are in the folder of a file."""
    _sync(os.path.dirname(path), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)


def same_file(one: str, other: str) -> bool:
    try:
        return os.path.samestat(os.lstat(one), os.lstat(other))
    except OSError:
        return False


def _sync(path: str, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
