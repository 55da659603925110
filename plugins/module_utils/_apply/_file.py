# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a file holds: data, or where a symbolic link leads."""

import os
import stat
from typing import NamedTuple, Optional, Union

from .._settings import KeepaliveError


class Link(NamedTuple):
    """A symbolic link."""

    target: str


Content = Union[bytes, Link]


def read(path: str) -> Optional[Content]:
    """Return what is at a path, None where nothing is. KeepaliveError where it is special, or unreadable."""
    try:
        status = os.lstat(path)
        if stat.S_ISLNK(status.st_mode):
            return Link(os.readlink(path))
        if not stat.S_ISREG(status.st_mode):
            raise KeepaliveError(f"{path} is special, not a regular file. Remove it, or choose another path.")
        with open(path, "rb") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise KeepaliveError(f"{path} cannot be read: {error.strerror}.")


def read_data(path: str) -> Optional[bytes]:
    """Return a file's data, None where it does not exist. KeepaliveError for a symbolic link too."""
    content = read(path)
    if isinstance(content, Link):
        raise KeepaliveError(
            f"{path} is a symbolic link to {content.target}, not a regular file. "
            "Remove it, or choose another path."
        )
    return content
