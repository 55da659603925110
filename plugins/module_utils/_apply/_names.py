# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Names of the files that a run creates beside another: temporary files and backups.

Temporary names start with a dot and do not end in .conf, and backups end in a tilde: no boot tool reads
either.
"""

import os
import re
import time
from typing import NamedTuple, Optional

# A staged file; the earlier file until the run has succeeded; the same where it is to become the backup.
NEW, OLD, KEEP = "new", "old", "keep"

_TEMPORARY = re.compile(r"\.(.+)\.tcp_keepalive-(new|old|keep)\d+")


class Temporary(NamedTuple):
    """``path``: the temporary file; ``target``: the file that it belongs to; ``kind``: NEW, OLD or KEEP."""

    path: str
    target: str
    kind: str


def temporary(path: str, kind: str, number: int) -> str:
    """Return the temporary name beside ``path``; ``number`` distinguishes several changes of one file."""
    folder, name = os.path.split(path)
    return os.path.join(folder, f".{name}.tcp_keepalive-{kind}{number}")


def parse_temporary(folder: str, name: str) -> Optional[Temporary]:
    """Return what a name in a folder is the temporary file of, None for any other name."""
    match = _TEMPORARY.fullmatch(name)
    return (
        Temporary(os.path.join(folder, name), os.path.join(folder, match.group(1)), match.group(2))
        if match
        else None
    )


def backup(path: str) -> str:
    """Return a free name for a backup, in the form of AnsibleModule.backup_local."""
    name = f"{path}.{os.getpid()}.{time.strftime('%Y-%m-%d@%H:%M:%S')}~"
    while os.path.lexists(name):
        name += "~"
    return name


def is_backup(path: str, name: str) -> bool:
    """Return whether ``name`` is one that a backup of the file at ``path`` has."""
    form = re.escape(os.path.basename(path)) + r"\.\d+\.\d{4}-\d\d-\d\d@\d\d:\d\d:\d\d~+"
    return bool(re.fullmatch(form, name))
