# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""TCP keepalive in Python: set on the listening socket, it is inherited by every accepted one (Linux).

python3 keepalive.py server 7000 & python3 keepalive.py client 7000
"""

import socket
import sys


def keep_alive(sock: socket.socket) -> None:
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    # Without these three the host's settings apply.
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 60)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 10)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 5)


role, port = sys.argv[1], int(sys.argv[2])
if role == "server":
    listener = socket.create_server(("127.0.0.1", port))
    keep_alive(listener)
    connection, _address = listener.accept()
else:
    connection = socket.create_connection(("127.0.0.1", port))
    keep_alive(connection)
while connection.recv(64):
    pass
