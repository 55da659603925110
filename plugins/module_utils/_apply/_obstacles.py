# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What would prevent a file from being written or removed, found before anything changes."""

import os
import stat
from typing import List, Optional

from .._dropin_path import ALLOWED_FOLDERS
from .._settings import KeepaliveError
from . import _chattr

# NAME_MAX less what a backup's name adds.
_LONGEST_NAME = 200


def check(path: str, proc: str, is_link: bool = False) -> None:
    """Raise KeepaliveError unless a file could be written to, or removed from, ``path``. Changes nothing.

    ``is_link``: what is there now is known to be a symbolic link, and is replaced as such.
    """
    folder, name = os.path.split(path)
    if not os.path.isdir(folder):
        raise KeepaliveError(
            f"{folder} is not a folder, so {path} cannot be written. "
            'Create it, or set only the running kernel ("persist: false").'
        )
    reason = _folder_obstacle(folder, name) or (None if is_link else _file_obstacle(path, proc))
    if reason:
        advice = 'Fix that, or set only the running kernel ("persist: false").'
        raise KeepaliveError(f"{path} cannot be written: {reason}. {advice}")


def _folder_obstacle(folder: str, name: str) -> Optional[str]:
    real = os.path.realpath(folder)
    if real != folder:
        choice = f"; give {os.path.join(real, name)} as the path" if real in ALLOWED_FOLDERS else ""
        return f"{folder} is a symbolic link to {real}, and links are not followed{choice}"
    if len(os.fsencode(name)) > _LONGEST_NAME:
        return "its name leaves no room for that of a backup"
    if os.stat(folder).st_mode & stat.S_IWOTH:
        return f"anyone may write to {folder}, and replace what is in it (chmod o-w)"
    if os.statvfs(folder).f_flag & os.ST_RDONLY:
        return "the file system is read-only"
    if not os.access(folder, os.W_OK | os.X_OK):
        if os.geteuid():
            return 'permission denied (run as root: "become: true")'
        return f"permission denied, even for root: {folder} may be immutable (lsattr)"
    if _chattr.flags(folder) & _chattr.APPEND_ONLY:
        return f"{folder} accepts new files, but none may be replaced (chattr -a)"
    return None


def _file_obstacle(path: str, proc: str) -> Optional[str]:
    if not os.path.lexists(path):
        return None
    if path in _mount_points(proc):
        return "it is a mount point of its own, like a file bind-mounted into a container"
    # An immutable file can be neither opened for writing nor replaced.
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC))
    except OSError as error:
        return error.strerror
    return None


def _mount_points(proc: str) -> List[str]:
    """Return where file systems are mounted (proc_pid_mountinfo(5)), nothing where that cannot be read."""
    try:
        with open(os.path.join(proc, "self/mountinfo"), encoding="utf-8", errors="surrogateescape") as file:
            return [line.split(" ")[4] for line in file]
    except OSError:
        return []
