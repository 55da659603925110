# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Established TCP sockets and their timers, as sock_diag(7) tells them, or /proc/net/tcp where that can not be asked."""

import os
import socket
import struct
from collections import Counter
from operator import itemgetter
from typing import Any, Callable, Dict, Iterator, List, Tuple

# include/uapi/linux/{netlink,sock_diag,inet_diag}.h, include/net/tcp_states.h
_NETLINK_SOCK_DIAG = 4
_SOCK_DIAG_BY_FAMILY = 20
_NLM_F_REQUEST_DUMP = 0x301
_NLMSG_ERROR, _NLMSG_DONE = 2, 3
_TCP_ESTABLISHED = 1
_HEADER = struct.Struct("=IHHII")
_REQUEST = struct.Struct("=BBxxI48x")
# Of nlmsghdr the length; of inet_diag_msg timer, remote port (in the network's order), when the timer expires, and inode.
_MESSAGE = "=I14xBx2xH44xI12xI"
_MESSAGE_SIZE = struct.calcsize(_MESSAGE)
_LENGTH, _TIMER = itemgetter(0), itemgetter(1)
_BUFFER = 1 << 20
_SECONDS = 30

KEEPALIVE_TIMER, NO_TIMER = 2, 0


# A socket is a plain tuple, since there may be very many: (anything, timer, remote port, expires, inode), with the timer that
# runs by the kernel's number, the port in the network's byte order, and the milliseconds until the timer expires.
Socket = Tuple[int, int, int, int, int]


def established(proc: str, note: Callable[[str], Any]) -> List[Socket]:
    """Return the established sockets of this process's network namespace; ``note`` hears what had to be done differently."""
    try:
        return _ask()
    except (OSError, struct.error) as error:
        note("Sockets are read from /proc/net/tcp, since sock_diag can not be asked: {0}.".format(error))
        return list(_from_proc(proc))


def counts(found: List[Socket], time: int) -> Dict[str, int]:
    """Return how many are established, have a keepalive timer, have none, are busy with another timer, and have a keepalive
    timer armed for longer than ``time`` seconds (negative: for ever)."""
    timers = Counter(map(_TIMER, found))
    limit = time * 1000 if time >= 0 else float("inf")
    return {
        "established": len(found),
        "keepalive": timers[KEEPALIVE_TIMER],
        "unprotected": timers[NO_TIMER],
        "overlong": sum(1 for one in found if one[3] > limit and one[1] == KEEPALIVE_TIMER),
        "busy": len(found) - timers[KEEPALIVE_TIMER] - timers[NO_TIMER],
    }


def _ask() -> List[Socket]:
    found = []  # type: List[Socket]
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_SOCK_DIAG) as netlink:
        netlink.settimeout(_SECONDS)
        for family in (socket.AF_INET, socket.AF_INET6):
            request = _REQUEST.pack(family, socket.IPPROTO_TCP, 1 << _TCP_ESTABLISHED)
            header = _HEADER.pack(_HEADER.size + len(request), _SOCK_DIAG_BY_FAMILY, _NLM_F_REQUEST_DUMP, 0, 0)
            netlink.send(header + request)
            while not _take(netlink.recv(_BUFFER), found):
                pass
    return found


def _take(data: bytes, found: List[Socket]) -> bool:
    """Add the sockets of one datagram; tell whether it was the last."""
    at = 0
    while at < len(data):
        length, kind, _flags, _sequence, _pid = _HEADER.unpack_from(data, at)
        if kind == _NLMSG_DONE:
            return True
        if kind == _NLMSG_ERROR:
            number = -struct.unpack_from("=i", data, at + _HEADER.size)[0]
            raise OSError(number, os.strerror(number))
        # Nearly all messages are of one length, and there may be very many: struct takes them apart at once, in C.
        shape = struct.Struct("{0}{1}x".format(_MESSAGE, length - _MESSAGE_SIZE))
        alike = list(shape.iter_unpack(data[at : at + (len(data) - at) // length * length]))
        if any(map(length.__ne__, map(_LENGTH, alike))):
            del alike[next(number for number, one in enumerate(alike) if one[0] != length) :]
        found += alike
        at += length * len(alike)
    return False


def _from_proc(proc: str) -> Iterator[Socket]:
    """Read the tables as text (proc_net_tcp.rst); one that is not there has nothing."""
    ticks = os.sysconf("SC_CLK_TCK")
    for name in ("tcp", "tcp6"):
        try:
            with open(os.path.join(proc, "thread-self/net", name), encoding="ascii") as file:
                rows = [line.split() for line in file][1:]
        except FileNotFoundError:
            continue
        for fields in rows:
            if int(fields[3], 16) == _TCP_ESTABLISHED:
                timer, when = (int(part, 16) for part in fields[5].split(":"))
                port = socket.htons(int(fields[2].rpartition(":")[2], 16))
                yield 0, timer, port, when * 1000 // ticks, int(fields[9])
