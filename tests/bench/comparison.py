"""Who is compared, over how many hosts, and how often."""

import statistics
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from fleet import Fleet
from measure import Controller, Counts, Usage, count


class Contender(NamedTuple):
    """``playbook``: of contenders/; ``changes``: with other values than the hosts have."""

    title: str
    playbook: str
    changes: bool

    @property
    def slow(self) -> bool:
        return "posix" in self.playbook


PING = Contender("ping", "ping", False)
CHANGING = Contender("our role, changing", "role", True)
UNCHANGED = Contender("our role, unchanged", "role", False)
POSIX = Contender("ansible.posix.sysctl, unchanged", "posix", False)
# A run that changes nothing comes after one of the same playbook that does.
CONTENDERS = [
    PING,
    CHANGING,
    UNCHANGED,
    Contender("ansible.posix.sysctl, changing", "posix", True),
    POSIX,
    Contender("template and ansible.posix.sysctl, changing", "template_posix", True),
    Contender("template and ansible.posix.sysctl, unchanged", "template_posix", False),
]
# Rounds by the number of hosts, for those with several executions to a host and for the others.
FULL = {1: (7, 11), 10: (5, 9), 40: (3, 9), 160: (1, 3), 400: (1, 3)}
SMOKE = {2: (1, 1)}


class Results(NamedTuple):
    """``usage`` by number of hosts and contender, one of each round; ``counts`` by contender."""

    usage: dict[int, dict[Contender, list[Usage]]]
    counts: dict[Contender, Counts]

    def ratio(self, hosts: int, contender: Contender, other: Contender = PING) -> float:
        """Return the median of the ratios of two contenders' times in the same round."""
        pairs = zip(self.usage[hosts][contender], self.usage[hosts][other], strict=False)
        return statistics.median(one.seconds / two.seconds for one, two in pairs)


class Values:
    """Values for the role's variables, which the other playbooks use too: after a change each differs from the one before."""

    def __init__(self) -> None:
        self._step = 0

    def for_run(self, contender: Contender) -> dict[str, int]:
        self._step += contender.changes
        values = {"time": 1000 + self._step, "intvl": 10 + self._step, "probes": 1 + self._step % 127}
        return {f"tcp_keepalive_{name}": value for name, value in values.items()}


def compare(rounds: dict[int, tuple[int, int]]) -> Results:
    """Run everyone in turn, round after round."""
    values = Values()
    with Fleet(max(rounds)) as fleet, tempfile.TemporaryDirectory(prefix="bench-") as folder:
        counts = {
            one: count(fleet, Path(folder), one.playbook, one.changes, values.for_run(one))
            for one in CONTENDERS
        }
        usage = {}
        with Controller(fleet, Path(folder)) as controller:
            for size, (slow_rounds, fast_rounds) in rounds.items():
                hosts = fleet.names[:size]
                usage[size] = {one: [] for one in CONTENDERS if slow_rounds or not one.slow}
                # Opens the connections.
                controller.run(PING.playbook, hosts, PING.changes, values.for_run(PING))
                for number in range(fast_rounds):
                    for one in usage[size]:
                        if number < slow_rounds or not one.slow:
                            used = controller.run(one.playbook, hosts, one.changes, values.for_run(one))
                            usage[size][one].append(used)
                            print(
                                f"{size:4} hosts, {one.title:45} {used.seconds:7.2f} s",
                                file=sys.stderr,
                                flush=True,
                            )
    return Results(usage, counts)
