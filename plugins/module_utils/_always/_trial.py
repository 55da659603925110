# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What this kernel can do, proved by a connection in a control group and a network namespace of its own."""

import ctypes
import fcntl
import os
import socket
import struct
from contextlib import suppress
from typing import Optional

from .._in_child import ChildError, in_child
from .._settings import KeepaliveError
from . import _loader
from ._loader import Values

# include/uapi/linux/{sched,sockios,if}.h
_CLONE_NEWNET, _SIOCSIFFLAGS, _IFF_UP = 0x40000000, 0x8914, 1
_VALUES = Values(1234, 56, 7)
_TRIAL = "tcp_keepalive_trial"
_SECONDS = 5


def only_turns_on(root: int) -> bool:
    """Return whether the program can only turn keepalive on, which is so before Linux 6.1. KeepaliveError
    where it cannot even do that, OSError where a program cannot be loaded or attached."""
    seen = _try(root)
    if not seen:
        raise KeepaliveError(
            f"A BPF program on this kernel ({os.uname().release}) does not turn keepalive on, as one does "
            "from Linux 5.9 on. Nothing was changed."
        )
    return seen != _VALUES.time


def _try(root: int) -> int:
    """Return the idle time of a connection that has keepalive, 0 where it has none."""
    # A killed run may have left it; the lock on the root is held.
    with suppress(FileNotFoundError):
        os.rmdir(_TRIAL, dir_fd=root)
    os.mkdir(_TRIAL, dir_fd=root)
    try:
        with _loader.group_of(root, _TRIAL) as group, _loader.closing(_loader.program_like(None)) as program:
            _loader.set_values(program, _VALUES)
            _loader.attach(group, program)
            return in_child(lambda: _idle_time(group))
    except ChildError as error:
        raise KeepaliveError(f"A trial connection failed: {error}. Nothing was changed.") from error
    finally:
        os.rmdir(_TRIAL, dir_fd=root)


def _idle_time(group: int) -> int:
    """Move this process into the group and a new network namespace, and return what _try returns."""
    with open(os.open("cgroup.procs", os.O_WRONLY, dir_fd=group), "w") as file:
        file.write(str(os.getpid()))
    if ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    with socket.socket() as listener, socket.socket() as client:
        fcntl.ioctl(listener, _SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", _IFF_UP))
        client.settimeout(_SECONDS)
        listener.bind(("127.0.0.1", 0))
        listener.listen(1)
        client.connect(listener.getsockname())
        on: Optional[int] = client.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
        return client.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE) if on else 0
