# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The attributes of chattr(1) that prevent a file from being replaced."""

import fcntl
import os
import struct
from contextlib import suppress

# FS_IOC_GETFLAGS, FS_IOC_SETFLAGS, FS_IMMUTABLE_FL and FS_APPEND_FL (include/uapi/linux/fs.h).
_LONG = struct.calcsize("l") << 16
_GET_FLAGS, _SET_FLAGS = 0x80006601 | _LONG, 0x40006602 | _LONG
IMMUTABLE, APPEND_ONLY = 0x10, 0x20


def flags(path: str) -> int:
    """Return the attributes of a file or folder as bits; 0 where the file system has none."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        # The kernel fills in an int, although the request's number says long.
        (bits,) = struct.unpack("i4x", fcntl.ioctl(descriptor, _GET_FLAGS, bytes(8)))
        return int(bits)
    except OSError:
        return 0
    finally:
        os.close(descriptor)


def unlock(path: str) -> None:
    """Clear the attributes that prevent a file from being replaced, where the file system has any."""
    with suppress(OSError):
        bits = flags(path)
        if bits & (IMMUTABLE | APPEND_ONLY):
            with open(path, "rb") as file:
                fcntl.ioctl(file, _SET_FLAGS, struct.pack("i4x", bits & ~(IMMUTABLE | APPEND_ONLY)))
