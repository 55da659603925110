# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The laboratory's cases. Each runs in a process and namespaces of its own: `python cases.py NAME`.

It prints its result as JSON: {"shows", "expected", "measured", "holds"}, and for the figure also
{"time", "intvl", "probes", "sent", "lost", "end"}.
"""

import json
import math
import sys
import time

import network
from ansible_collections.netops.tcp_keepalive.plugins.plugin_utils._plan import demand, plan

VANISHED = [(1, 1, 3), (2, 1, 5), (3, 2, 4)]
NAT = [5, 9, 17]
# The shortest that a real hop has, and what fits it when timers are taken to be on time.
REAL, WITHOUT_MARGIN = 60, {"time": 45, "intvl": 7, "probes": 9}
CONNECTIONS = 40


def formula(values: dict) -> int:
    return values["time"] + values["intvl"] * values["probes"]


def planned(timeout: int) -> dict:
    """Return the three values that the plan for a hop with this timeout has."""
    values = plan(demand([timeout]))
    return {name: values[name] for name in ("time", "intvl", "probes")}


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
    values = planned(timeout)
    network.keepalive(**values)
    client, server = network.connect()
    early = network.exchange(client, server)
    if lossy:
        network.nft(network.LOSE)
    probes = network.Probes()
    silence = min(3 * timeout, timeout + 15)
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


def third_probes(timeout: int, values: dict | None = None) -> dict:
    """Measure, for many connections, when the third probe is sent; ``values``: None for planned ones."""
    network.setup()
    values = values or planned(timeout)
    network.keepalive(**values)
    probes, connections, silent_since = network.Probes(), [], {}
    for _number in range(CONNECTIONS):
        client, server = network.connect()
        network.exchange(client, server)
        silent_since[client.getsockname()[1]] = time.time() - probes.started
        connections.append((client, server))
        # Timers of one moment would fire in one step of the kernel's wheel.
        time.sleep(2 / CONNECTIONS)
    probes.sent()
    network.vanish()
    due = values["time"] + 2 * values["intvl"]
    latest = due * 9 / 8
    time.sleep(latest + 1)
    sent = {port: [] for port in silent_since}
    for port, at in probes.sent():
        sent[port].append(at - silent_since[port])
    third = sorted(times[2] for times in sent.values())
    in_time = sum(at < timeout for at in third)
    return result(
        f"{CONNECTIONS} connections with {'/'.join(map(str, values.values()))}; peer vanished, third probe",
        f"after {due} to {latest:.1f} s",
        f"after {third[0]:.1f} to {third[-1]:.1f} s; {in_time} of {CONNECTIONS} before {timeout} s",
        due - 0.1 <= third[0] and third[-1] <= latest + 0.5 and (in_time == CONNECTIONS or latest >= timeout),
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


CASES = {
    **{f"nat-{timeout}-none": (nat_without_keepalive, timeout) for timeout in NAT},
    **{f"nat-{timeout}-plan": (nat_with_plan, timeout) for timeout in NAT},
    **{f"nat-{timeout}-loss": (nat_with_plan, timeout, True) for timeout in NAT},
    f"nat-{REAL}-loss": (nat_with_plan, REAL, True),
    "late-plan": (third_probes, REAL),
    "late-without-margin": (third_probes, REAL, WITHOUT_MARGIN),
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
