# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What tcp_keepalive_always costs: medians of several rounds, side by side.

PYTHONPATH=tests .venv/bin/python tests/always/measure.py

As root, after `make test` or `.ci/setup test`; takes three minutes and prints one line for each figure.
"""

import multiprocessing
import os
import random
import selectors
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from ansible_collections.netops.tcp_keepalive.plugins.module_utils._always import _loader, _open
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._always._connections import Groups
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._always._loader import Values
from hosts.own_host import own_host

FORK = multiprocessing.get_context("fork")
ROUNDS = 7
VALUES = Values(45, 7, 9)
SS = ["ss", "-H", "-tnoe", "state", "established"]
PER_PROCESS = 10_000
CONNECTIONS = 500
# Probes in every second that is watched.
SOON, WATCHED = Values(1, 5, 9), 11


@contextmanager
def held(count: int) -> Iterator[None]:
    """Hold that many connected sockets in a process of its own."""
    ready, done = os.pipe()
    hold, end = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(end)
        sockets = []
        with socket.create_server(("127.0.0.1", 0)) as listener:
            for _pair in range(count // 2):
                sockets += [socket.create_connection(listener.getsockname()), listener.accept()[0]]
        os.write(done, b"1")
        os.read(hold, 1)
        os._exit(0)
    os.read(ready, 1)
    try:
        yield
    finally:
        for descriptor in (ready, done, hold, end):
            os.close(descriptor)
        os.waitpid(pid, 0)


def turn_on(values: Values = VALUES, given: bool = False) -> _open.Outcome:
    return _open.turn_on("", "/proc", Groups(None, set()), values, (), given, False, lambda note: None)


def timed(look: Callable[[], object]) -> float:
    start = time.perf_counter()
    look()
    return time.perf_counter() - start


def open_sockets(count: int) -> None:
    seconds, again, ss = [], [], []
    for _round in range(ROUNDS):
        with held(count):
            seconds.append(timed(turn_on))
            for _time in range(3):
                again.append(timed(lambda: turn_on(given=True)))
                ss.append(timed(lambda: subprocess.run(SS, check=True, capture_output=True)))
    ratio = statistics.median(one / other for one, other in zip(again, ss, strict=True))
    print(
        f"{count} open sockets: turned on in {statistics.median(seconds):.3f} s; a second run "
        f"{statistics.median(again):.3f} s, ss {statistics.median(ss):.3f} s, ratio {ratio:.2f}"
    )


def connect_and_accept(listener: socket.socket) -> float:
    """Return the seconds that connections on loopback take."""
    address = listener.getsockname()
    start = time.perf_counter()
    for _connection in range(CONNECTIONS):
        with socket.socket() as client:
            client.connect(address)
            listener.accept()[0].close()
    return time.perf_counter() - start


def new_connections() -> None:
    """Compare connect, accept and close without a program, with one that does nothing, and with ours."""
    other = _loader.load(_loader.done(), b"nothing")
    ratios: dict[str, list[float]] = {"ours": [], "nothing": []}
    with socket.create_server(("127.0.0.1", 0)) as listener, _loader.root_group() as root:
        for _round in range(12 * ROUNDS):
            without = connect_and_accept(listener)
            _loader.attach(root, other)
            ratios["nothing"].append(connect_and_accept(listener) / without)
            _loader.bpf(_loader.PROG_DETACH, "III", root, other, _loader.SOCK_OPS)
            without = connect_and_accept(listener)
            _loader.attach_to(root, ".", VALUES)
            ratios["ours"].append(connect_and_accept(listener) / without)
            _loader.detach_all(root)
    ours, nothing = statistics.median(ratios["ours"]), statistics.median(ratios["nothing"])
    print(
        f"connect, accept and close: {ours:.3f} times as long with the program, {nothing:.3f} with one that "
        "does nothing"
    )


def longest_delay() -> float:
    """Return by how many milliseconds a sleeper of one is delayed at most in a second, the median of some."""
    longest = []
    for _second in range(WATCHED):
        end = time.monotonic() + 1
        longest.append(0.0)
        while time.monotonic() < end:
            longest[-1] = max(longest[-1], timed(lambda: time.sleep(0.001)) - 0.001)
    return 1000 * statistics.median(longest)


def probes(count: int) -> None:
    """See whether the probes of many connections, turned on together, hold up others."""
    before = longest_delay()
    with ExitStack() as holders:
        for first in range(0, count, PER_PROCESS):
            holders.enter_context(held(min(PER_PROCESS, count - first)))
        turn_on(SOON)
        print(
            f"the probes of {count} sockets, turned on together: a sleeper of 1 ms is delayed by "
            f"{longest_delay():.1f} ms at most in a second, {before:.1f} ms without them"
        )


@contextmanager
def clients_of_a_server(count: int) -> Iterator[list[socket.socket]]:
    """Connect this process that many times to a server, another process, which sends back what it gets."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
        server = FORK.Process(target=serve, args=(listener,))
        server.start()
        clients = [socket.create_connection(listener.getsockname()) for _client in range(count)]
    try:
        yield clients
    finally:
        server.kill()
        server.join()
        for client in clients:
            client.close()


def serve(listener: socket.socket) -> None:
    selector = selectors.DefaultSelector()
    selector.register(listener, selectors.EVENT_READ)
    while True:
        for key, _events in selector.select():
            if key.fileobj is listener:
                selector.register(listener.accept()[0], selectors.EVENT_READ)
            else:
                key.fileobj.send(key.fileobj.recv(64))


def round_trip(client: socket.socket) -> None:
    client.send(b"x")
    if client.recv(64) != b"x":
        raise ConnectionError("lost")


def busy_server(count: int) -> None:
    """See whether a run that turns on a server's connections loses one, or slows down those at work."""
    quiet, busy = [], []
    for _round in range(ROUNDS):
        with clients_of_a_server(count) as clients:
            end = time.monotonic() + 1
            while time.monotonic() < end:
                quiet.append(timed(lambda: round_trip(random.choice(clients))))
            run = FORK.Process(target=turn_on)
            run.start()
            while run.is_alive():
                busy.append(timed(lambda: round_trip(random.choice(clients))))
            for client in clients:
                round_trip(client)
            if not all(client.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) for client in clients):
                raise ConnectionError("the run left some as they were")
    for when, seconds in (("before", quiet), ("while a run turns them on", busy)):
        median, slowest = statistics.median(seconds), statistics.quantiles(seconds, n=1000)[-1]
        print(
            f"a server with {count} connections, {when}: a round trip takes {1e6 * median:.0f} µs, one of "
            f"1,000 more than {1e6 * slowest:.0f} µs; no connection is lost"
        )


def main() -> None:
    if os.getpid() != 1:
        alone = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", sys.executable, __file__]
        sys.exit(subprocess.run(alone, check=False).returncode)
    with own_host():
        new_connections()
        for count in (5_000, 10_000):
            open_sockets(count)
        for count in (5_000, 20_000):
            probes(count)
        busy_server(10_000)


if __name__ == "__main__":
    main()
