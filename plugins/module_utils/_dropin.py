# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our own file on disk: where it may be, and what it holds."""

import os
import re
import stat
from typing import Optional

from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import KeepaliveError

# sysctl.d(5), without /run, which is empty after a boot. /lib is what /usr/lib was before the merged /usr.
FOLDERS = ("/etc/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d", "/lib/sysctl.d")

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
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise KeepaliveError("{0} can not be read: {1}.".format(path, error.strerror))
