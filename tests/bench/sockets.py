# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long the sockets take, next to ss over the same ones, and whether both agree.

    python tests/bench/sockets.py [COUNT]       as root; 100,000 sockets by default

The sockets are made in a network namespace of its own, over IPv4 and IPv6, half of them with keepalive.
Prints one line of JSON: the number of sockets, the counts of both, the median seconds of both, and the median
of their ratios.
"""

import json
import os
import socket
import statistics
import subprocess
import sys
import time

from ansible_collections.netops.tcp_keepalive.plugins.module_utils._network import _sockets

ROUNDS = 11
INSIDE = "inside"
SS = ["ss", "-H", "-tnoe", "state", "established"]
# A process holds two ends of each; and a client address has some 28,000 ports.
PAIRS_PER_ADDRESS = 5_000


def connect(first: int, pairs: int) -> list:
    """Return both ends of connections in this namespace: half with keepalive, half over IPv6."""
    number = first // PAIRS_PER_ADDRESS
    family, address = (socket.AF_INET6, "::1") if number % 2 else (socket.AF_INET, f"127.0.0.{number + 1}")
    held = []
    with socket.create_server((address, 0), family=family) as listener:
        for pair in range(pairs):
            ends = [socket.create_connection(listener.getsockname()[:2])]
            ends.append(listener.accept()[0])
            for end in ends:
                end.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, pair % 2)
            held += ends
    return held


def hold(count: int) -> None:
    """Let children hold the sockets, more than one process may; they end with this process."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    alive, _ours = os.pipe()
    for first in range(0, count // 2, PAIRS_PER_ADDRESS):
        ready, done = os.pipe()
        if os.fork() == 0:
            os.close(_ours)
            held = connect(first, min(PAIRS_PER_ADDRESS, count // 2 - first))
            os.write(done, b"ready")
            os.read(alive, 1)
            os._exit(len(held) == 0)
        os.close(done)
        if os.read(ready, 5) != b"ready":
            sys.exit("The sockets could not be made; is the limit of open files (ulimit -n) below 20,000?")


def timed(look) -> tuple[float, object]:
    """Return the seconds that a look took, and what was seen."""
    start = time.perf_counter()
    seen = look()
    return time.perf_counter() - start, seen


def inside(count: int) -> None:
    hold(count)
    ours, theirs = [], []
    # In turn, so that whatever else the machine does meets both.
    for _round in range(ROUNDS):
        seconds, counted = timed(lambda: _sockets.counts(_sockets.established("/proc", sys.exit), 7200))
        ours.append(seconds)
        seconds, printed = timed(lambda: subprocess.run(SS, check=True, capture_output=True).stdout)
        theirs.append(seconds)
    lines = printed.decode().splitlines()
    report = {
        "sockets": count,
        "counts": counted,
        "ss": {"established": len(lines), "keepalive": sum("timer:(keepalive" in line for line in lines)},
        "seconds": round(statistics.median(ours), 4),
        "ss_seconds": round(statistics.median(theirs), 4),
        "ratio": round(statistics.median(one / other for one, other in zip(ours, theirs, strict=True)), 2),
    }
    print(json.dumps(report))


def main() -> None:
    if sys.argv[1:2] == [INSIDE]:
        inside(int(sys.argv[2]))
        return
    count = sys.argv[1] if len(sys.argv) > 1 else "100000"
    if os.geteuid() != 0:
        sys.exit("A network namespace is made: run as root, or with sudo.")
    subprocess.run(["unshare", "--net", sys.executable, __file__, INSIDE, count], check=True)


if __name__ == "__main__":
    main()
