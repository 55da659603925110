# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The times that sockets themselves have, of their network namespace or by their application's choice."""

import socket
from contextlib import suppress
from typing import Dict, Set

from .._network import _processes
from . import _loader


def own_times(proc: str, inodes: Set[int]) -> Dict[int, int]:
    """Return the longest wait of each socket for which that can be read, in seconds: its idle time, or the
    interval of its probes. Only root may look at the sockets of others."""
    found: Dict[int, int] = {}
    for pid in _processes.pids(proc):
        if len(found) == len(inodes):
            break
        with suppress(OSError):
            held = [each for each in _loader.sockets_of(pid, proc) if each[1] in inodes]
            if held:
                with _loader.closing(_loader.syscall(_loader.PIDFD_OPEN, pid)) as process:
                    for descriptor, inode in held:
                        found.update(_of_one(process, descriptor, inode))
    return found


def _of_one(process: int, descriptor: int, inode: int) -> Dict[int, int]:
    connection = _loader.copy(process, descriptor, inode)
    if connection is None:
        return {}
    with connection:
        options = (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL)
        return {inode: max(connection.getsockopt(socket.IPPROTO_TCP, option) for option in options)}
