# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections on loopback, and what the kernel holds for them."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NamedTuple

TCP_USER_TIMEOUT = 18


class Keepalive(NamedTuple):
    """What a socket has: on or off, three values, and TCP_USER_TIMEOUT in milliseconds."""

    on: bool
    time: int
    intvl: int
    probes: int
    user_timeout: int = 0


OFF = Keepalive(False, 7200, 75, 9)


def keepalive(sock: socket.socket) -> Keepalive:
    on = sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    options = (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT, TCP_USER_TIMEOUT)
    return Keepalive(bool(on), *(sock.getsockopt(socket.IPPROTO_TCP, option) for option in options))


def nothing(_sock: socket.socket) -> None:
    """What an application does that never asks."""


def asks(**values: int) -> Callable[[socket.socket], None]:
    """Return what an application does that asks, for values of its own where they are given."""
    options = {"time": socket.TCP_KEEPIDLE, "intvl": socket.TCP_KEEPINTVL, "probes": socket.TCP_KEEPCNT}

    def ask(sock: socket.socket) -> None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in values.items():
            sock.setsockopt(socket.IPPROTO_TCP, options[name], value)

    return ask


@contextmanager
def connection(
    client: Callable = nothing, server: Callable = nothing, family: int = socket.AF_INET, protocol: int = 0
) -> Iterator[tuple[socket.socket, socket.socket]]:
    """Yield both ends of a connection; ``client`` and ``server`` set up what connects and what listens."""
    with (
        socket.socket(family, socket.SOCK_STREAM, protocol) as listener,
        socket.socket(family, socket.SOCK_STREAM, protocol) as connecting,
    ):
        server(listener)
        listener.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0))
        listener.listen()
        client(connecting)
        connecting.connect(listener.getsockname()[:2])
        accepted, _address = listener.accept()
        with accepted:
            yield connecting, accepted
