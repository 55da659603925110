# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our own file on disk: where it may be, durable replacing and removing, and putting back what was there."""

import os
import re
import shutil
import stat
import time
from contextlib import ExitStack, suppress
from typing import Callable, Optional

from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import KeepaliveError

# sysctl.d(5), without /run, which is empty after a boot. /lib is what /usr/lib was before the merged /usr.
FOLDERS = ("/etc/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d", "/lib/sysctl.d")

# NAME_MAX less what a backup's name adds.
_LONGEST_NAME = 200

# procps takes brackets and braces in a path as a pattern, and systemd passes over a name that starts with a dot.
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+@-]{0,190}\.conf", re.ASCII)


def check_path(path: str) -> None:
    """Raise KeepaliveError unless ``path`` is one that boot tools read, and read alike."""
    folder, name = os.path.split(path)
    if folder not in FOLDERS:
        raise KeepaliveError(
            "path: {0!r} is refused: boot tools read the folders {1}, and no sub-folder.".format(path, ", ".join(FOLDERS))
        )
    if not _NAME.fullmatch(name):
        raise KeepaliveError(
            'path: {0!r} is refused: the name must end in ".conf" and be made of some 200 letters, digits and '
            '"._+@-" at most, as in 99-tcp-keepalive.conf, or some boot tool passes it over.'.format(path)
        )


def read(path: str) -> Optional[bytes]:
    """Return the file's data, None where there is none; KeepaliveError where it is no regular file or unreadable."""
    try:
        status = os.lstat(path)
        if not stat.S_ISREG(status.st_mode):
            raise KeepaliveError(
                "{0} is {1}, not a regular file. Remove it, or choose another path.".format(
                    path, "a symbolic link to " + os.readlink(path) if stat.S_ISLNK(status.st_mode) else "special"
                )
            )
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise KeepaliveError("{0} can not be read: {1}.".format(path, error.strerror))


def check_writable(path: str) -> None:
    """Raise KeepaliveError unless a file could be put at, or removed from, ``path``. Changes nothing."""
    folder = os.path.dirname(path)
    if not os.path.isdir(folder):
        raise KeepaliveError(
            '{0} is not a folder, so {1} can not be written. Create it, or set now only ("persist: false").'.format(folder, path)
        )
    reason = None
    if len(os.fsencode(os.path.basename(path))) > _LONGEST_NAME:
        reason = "its name leaves no room for that of a backup"
    elif os.statvfs(folder).f_flag & os.ST_RDONLY:
        reason = "the file system is read-only"
    elif not os.access(folder, os.W_OK | os.X_OK):
        reason = "permission denied" + (' (run as root: "become: true")' if os.geteuid() else "")
    elif os.path.lexists(path):
        # An immutable file can be neither opened for writing nor replaced.
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC))
        except OSError as error:
            reason = error.strerror
    if reason:
        raise KeepaliveError('{0} can not be written: {1}. Mend that, or set now only ("persist: false").'.format(path, reason))


def backup_path(path: str) -> str:
    """Return the name of a backup, as AnsibleModule.backup_local forms it. No boot tool reads it."""
    return "{0}.{1}.{2}~".format(path, os.getpid(), time.strftime("%Y-%m-%d@%H:%M:%S"))


def copy_attributes(path: str, staged: str) -> None:
    """Give a new file the owner, group, mode and extended attributes of the one that it will replace."""
    status = os.lstat(path)
    os.chown(staged, status.st_uid, status.st_gid)
    shutil.copystat(path, staged, follow_symlinks=False)
    os.utime(staged)


def stage(path: str, data: bytes, prepare: Callable[[str], None], undo: ExitStack) -> str:
    """Write ``data``, durably, to a hidden neighbour of ``path``, and return its name.

    ``prepare`` is called with that name, to give it owner, group, mode and context before anyone sees it.
    What takes the step back is left with ``undo``.
    """
    temporary = _neighbour(path, "new")
    # A run that was killed may have left its own.
    _remove(temporary)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    undo.callback(_remove, temporary)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        prepare(temporary)
        os.fsync(descriptor)
    return temporary


def replace(path: str, staged: Optional[str], backup: Optional[str], undo: ExitStack) -> None:
    """Put the ``staged`` file at ``path``, or remove ``path`` (None); durable when it returns.

    The earlier file, if there is one, stays as a second link: as ``backup``, or until ``undo`` is closed or dropped.
    """
    if os.path.lexists(path):
        earlier = backup or _neighbour(path, "old")
        _remove(earlier)
        os.link(path, earlier)
        undo.callback(_remove, earlier)
        undo.callback(_sync_folder, path)
        undo.callback(_put_back, earlier, path)
    else:
        undo.callback(_sync_folder, path)
        undo.callback(_remove, path)
    if staged:
        os.rename(staged, path)
    else:
        os.unlink(path)
    _sync_folder(path)


def forget(path: str) -> None:
    """Drop the second link to the earlier file that ``replace`` made, if it made one that is no backup; at worst, the next run
    does it."""
    with suppress(OSError):
        _remove(_neighbour(path, "old"))


def _neighbour(path: str, kind: str) -> str:
    folder, name = os.path.split(path)
    return os.path.join(folder, ".{0}.{1}".format(name, kind))


def _put_back(earlier: str, path: str) -> None:
    # rename(2) does nothing where both names are links to one file: then it is still in place.
    os.rename(earlier, path)


def _remove(path: str) -> None:
    with suppress(FileNotFoundError):
        os.unlink(path)


def _sync_folder(path: str) -> None:
    descriptor = os.open(os.path.dirname(path), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
