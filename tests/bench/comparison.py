# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which playbooks are compared, on how many hosts and over how many rounds."""

import statistics
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from fleet import Fleet
from measure import Controller, Counts, Usage, count


class Contender(NamedTuple):
    """``playbook``: its name in contenders/; ``changes``: whether it runs with values new to the hosts."""

    title: str
    playbook: str
    changes: bool

    @property
    def slow(self) -> bool:
        return "posix" in self.playbook


PING = Contender("ping", "ping", False)
CHANGING = Contender("playbook apply, changing", "role", True)
UNCHANGED = Contender("playbook apply, unchanged", "role", False)
POSIX = Contender("ansible.posix.sysctl, unchanged", "posix", False)
# Each unchanged run follows a changing run of the same playbook.
CONTENDERS = [
    PING,
    CHANGING,
    UNCHANGED,
    Contender("ansible.posix.sysctl, changing", "posix", True),
    POSIX,
    Contender("template and ansible.posix.sysctl, changing", "template_posix", True),
    Contender("template and ansible.posix.sysctl, unchanged", "template_posix", False),
]
# By number of hosts: the rounds of slow contenders, then those of the others.
FULL = {1: (3, 9), 10: (3, 9), 40: (3, 9), 160: (0, 3)}
SMOKE = {2: (1, 1)}


class Results(NamedTuple):
    """``usage``: by number of hosts and contender, one entry for each round; ``counts``: by contender."""

    usage: dict[int, dict[Contender, list[Usage]]]
    counts: dict[Contender, Counts]

    def has(self, hosts: int, *contenders: Contender) -> bool:
        """Return whether all of these contenders ran on that many hosts."""
        return all(contender in self.usage.get(hosts, {}) for contender in contenders)

    def median(self, hosts: int, contender: Contender, measure: str) -> float:
        """Return the median over all rounds of a field of Usage."""
        return statistics.median(getattr(used, measure) for used in self.usage[hosts][contender])

    def ratio(self, hosts: int, contender: Contender, base: Contender, measure: str) -> float:
        """Return the median over the rounds of one contender's ratio to another, in a field of Usage."""
        rounds = zip(self.usage[hosts][contender], self.usage[hosts][base], strict=False)
        return statistics.median(getattr(ours, measure) / getattr(other, measure) for ours, other in rounds)


class Values:
    """Values for the role's variables, which all playbooks use; a changing run changes all three."""

    def __init__(self) -> None:
        self._step = 0

    def for_run(self, contender: Contender) -> dict[str, int]:
        self._step += contender.changes
        values = {"time": 1000 + self._step, "intvl": 10 + self._step, "probes": 1 + self._step % 127}
        return {f"tcp_keepalive_{name}": value for name, value in values.items()}


def compare(rounds: dict[int, tuple[int, int]]) -> Results:
    """Run all contenders in turn, round after round."""
    values = Values()
    with Fleet(max(rounds)) as fleet, tempfile.TemporaryDirectory(prefix="bench-") as folder:
        counts = {
            contender: count(
                fleet, Path(folder), contender.playbook, contender.changes, values.for_run(contender)
            )
            for contender in CONTENDERS
        }
        with Controller(fleet, Path(folder)) as controller:
            usage = {size: measure(controller, fleet.names[:size], values, *rounds[size]) for size in rounds}
    return Results(usage, counts)


def measure(
    controller: Controller, hosts: list[str], values: Values, slow_rounds: int, fast_rounds: int
) -> dict[Contender, list[Usage]]:
    """Return what each contender used in each of its rounds on these hosts."""

    def run(contender: Contender) -> Usage:
        return controller.run(contender.playbook, hosts, contender.changes, values.for_run(contender))

    # Opens the connections, which stay open.
    run(PING)
    usage = {contender: [] for contender in CONTENDERS if slow_rounds or not contender.slow}
    for number in range(fast_rounds):
        for contender, runs in usage.items():
            if number < slow_rounds or not contender.slow:
                runs.append(run(contender))
                line = f"{len(hosts):4} hosts, {contender.title:45} {runs[-1].seconds:7.2f} s"
                print(line, file=sys.stderr, flush=True)
    return usage
