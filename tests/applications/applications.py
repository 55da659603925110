# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples in examples/applications: how each is run, and its row of the docs' table."""

from typing import NamedTuple

PORT = 7000


class Application(NamedTuple):
    """``build``, ``server`` and ``client`` are shell commands; without ``client``, plain TCP is used.

    ``documented``: what turns keepalive on, and what can be chosen; ``idle``: seconds that the kernel's timer
    must show.
    """

    name: str
    file: str
    server: str
    client: str = ""
    build: str = ""
    documented: str = ""
    idle: int = 60


THREE = "time, intvl and probes"

APPLICATIONS = [
    Application(
        "C",
        "keepalive.c",
        "./keepalive-c server 7000",
        "./keepalive-c client 7000",
        "cc -Wall -Werror -o keepalive-c keepalive.c",
        f"`setsockopt`: `SO_KEEPALIVE`; {THREE}",
    ),
    Application(
        "Python",
        "keepalive.py",
        "python3 keepalive.py server 7000",
        "python3 keepalive.py client 7000",
        documented=f"`socket.setsockopt`: `SO_KEEPALIVE`; {THREE}",
    ),
    Application(
        "Go",
        "keepalive.go",
        "./keepalive-go server 7000",
        "./keepalive-go client 7000",
        "HOME=/tmp GO111MODULE=off go build -o keepalive-go keepalive.go",
        f"on by default, 15 s of Go's own; `Control` of `net.ListenConfig` and `net.Dialer`: {THREE}",
    ),
    Application(
        "Rust",
        "keepalive.rs",
        "./keepalive-rs server 7000",
        "./keepalive-rs client 7000",
        "rustc -o keepalive-rs keepalive.rs",
        f"crate socket2, or `setsockopt`: {THREE}",
    ),
    Application(
        "Node.js",
        "keepalive.mjs",
        "node keepalive.mjs server 7000",
        "node keepalive.mjs client 7000",
        documented="`keepAlive: true`, `keepAliveInitialDelay`: time; from 24.19 and 26.4 on "
        "`socket.setKeepAlive` takes intvl and probes too",
    ),
    Application(
        "Java, Socket and ServerSocket",
        "KeepAliveSocket.java",
        "java KeepAliveSocket.java server 7000",
        "java KeepAliveSocket.java client 7000",
        documented=f"`setKeepAlive(true)` on each accepted socket; `ExtendedSocketOptions`: {THREE}",
    ),
    Application(
        "Java, NIO channels",
        "KeepAliveChannel.java",
        "java KeepAliveChannel.java server 7000",
        "java KeepAliveChannel.java client 7000",
        documented="`StandardSocketOptions.SO_KEEPALIVE` on each accepted channel; "
        f"`ExtendedSocketOptions`: {THREE}",
    ),
    Application(
        "Java, Netty 4",
        "KeepAliveNetty.java",
        "java -cp '/usr/share/java/*' KeepAliveNetty.java server 7000",
        "java -cp '/usr/share/java/*' KeepAliveNetty.java client 7000",
        documented=f"`ChannelOption.SO_KEEPALIVE`, on a server as `childOption`; `NioChannelOption`: {THREE}",
    ),
    Application(
        "OpenSSH",
        "sshd_config",
        "/usr/sbin/sshd -D -e -f $PWD/sshd_config",
        build="ssh-keygen -q -t ed25519 -N '' -f /tmp/host_key; mkdir -p /run/sshd",
        documented="`TCPKeepAlive`, on by default: the host's values; "
        "`ClientAliveInterval` has messages of its own",
        idle=7200,
    ),
    Application(
        "PostgreSQL",
        "postgresql.conf",
        "su postgres -c '/usr/lib/postgresql/*/bin/postgres -D /tmp/data"
        " -c config_file=/files/postgresql.conf'",
        build="su postgres -c '/usr/lib/postgresql/*/bin/initdb -D /tmp/data > /dev/null'",
        documented=f"on by default; `tcp_keepalives_idle`, `_interval`, `_count`: {THREE}",
    ),
    Application(
        "Redis",
        "redis.conf",
        "redis-server redis.conf",
        documented="`tcp-keepalive`: time; intvl is a third of it, probes 3",
    ),
    Application(
        "nginx",
        "nginx.conf",
        "nginx -c $PWD/nginx.conf",
        documented=f"`listen ... so_keepalive=60s:10s:5`: {THREE}",
    ),
    Application(
        "HAProxy",
        "haproxy.cfg",
        "haproxy -q -f haproxy.cfg",
        documented=f"`option clitcpka`, `option srvtcpka`, and `-idle`, `-intvl`, `-cnt` of each: {THREE}",
    ),
]
# Shown, but not run by the test: it needs a running systemd.
NOT_RUN = [
    Application(
        "systemd socket units",
        "application.socket",
        "",
        documented=f"`KeepAlive=yes`, `KeepAliveTimeSec=`, `…IntervalSec=`, `…Probes=`: {THREE}",
    )
]


def table() -> str:
    """Return the table for the docs."""
    rows = ["| what | turned on by; what can be chosen | example |", "|---|---|---|"]
    for application in APPLICATIONS + NOT_RUN:
        file = f"[{application.file}](../../examples/applications/{application.file})"
        note = "" if application.server else " (not run in the tests)"
        rows.append(f"| {application.name} | {application.documented} | {file}{note} |")
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    print(table(), end="")
