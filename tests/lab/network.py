# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Client, router and server, each in its own network namespace, and the sockets between them.

    client 10.0.1.2 ── 10.0.1.1 router 10.0.2.1 ── 10.0.2.2 server

Everything lives in the network and mount namespace that the process was started in, and ends with the
process. The names are the kernel's: time and intvl in seconds, probes a number.
"""

import ctypes
import errno
import fcntl
import os
import socket
import struct
import subprocess
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

CLONE_NEWNET = 0x40000000
# include/linux/tcp.h, include/uapi/linux/if_packet.h, if_ether.h, asm-generic/socket.h
TCP_REPAIR = 19
ETH_P_ALL = 3
PACKET_OUTGOING = 4
SO_TIMESTAMPNS = 35
ETHERNET, IPV4, TCP_FLAGS, TCP_RST = 14, 20, 13, 4
# include/uapi/linux/if_tun.h
TUNSETIFF = 0x400454CA
IFF_TUN, IFF_NO_PI = 1, 0x1000

SETUP = """
mount -t tmpfs tmpfs /run
for name in client router server; do ip netns add $name; ip -n $name link set lo up; done
ip -n router link add to-client type veth peer name eth0 netns client
ip -n router link add to-server type veth peer name eth0 netns server
ip -n client addr add 10.0.1.2/24 dev eth0; ip -n router addr add 10.0.1.1/24 dev to-client
ip -n server addr add 10.0.2.2/24 dev eth0; ip -n router addr add 10.0.2.1/24 dev to-server
for link in client/eth0 server/eth0 router/to-client router/to-server; do
  ip -n ${link%/*} link set ${link#*/} up
done
ip -n client route add default via 10.0.1.1
"""
# With NAT the server only has a route to the router itself: what is no longer translated gets no answer.
ROUTE_BACK = "ip -n server route add default via 10.0.2.1"
NAT = """
table ip nat {
    chain post { type nat hook postrouting priority srcnat; oifname "to-server" masquerade; }
}
table ip filter {
    chain forward { type filter hook forward priority filter; ct state invalid drop; }
}
"""
# Dropped before conntrack sees them, as a packet lost on its way here would not refresh the NAT's entry.
LOSE = """
table ip loss {
    chain pre { type filter hook prerouting priority raw; iifname "to-client" numgen inc mod 3 < 2 drop; }
}
"""
# The same for the first two probes of each connection.
LOSE_TWO = """
table ip loss {
    set lost { type inet_service; flags dynamic; }
    chain pre {
        type filter hook prerouting priority raw
        iifname "to-client" update @lost { tcp sport limit rate 1/day burst 2 packets } drop
    }
}
"""
FAR = """
ip -n client addr add 10.0.3.1/24 dev far; ip -n server addr add 10.0.3.2/24 dev far
ip -n client link set far up; ip -n server link set far up
"""

libc = ctypes.CDLL(None, use_errno=True)


def setup(nat_timeout: int | None = None) -> None:
    """Create the namespaces.

    With ``nat_timeout``, the router does NAT and forgets a connection after that many seconds of silence.
    """
    sh(SETUP)
    with inside("router"):
        sysctl("net.ipv4.ip_forward", 1)
    if nat_timeout is None:
        sh(ROUTE_BACK)
        return
    nft(NAT)
    with inside("router"):
        sysctl("net.netfilter.nf_conntrack_tcp_timeout_established", nat_timeout)
        # A forgotten connection is not picked up again midway.
        sysctl("net.netfilter.nf_conntrack_tcp_loose", 0)


def sh(script: str) -> None:
    subprocess.run(["sh", "-euc", script], check=True)


def nft(rules: str) -> None:
    subprocess.run(["ip", "netns", "exec", "router", "nft", "-f", "-"], input=rules, text=True, check=True)


@contextmanager
def inside(name: str):
    """Move this thread into a namespace for a while; sockets stay in the one that they were created in."""
    with open("/proc/thread-self/ns/net") as before, open(f"/run/netns/{name}") as there:
        _setns(there)
        try:
            yield
        finally:
            _setns(before)


def _setns(file) -> None:
    if libc.setns(file.fileno(), CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


def sysctl(key: str, value: int) -> None:
    Path("/proc/sys", key.replace(".", "/")).write_text(str(value))


def keepalive(**values: int) -> None:
    """Set the client's keepalive settings."""
    with inside("client"):
        for name, value in values.items():
            sysctl(f"net.ipv4.tcp_keepalive_{name}", value)


def connect(
    keep: bool = True, address: str = "10.0.2.2", **options: int
) -> tuple[socket.socket, socket.socket]:
    """Return the client's and the server's end of a new connection; options: TCP options by name."""
    with inside("server"):
        listener = socket.create_server((address, 0))
    with inside("client"):
        client = socket.socket()
    if keep:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in options.items():
        client.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    client.connect(listener.getsockname())
    server, _address = listener.accept()
    return client, server


def exchange(client: socket.socket, server: socket.socket, seconds: float = 3) -> bool:
    """Send a byte in each direction; return whether both arrived in time."""
    for sender, receiver in ((client, server), (server, client)):
        receiver.settimeout(seconds)
        try:
            sender.send(b"x")
            if receiver.recv(1) != b"x":
                return False
        except OSError:
            return False
    return True


def alive(pairs: list[tuple[socket.socket, socket.socket]], seconds: float = 3) -> int:
    """Return on how many connections a byte from the client arrives in time."""
    for client, _server in pairs:
        client.send(b"x")
    time.sleep(seconds)
    arrived = 0
    for _client, server in pairs:
        server.settimeout(0)
        with suppress(OSError):
            arrived += server.recv(1) == b"x"
    return arrived


def end(client: socket.socket, seconds: float) -> tuple[str | None, float]:
    """Return how a connection ends for the client (None: it does not), and the seconds until then."""
    started = time.monotonic()
    client.settimeout(seconds)
    try:
        client.recv(1)
        outcome = "end of data"
    except OSError as error:
        # Without a number it is the wait for it that has ended.
        outcome = errno.errorcode[error.errno] if error.errno else None
    return outcome, time.monotonic() - started


def vanish() -> None:
    """Make the server vanish silently, by taking its link down."""
    sh("ip -n server link set eth0 down")


def far_away(seconds: float) -> str:
    """Return an address of the server that packets take this many seconds to reach, and as many to return."""
    ends = []
    for name in ("client", "server"):
        with inside(name):
            end = os.open("/dev/net/tun", os.O_RDWR)
            fcntl.ioctl(end, TUNSETIFF, struct.pack("16sH", b"far", IFF_TUN | IFF_NO_PI))
            ends.append(end)
    for source, target in (ends, reversed(ends)):
        threading.Thread(target=_carry, args=(source, target, seconds), daemon=True).start()
    sh(FAR)
    return "10.0.3.2"


def _carry(source: int, target: int, seconds: float) -> None:
    while packet := os.read(source, 2048):
        threading.Timer(seconds, os.write, (target, packet)).start()


def forget(server: socket.socket) -> None:
    """Make the server forget the connection silently, as a reboot does."""
    server.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
    server.close()


def timer(client: socket.socket) -> float | None:
    """Return the seconds until the keepalive timer expires, None if none is armed (proc_net_tcp.rst)."""
    port = client.getsockname()[1]
    with inside("client"):
        rows = [line.split() for line in Path("/proc/thread-self/net/tcp").read_text().splitlines()[1:]]
    for row in rows:
        if int(row[1].partition(":")[2], 16) == port:
            kind, expires = row[5].split(":")
            return int(expires, 16) / os.sysconf("SC_CLK_TCK") if kind == "02" else None
    return None


class Probes:
    """Records when the client sends segments from now on: with no data to send, these are the probes."""

    def __init__(self):
        with inside("client"):
            self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
        self.socket.bind(("eth0", ETH_P_ALL))
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.socket.setblocking(False)
        self.started = time.time()

    def times(self) -> list[float]:
        """Return when they were sent, in seconds since the start."""
        return [seconds for seconds, _port in self.sent()]

    def sent(self) -> list[tuple[float, int]]:
        """Return when they were sent, in seconds since the start, and from which port."""
        sent = []
        while True:
            try:
                data, ancillary, _flags, address = self.socket.recvmsg(2048, 256)
            except BlockingIOError:
                return sent
            seconds, nanoseconds = struct.unpack("qq", ancillary[0][2][:16])
            is_tcp = data[12:14] == b"\x08\x00" and data[23] == socket.IPPROTO_TCP
            # A reset that ends the connection is not a probe.
            if address[2] == PACKET_OUTGOING and is_tcp and not data[ETHERNET + IPV4 + TCP_FLAGS] & TCP_RST:
                port = int.from_bytes(data[ETHERNET + IPV4 : ETHERNET + IPV4 + 2])
                sent.append((round(seconds + nanoseconds / 1e9 - self.started, 2), port))
