# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a file could be put at a path, or removed from it: everything that can be seen before it is tried."""

import fcntl
import os
import stat
import struct
from typing import List, Optional

from ansible_collections.netops.tcp_keepalive.plugins.module_utils import _dropin
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import KeepaliveError

# NAME_MAX less what a backup's name adds.
_LONGEST_NAME = 200

# FS_IOC_GETFLAGS, _IOR('f', 1, long), and FS_APPEND_FL (include/uapi/linux/fs.h).
_GET_FLAGS = 0x80006601 | struct.calcsize("l") << 16
_APPEND_ONLY = 0x20


def check(path: str, proc: str) -> None:
    """Raise KeepaliveError unless a file could be put at, or removed from, ``path``. Changes nothing."""
    folder, name = os.path.split(path)
    if not os.path.isdir(folder):
        raise KeepaliveError(
            '{0} is not a folder, so {1} can not be written. Create it, or set now only ("persist: false").'.format(folder, path)
        )
    reason = _hindrance(folder, name) or _file_hindrance(path, proc)
    if reason:
        raise KeepaliveError('{0} can not be written: {1}. Mend that, or set now only ("persist: false").'.format(path, reason))


def _hindrance(folder: str, name: str) -> Optional[str]:
    """Return what about a folder is in the way."""
    real = os.path.realpath(folder)
    if real != folder:
        choice = "; give {0} as the path".format(os.path.join(real, name)) if real in _dropin.FOLDERS else ""
        return "{0} is a symbolic link to {1}, and none is followed{2}".format(folder, real, choice)
    if len(os.fsencode(name)) > _LONGEST_NAME:
        return "its name leaves no room for that of a backup"
    if os.stat(folder).st_mode & stat.S_IWOTH:
        return "anyone may write to {0}, and replace what is in it (chmod o-w)".format(folder)
    if os.statvfs(folder).f_flag & os.ST_RDONLY:
        return "the file system is read-only"
    if not os.access(folder, os.W_OK | os.X_OK):
        if os.geteuid():
            return 'permission denied (run as root: "become: true")'
        return "permission denied, to root too: {0} may be immutable (lsattr)".format(folder)
    if _append_only(folder):
        return "{0} takes new files, but lets none be replaced (chattr -a)".format(folder)
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


def _append_only(folder: str) -> bool:
    """Tell whether a folder has the attribute "a" of chattr(1) (include/uapi/linux/fs.h); not every file system has any."""
    answer = bytearray(struct.calcsize("l"))
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.ioctl(descriptor, _GET_FLAGS, answer)
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return bool(struct.unpack("i", answer[:4])[0] & _APPEND_ONLY)


def _mount_points(proc: str) -> List[str]:
    """Return where something is mounted (proc_pid_mountinfo(5)), none where that can not be seen."""
    try:
        with open(os.path.join(proc, "self/mountinfo"), encoding="utf-8", errors="surrogateescape") as file:
            return [line.split(" ")[4] for line in file]
    except OSError:
        return []
