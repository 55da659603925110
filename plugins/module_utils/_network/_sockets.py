# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Established TCP sockets and their timers, from sock_diag(7), or from /proc/net/tcp where that is not
available."""

import os
import socket
import struct
from array import array
from typing import Callable, Dict, Iterable, List, NamedTuple, Optional, Set

# include/uapi/linux/{netlink,sock_diag,inet_diag}.h, include/net/tcp_states.h
_NETLINK_SOCK_DIAG = 4
_SOCK_DIAG_BY_FAMILY = 20
_NLM_F_REQUEST_DUMP = 0x301
_NLMSG_ERROR, _NLMSG_DONE = 2, 3
_TCP_ESTABLISHED = 1
_HEADER = struct.Struct("=IHHII")
_REQUEST = struct.Struct("=BBxxI48x")
# Offsets in a message, a nlmsghdr and an inet_diag_msg: timer in bytes, remote port in units of 2 bytes,
# expires and inode in units of 4.
_TIMER, _PORT, _EXPIRES, _INODE = 18, 11, 17, 21
_ATTRIBUTES, _CGROUP_ID = 88, 21
_LONGEST = 2**32 - 1
_BUFFER = 1 << 16
_SECONDS = 30

KEEPALIVE_TIMER, NO_TIMER = 2, 0


class Sockets(NamedTuple):
    """Sockets by columns, since there may be very many: the timer that runs by the kernel's number, the
    remote port in the network's byte order, the milliseconds until the timer expires, the inode, and the
    control group by its number, 0 where that is not told (before Linux 5.8)."""

    timers: bytearray
    ports: "array[int]"
    expires: "array[int]"
    inodes: "array[int]"
    groups: "array[int]"

    def pick(self, rows: List[int]) -> "Sockets":
        """Return some of them."""
        return Sockets(
            bytearray(self.timers[row] for row in rows),
            array("H", [self.ports[row] for row in rows]),
            array("I", [self.expires[row] for row in rows]),
            array("I", [self.inodes[row] for row in rows]),
            array("Q", [self.groups[row] for row in rows]),
        )


def none() -> Sockets:
    return Sockets(bytearray(), array("H"), array("I"), array("I"), array("Q"))


def established(proc: str, warn: Callable[[str], object]) -> Optional[Sockets]:
    """Return the established sockets of this process's network namespace, None if they cannot be seen.

    ``warn`` gets the reason, or that another way was used.
    """
    try:
        return _ask()
    except (OSError, struct.error) as error:
        reason = f"sock_diag cannot be asked: {error}"
    try:
        sockets = _from_proc(proc)
    except OSError as error:
        warn(f"Sockets cannot be seen, since {reason}, and {error}.")
        return None
    warn(f"Sockets are read from /proc/net/tcp, since {reason}.")
    return sockets


def counts(sockets: Sockets, time: int) -> Dict[str, int]:
    """Return how many are established, have a keepalive timer, have none, are busy with another timer, and
    have a keepalive timer armed for longer than ``time`` seconds (negative: for ever)."""
    limit = time * 1000 if time >= 0 else float("inf")
    keepalive, unprotected = sockets.timers.count(KEEPALIVE_TIMER), sockets.timers.count(NO_TIMER)
    return {
        "established": len(sockets.timers),
        "keepalive": keepalive,
        "unprotected": unprotected,
        "overlong": sum(
            1
            for timer, left in zip(sockets.timers, sockets.expires)
            if left > limit and timer == KEEPALIVE_TIMER
        ),
        "busy": len(sockets.timers) - keepalive - unprotected,
    }


def leave_out_chosen(sockets: Sockets, time: int, own_times: Callable[[Set[int]], Dict[int, int]]) -> None:
    """Take timers that are longer than ``time``, but not than their socket's own time, for ones of ``time``:
    their application chose it."""
    if time < 0:
        return
    longer = {
        sockets.inodes[row]: row
        for row, left in enumerate(sockets.expires)
        if left > 1000 * time and sockets.timers[row] == KEEPALIVE_TIMER and sockets.inodes[row]
    }
    for inode, own in own_times(set(longer)).items() if longer else ():
        if sockets.expires[longer[inode]] <= 1000 * own:
            sockets.expires[longer[inode]] = 1000 * time


def _ask() -> Sockets:
    sockets = none()
    buffer = memoryview(bytearray(_BUFFER))
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_SOCK_DIAG) as netlink:
        netlink.settimeout(_SECONDS)
        for family in (socket.AF_INET, socket.AF_INET6):
            request = _REQUEST.pack(family, socket.IPPROTO_TCP, 1 << _TCP_ESTABLISHED)
            header = _HEADER.pack(
                _HEADER.size + len(request), _SOCK_DIAG_BY_FAMILY, _NLM_F_REQUEST_DUMP, 0, 0
            )
            netlink.send(header + request)
            while not _take(buffer[: netlink.recv_into(buffer)], sockets):
                pass
    return sockets


def _take(data: memoryview, sockets: Sockets) -> bool:
    """Add the sockets of one datagram; return whether it was the last."""
    while data:
        length, kind, _flags, _sequence, _pid = _HEADER.unpack_from(data)
        if kind == _NLMSG_DONE:
            return True
        if kind == _NLMSG_ERROR:
            number = -struct.unpack_from("=i", data, _HEADER.size)[0]
            raise OSError(number, os.strerror(number))
        # Nearly all messages are of one length: a column of those that follow each other is one slice.
        whole = data[: len(data) // length * length]
        lengths = whole.cast("I")[:: length // 4].tolist()
        alike = next((row for row, other in enumerate(lengths) if other != length), len(lengths)) * length
        _add(data[:alike], length, sockets)
        data = data[alike:]
    return False


def _add(messages: memoryview, length: int, sockets: Sockets) -> None:
    halves, words = messages.cast("H"), messages.cast("I")
    sockets.timers.extend(messages[_TIMER::length].tobytes())
    sockets.ports.frombytes(halves[_PORT :: length // 2].tobytes())
    sockets.expires.frombytes(words[_EXPIRES :: length // 4].tobytes())
    sockets.inodes.frombytes(words[_INODE :: length // 4].tobytes())
    sockets.groups.extend(_groups(messages, words, length))


def _groups(messages: memoryview, words: memoryview, length: int) -> Iterable[int]:
    """Return the control groups of messages of one length, whose attributes nearly always are alike too."""
    place = _attribute(messages[:length], _CGROUP_ID) // 4
    if not place:
        return [0] * (len(messages) // length)
    step = length // 4
    headers = words[place - 1 :: step].tolist()
    if headers.count(headers[0]) != len(headers):
        each = (messages[start : start + length] for start in range(0, len(messages), length))
        return [number for one in each for number in _groups(one, one.cast("I"), length)]
    return (low | high << 32 for low, high in zip(words[place::step], words[place + 1 :: step]))


def _attribute(message: memoryview, wanted: int) -> int:
    """Return where the value of an attribute begins, 0 where a message does not have it."""
    offset = _ATTRIBUTES
    while offset + 4 <= len(message):
        length, kind = struct.unpack_from("=HH", message, offset)
        if kind == wanted:
            return offset + 4
        offset += max(length + 3 & ~3, 4)
    return 0


def _from_proc(proc: str) -> Sockets:
    """Read the tables as text (proc_net_tcp.rst); without IPv6 there is no second one."""
    sockets, ticks = none(), os.sysconf("SC_CLK_TCK")
    folder = os.path.join(proc, "self/net")
    for name in ("tcp", "tcp6") if os.path.exists(os.path.join(folder, "tcp6")) else ("tcp",):
        with open(os.path.join(folder, name), encoding="ascii") as file:
            rows = [line.split() for line in file][1:]
        for fields in rows:
            if int(fields[3], 16) == _TCP_ESTABLISHED:
                timer, when = (int(part, 16) for part in fields[5].split(":"))
                sockets.timers.append(timer)
                sockets.ports.append(socket.htons(int(fields[2].rpartition(":")[2], 16)))
                sockets.expires.append(min(when * 1000 // ticks, _LONGEST))
                sockets.inodes.append(int(fields[9]))
                sockets.groups.append(0)
    return sockets
