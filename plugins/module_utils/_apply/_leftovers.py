# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a killed run may have left behind: temporary files, which the next run removes."""

import os
import stat
from contextlib import suppress

from . import _names


def sweep(folder: str) -> None:
    """Remove what a killed run left in a folder; an earlier file that it was to keep becomes the backup.

    A folder that is a symbolic link is skipped, and so is what cannot be read or removed.
    """
    if os.path.realpath(folder) != folder or not os.path.isdir(folder):
        return
    entries = []
    with suppress(OSError):
        entries = os.listdir(folder)
    for temporary in filter(None, (_names.parse_temporary(folder, name) for name in entries)):
        with suppress(OSError):
            _clean_up(temporary)


def _clean_up(temporary: _names.Temporary) -> None:
    status = os.lstat(temporary.path)
    if not stat.S_ISREG(status.st_mode) and not stat.S_ISLNK(status.st_mode):
        return
    if temporary.kind == _names.KEEP and status.st_nlink == 1:
        os.rename(temporary.path, _names.backup(temporary.target))
    else:
        os.unlink(temporary.path)
