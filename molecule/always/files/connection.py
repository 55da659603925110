# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a connection that never asks for keepalive, and prints what each end has: on, time, intvl, probes."""

import json
import socket

OPTIONS = (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)

listener = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(listener.getsockname())
server, _address = listener.accept()
print(
    json.dumps(
        [
            [
                end.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE),
                *(end.getsockopt(socket.IPPROTO_TCP, option) for option in OPTIONS),
            ]
            for end in (client, server)
        ]
    )
)
