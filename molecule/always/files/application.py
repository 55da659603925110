# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A service that never asks for keepalive, connected to itself from its start on."""

import signal
import socket
import sys

# A container's first process gets no signal without a handler.
signal.signal(signal.SIGTERM, lambda *_: sys.exit())
listener = socket.create_server(("127.0.0.1", 7001))
client = socket.create_connection(listener.getsockname())
held = [client]
while True:
    held.append(listener.accept()[0])
