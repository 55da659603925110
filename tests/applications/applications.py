"""The examples in examples/applications: how each is run, and what the docs say of it; their table is made from here."""

from typing import NamedTuple

PORT = 7000


class Application(NamedTuple):
    """``build`` and ``server`` and ``client`` are shell commands; without ``client`` a plain connection is enough.

    ``says``: what turns keepalive on, and what can be chosen; ``idle``: the seconds that the kernel's timer must show.
    """

    name: str
    file: str
    server: str
    client: str = ""
    build: str = ""
    says: str = ""
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
        says=f"`socket.setsockopt`: `SO_KEEPALIVE`; {THREE}",
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
        says="`keepAlive: true`, `keepAliveInitialDelay`: time only",
    ),
    Application(
        "Java, Socket and ServerSocket",
        "KeepAliveSocket.java",
        "java KeepAliveSocket.java server 7000",
        "java KeepAliveSocket.java client 7000",
        says=f"`setKeepAlive(true)` on each accepted socket; `ExtendedSocketOptions`: {THREE}",
    ),
    Application(
        "Java, NIO channels",
        "KeepAliveChannel.java",
        "java KeepAliveChannel.java server 7000",
        "java KeepAliveChannel.java client 7000",
        says=f"`StandardSocketOptions.SO_KEEPALIVE` on each accepted channel; `ExtendedSocketOptions`: {THREE}",
    ),
    Application(
        "Java, Netty 4",
        "KeepAliveNetty.java",
        "java -cp '/usr/share/java/*' KeepAliveNetty.java server 7000",
        "java -cp '/usr/share/java/*' KeepAliveNetty.java client 7000",
        says=f"`ChannelOption.SO_KEEPALIVE`, on a server as `childOption`; `NioChannelOption`: {THREE}",
    ),
    Application(
        "OpenSSH",
        "sshd_config",
        "/usr/sbin/sshd -D -e -f $PWD/sshd_config",
        build="ssh-keygen -q -t ed25519 -N '' -f /tmp/host_key; mkdir -p /run/sshd",
        says="`TCPKeepAlive`, on by default: the host's values; `ClientAliveInterval` has messages of its own",
        idle=7200,
    ),
    Application(
        "PostgreSQL",
        "postgresql.conf",
        "su postgres -c '/usr/lib/postgresql/*/bin/postgres -D /tmp/data -c config_file=/examples/postgresql.conf'",
        build="su postgres -c '/usr/lib/postgresql/*/bin/initdb -D /tmp/data > /dev/null'",
        says=f"on by default; `tcp_keepalives_idle`, `_interval`, `_count`: {THREE}",
    ),
    Application(
        "Redis",
        "redis.conf",
        "redis-server redis.conf",
        says="`tcp-keepalive`: time; intvl is a third of it, probes 3",
    ),
    Application(
        "nginx",
        "nginx.conf",
        "nginx -c $PWD/nginx.conf",
        says=f"`listen ... so_keepalive=60s:10s:5`: {THREE}",
    ),
    Application(
        "HAProxy",
        "haproxy.cfg",
        "haproxy -q -f haproxy.cfg",
        says=f"`option clitcpka`, `option srvtcpka`, and `-idle`, `-intvl`, `-cnt` of each: {THREE}",
    ),
]
# Shown, and not run by the test: it takes a running systemd.
NOT_RUN = [
    Application(
        "systemd socket units",
        "application.socket",
        "",
        says=f"`KeepAlive=yes`, `KeepAliveTimeSec=`, `…IntervalSec=`, `…Probes=`: {THREE}",
    )
]


def table() -> str:
    """Return the table of the docs."""
    rows = ["| what | turned on by; what can be chosen | example |", "|---|---|---|"]
    for one in APPLICATIONS + NOT_RUN:
        note = "" if one.server else " (not run in the tests)"
        rows.append(
            f"| {one.name} | {one.says} | [{one.file}](../../examples/applications/{one.file}){note} |"
        )
    return "\n".join(rows) + "\n"


if __name__ == "__main__":
    print(table(), end="")
