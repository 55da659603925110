# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The laboratory's cases. Each runs in a process and namespaces of its own: `python cases.py NAME`.

It prints its result as JSON: {"shows", "expected", "measured", "holds"}, and for the figure also
{"time", "intvl", "probes", "sent", "lost", "end"}.
"""

import json
import math
import socket
import sys
import time

import network
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._always import _loader
from ansible_collections.netops.tcp_keepalive.plugins.plugin_utils._plan import demand, plan
from hosts.own_host import own_host

VANISHED = [(1, 1, 3), (2, 1, 5), (3, 2, 4)]
NAT = [5, 9, 17]
# A real hop, long enough for late timers to count, and connections at many phases of the timer wheel.
HOP = 60
CONNECTIONS = 40
# What would do if timers were on time: the third probe is due a second before the hop forgets.
TIGHT = {"time": 45, "intvl": 7, "probes": 9}


def formula(values: dict) -> int:
    return values["time"] + values["intvl"] * values["probes"]


def near(measured: float, expected: float) -> bool:
    """Return whether the two differ by at most a second and a percent."""
    return math.isclose(measured, expected, rel_tol=0.01, abs_tol=1 + 0.01 * expected)


def result(shows: str, expected: str, measured: str, holds: bool, **figure) -> dict:
    return {"shows": shows, "expected": expected, "measured": measured, "holds": holds, **figure}


def nat_without_keepalive(timeout: int) -> dict:
    network.setup(nat_timeout=timeout)
    client, server = network.connect(keep=False)
    early = network.exchange(client, server)
    time.sleep(timeout + 2)
    alive = network.exchange(client, server)
    shows = f"NAT forgets after {timeout} s; no keepalive, {timeout + 2} s of silence"
    return result(shows, "dead", "alive" if alive else "dead", early and not alive)


def nat_with_plan(timeout: int, lossy: bool = False) -> dict:
    network.setup(nat_timeout=timeout)
    planned = plan(demand([timeout]))
    values = {name: planned[name] for name in ("time", "intvl", "probes")}
    network.keepalive(**values)
    client, server = network.connect()
    early = network.exchange(client, server)
    if lossy:
        network.nft(network.LOSE)
    probes = network.Probes()
    silence = 3 * timeout
    time.sleep(silence)
    sent = probes.times()
    if lossy:
        network.sh("ip netns exec router nft delete table ip loss")
    alive = network.exchange(client, server)
    shows = f"NAT forgets after {timeout} s; {'/'.join(map(str, values.values()))} as planned"
    shows += f"{', two of three probes lost' if lossy else ''}, {silence} s of silence"
    lost = [at for number, at in enumerate(sent) if number % 3 != 2] if lossy else []
    return result(
        shows,
        "alive",
        "alive" if alive else "dead",
        early and alive and bool(sent),
        **values,
        sent=sent,
        lost=lost,
        end=None,
    )


def late_timers(tight: bool = False) -> dict:
    network.setup(nat_timeout=HOP)
    planned = plan(demand([HOP]))
    values = TIGHT if tight else {name: planned[name] for name in ("time", "intvl", "probes")}
    network.keepalive(**values)
    pairs, last_data = [], {}
    for _connection in range(CONNECTIONS):
        pair = network.connect()
        network.exchange(*pair)
        pairs.append(pair)
        last_data[pair[0].getsockname()[1]] = time.time()
        time.sleep(0.1)
    network.nft(network.LOSE_TWO)
    probes = network.Probes()
    time.sleep(HOP + 3)
    sent = {port: [] for port in last_data}
    for at, port in probes.sent():
        sent[port].append(probes.started + at - last_data[port])
    network.sh("ip netns exec router nft delete table ip loss")
    alive = network.alive(pairs)
    first, third = ([times[number] for times in sent.values()] for number in (0, 2))
    due = values["time"], values["time"] + 2 * values["intvl"]
    shows = f"NAT forgets after {HOP} s; {'/'.join(map(str, values.values()))}"
    shows += " if timers were on time" if tight else " as planned"
    return result(
        f"{shows}, {CONNECTIONS} connections, two probes of each lost",
        f"{'some dead' if tight else 'all alive'}; first probe from {due[0]} s, third from {due[1]} s",
        f"{alive} alive; first {min(first):.1f} to {max(first):.1f} s, "
        f"third {min(third):.1f} to {max(third):.1f} s",
        min(first) > due[0] - 0.1
        and (alive < CONNECTIONS if tight else alive == CONNECTIONS and max(third) < HOP),
    )


def vanished(silence: int, intvl: int, probes: int) -> dict:
    network.setup()
    values = {"time": silence, "intvl": intvl, "probes": probes}
    network.keepalive(**values)
    client, server = network.connect()
    network.exchange(client, server)
    probe_times = network.Probes()
    network.vanish()
    outcome, seconds = network.end(client, 3 * formula(values))
    sent = probe_times.times()
    expected = formula(values)
    return result(
        f"peer vanished; {silence}/{intvl}/{probes}",
        f"ETIMEDOUT after {expected} s",
        f"{outcome} after {seconds:.2f} s",
        outcome == "ETIMEDOUT" and near(seconds, expected),
        **values, sent=sent, lost=sent, end=seconds,
    )  # fmt: skip


def rebooted() -> dict:
    network.setup()
    network.keepalive(time=2, intvl=1, probes=5)
    client, server = network.connect()
    network.exchange(client, server)
    network.forget(server)
    outcome, seconds = network.end(client, 10)
    return result(
        "peer rebooted; 2/1/5",
        "ECONNRESET after 2 s",
        f"{outcome} after {seconds:.2f} s",
        outcome == "ECONNRESET" and near(seconds, 2),
    )


def no_keepalive() -> dict:
    network.setup()
    network.keepalive(time=1, intvl=1, probes=3)
    client, server = network.connect(keep=False)
    network.exchange(client, server)
    network.vanish()
    outcome, seconds = network.end(client, 15)
    return result(
        "peer vanished; 1/1/3, SO_KEEPALIVE off",
        "nothing",
        f"{outcome or 'nothing'} in {seconds:.0f} s",
        outcome is None,
    )


def own_options() -> dict:
    network.setup()
    network.keepalive(time=1, intvl=1, probes=3)
    client, server = network.connect(TCP_KEEPIDLE=4, TCP_KEEPINTVL=2, TCP_KEEPCNT=2)
    network.exchange(client, server)
    network.vanish()
    outcome, seconds = network.end(client, 20)
    return result(
        "peer vanished; 1/1/3, the socket's own options 4/2/2",
        "ETIMEDOUT after 8 s",
        f"{outcome} after {seconds:.2f} s",
        near(seconds, 8),
    )


def armed_timer() -> dict:
    network.setup()
    network.keepalive(time=60, intvl=1, probes=3)
    old = network.connect()
    network.exchange(*old)
    network.keepalive(time=1)
    new = network.connect()
    network.exchange(*new)
    armed_old, armed_new = network.timer(old[0]), network.timer(new[0])
    network.vanish()
    outcome_new, seconds = network.end(new[0], 12)
    outcome_old, _seconds = network.end(old[0], 8)
    return result(
        "peer vanished; time changed from 60 to 1 while a connection is open, then a new one",
        "old: nothing, its timer stays; new: ETIMEDOUT after 4 s",
        f"old: {outcome_old or 'nothing'}, timer at {armed_old:.0f} s; "
        f"new: {outcome_new} after {seconds:.2f} s",
        outcome_old is None
        and armed_old > 50
        and armed_new <= 1
        and outcome_new == "ETIMEDOUT"
        and near(seconds, 4),
    )


def no_probes() -> dict:
    network.setup()
    network.keepalive(time=2, intvl=1, probes=0)
    client, server = network.connect()
    network.exchange(client, server)
    outcome, seconds = network.end(client, 10)
    return result(
        "healthy peer; probes = 0, which /proc accepts",
        "cut anyway",
        f"{outcome} after {seconds:.2f} s",
        outcome == "ETIMEDOUT",
    )


def no_interval() -> dict:
    network.setup()
    network.keepalive(time=1, intvl=0, probes=9)
    client, server = network.connect(address=network.far_away(0.1))
    network.exchange(client, server)
    outcome, seconds = network.end(client, 10)
    return result(
        "healthy peer 200 ms away; intvl = 0, which /proc accepts",
        "cut anyway",
        f"{outcome} after {seconds:.2f} s",
        outcome == "ETIMEDOUT",
    )


def never() -> dict:
    network.setup()
    network.keepalive(time=-1, intvl=1, probes=3)
    client, server = network.connect()
    network.exchange(client, server)
    network.vanish()
    outcome, seconds = network.end(client, 15)
    return result(
        "peer vanished; time = -1, which /proc accepts",
        "nothing",
        f"{outcome or 'nothing'} in {seconds:.0f} s",
        outcome is None,
    )


def user_timeout() -> dict:
    network.setup()
    network.keepalive(time=1, intvl=1, probes=100)
    client, server = network.connect(TCP_USER_TIMEOUT=3000)
    network.exchange(client, server)
    network.vanish()
    outcome, seconds = network.end(client, 20)
    return result(
        "peer vanished; 1/1/100 and TCP_USER_TIMEOUT of 3 s",
        "ETIMEDOUT after 3 s",
        f"{outcome} after {seconds:.2f} s",
        outcome == "ETIMEDOUT" and near(seconds, 3),
    )


def never_asks(timeout: int) -> dict:
    """The client's namespace has the kernel's defaults, as a container's has."""
    planned = plan(demand([timeout]))
    values = {name: planned[name] for name in ("time", "intvl", "probes")}
    with own_host():
        network.setup(nat_timeout=timeout)
        _loader.run("attach", *map(str, values.values()), "-")
        client, server = network.connect(keep=False)
        # Only the client's probes are to count.
        server.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 0)
        early = network.exchange(client, server)
        probes = network.Probes()
        silence = 3 * timeout
        time.sleep(silence)
        sent = probes.times()
        alive = network.exchange(client, server)
    shows = f"NAT forgets after {timeout} s; an application that never asks, tcp_keepalive_always with "
    shows += f"{'/'.join(map(str, values.values()))}, {silence} s of silence"
    return result(shows, "alive", "alive" if alive else "dead", early and alive and bool(sent))


def under_way(limit: int | None) -> dict:
    """Keepalive is silent while data is unacknowledged."""
    with own_host():
        network.setup()
        _loader.run("attach", "1", "1", "3", str(limit or "-"))
        client, server = network.connect(keep=False)
        network.exchange(client, server)
        network.vanish()
        client.send(b"x")
        outcome, seconds = network.end(client, 12)
    with_limit = f" and user_timeout {limit}" if limit else ""
    shows = f"peer vanished with data under way; never asks, tcp_keepalive_always with 1/1/3{with_limit}"
    measured = f"{outcome or 'nothing'} in {seconds:.1f} s"
    if not limit:
        return result(shows, "nothing in 12 s", measured, outcome is None)
    # The router says that there is no such host, and the kernel gives that as the reason.
    ended = outcome in ("ETIMEDOUT", "EHOSTUNREACH")
    return result(
        shows,
        f"an error after {limit} s, at the next retransmission",
        measured,
        ended and limit <= seconds < 2 * limit,
    )


CASES = {
    **{f"nat-{timeout}-none": (nat_without_keepalive, timeout) for timeout in NAT},
    **{f"nat-{timeout}-plan": (nat_with_plan, timeout) for timeout in NAT},
    **{f"nat-{timeout}-loss": (nat_with_plan, timeout, True) for timeout in NAT},
    **{f"nat-{timeout}-always": (never_asks, timeout) for timeout in NAT[:2]},
    "under-way": (under_way, None),
    "under-way-limit": (under_way, 5),
    "late-timers-plan": (late_timers,),
    "late-timers-tight": (late_timers, True),
    **{"vanished-{}-{}-{}".format(*values): (vanished, *values) for values in VANISHED},
    "rebooted": (rebooted,),
    "no-keepalive": (no_keepalive,),
    "own-options": (own_options,),
    "armed-timer": (armed_timer,),
    "user-timeout": (user_timeout,),
    "probes-0": (no_probes,),
    "intvl-0": (no_interval,),
    "time-never": (never,),
}

if __name__ == "__main__":
    case, *arguments = CASES[sys.argv[1]]
    print(json.dumps(case(*arguments)))
