# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is on the disk made durable, with fsync(2)."""

import errno
import os

from .._settings import KeepaliveError


def sync(path: str) -> None:
    """Make a file's attributes durable."""
    _sync(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)


def sync_folder(path: str) -> None:
    """Make durable which names are in the folder of a file."""
    _sync(os.path.dirname(path), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)


def sync_unchanged(path: str) -> None:
    """Make durable what is already as requested: the run that wrote it may have been killed too early to."""
    for step in (sync, sync_folder):
        try:
            step(path)
        except OSError as error:
            if error.errno in (errno.EIO, errno.ENOSPC, errno.EDQUOT):
                raise KeepaliveError(
                    f"{path} is as requested, but may not survive a power cut: {error.strerror}."
                )


def _sync(path: str, flags: int) -> None:
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
