# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a file of ours may be: where all boot tools read it, and read it alike."""

import os
import re

from ._settings import KeepaliveError

# sysctl.d(5), without /run, which is empty after a boot. /lib is what /usr/lib was before the merged /usr.
ALLOWED_FOLDERS = ("/etc/sysctl.d", "/usr/local/lib/sysctl.d", "/usr/lib/sysctl.d", "/lib/sysctl.d")

# procps takes brackets and braces in a path as a pattern; systemd skips a name that starts with a dot.
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+@-]{0,190}\.conf", re.ASCII)


def check_path(path: str) -> None:
    """Raise KeepaliveError unless ``path`` is one that boot tools read, and read alike."""
    folder, name = os.path.split(path)
    if folder not in ALLOWED_FOLDERS:
        raise KeepaliveError(
            f"path: {path!r} is refused: boot tools read the folders {', '.join(ALLOWED_FOLDERS)}, "
            "and no sub-folder."
        )
    if not _NAME.fullmatch(name):
        raise KeepaliveError(
            f'path: {path!r} is refused: the name must end in ".conf" and consist of some 200 letters, '
            'digits and "._+@-" at most, as in 99-tcp-keepalive.conf, or some boot tool skips it.'
        )
