# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files replaced so that a power cut leaves the earlier file or the new one, complete; and the way back.

What a killed run leaves behind is removed by the next one (_leftovers.py).
"""

import os
import shutil
from contextlib import suppress
from typing import Any, Callable, Optional

from .._settings import KeepaliveError
from . import _names
from ._file import Content, Link
from ._sync import sync_folder
from ._undo import Undo


def make_folder(path: str, undo: Undo) -> None:
    """Make a folder, durably, where it is missing."""
    if not os.path.isdir(path):
        undo.add(sync_folder, path)
        undo.add(os.rmdir, path)
        os.mkdir(path, 0o755)
        os.chmod(path, 0o755)
        sync_folder(path)


def stage(path: str, content: Content, prepare: Callable[[str], Any], number: int, undo: Undo) -> str:
    """Write ``content``, durably, to a temporary file beside ``path``, and return its name.

    ``prepare`` is called with that name, to set owner, group, mode and context before the file is in place.
    ``number`` distinguishes several changes of one file.
    """
    staged = _names.temporary(path, _names.NEW, number)
    if isinstance(content, Link):
        os.symlink(content.target, staged)
        undo.add(_remove, staged)
        return staged
    descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    undo.add(_remove, staged)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        prepare(staged)
        os.fsync(descriptor)
    return staged


def replace(path: str, staged: Optional[str], backup: Optional[str], number: int, undo: Undo) -> None:
    """Put the ``staged`` file at ``path``, or remove ``path`` (None); durable when it returns.

    The earlier file, if any, keeps a second link, and one named ``backup`` if given, until ``forget`` is
    called.
    """
    earlier = None
    if os.path.lexists(path):
        earlier = _earlier(path, backup, number)
        os.link(path, earlier, follow_symlinks=False)
        undo.add(_put_back, earlier, path)
    else:
        undo.add(sync_folder, path)
        undo.add(_remove, path)
    if staged:
        os.rename(staged, path)
    else:
        os.unlink(path)
    if earlier and backup:
        os.link(earlier, backup, follow_symlinks=False)
        undo.add(_remove, backup)
    sync_folder(path)


def forget(path: str, backup: Optional[str], number: int) -> None:
    """Remove the second link to the earlier file that ``replace`` made; OSError where that fails."""
    _remove(_earlier(path, backup, number))


def other_links(path: str) -> int:
    """Return how many other names a file has (hard links), without those that a killed or failed run left."""
    status, folder = os.lstat(path), os.path.dirname(path)
    if status.st_nlink == 1:
        return 0
    left_over = [
        name
        for name in os.listdir(folder)
        if _names.parse_temporary(folder, name) or _names.is_backup(path, name)
    ]
    return status.st_nlink - 1 - sum(same_file(path, os.path.join(folder, name)) for name in left_over)


def same_file(path: str, other: str) -> bool:
    try:
        return os.path.samestat(os.lstat(path), os.lstat(other))
    except OSError:
        return False


def copy_attributes(path: str, staged: str) -> None:
    """Give a new file the owner, group, mode and extended attributes of the file that it will replace."""
    status = os.lstat(path)
    os.chown(staged, status.st_uid, status.st_gid)
    # A folder's default ACL is applied to every new file.
    with suppress(OSError):
        for name in set(os.listxattr(staged)) - set(os.listxattr(path)):
            os.removexattr(staged, name)
    shutil.copystat(path, staged, follow_symlinks=False)
    os.utime(staged)


def _earlier(path: str, backup: Optional[str], number: int) -> str:
    return _names.temporary(path, _names.KEEP if backup else _names.OLD, number)


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
