# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The comparison as a page."""

import os
import platform
import re
from datetime import date
from importlib.metadata import version
from pathlib import Path

from comparison import CHANGING, CONTENDERS, PING, POSIX, UNCHANGED, Contender, Results
from figure import draw
from measure import FORKS

PAGE = """\
# Performance

What a run costs, compared with `ansible.builtin.ping` (one execution that does nothing, so the lower limit)
and with other ways to set the same three values. `make bench` measures it again and writes this page.

{goals}

## Time and processor

Each table is for one number of hosts. *Seconds* is the median time of a whole run of `ansible-playbook`, with
its range over all rounds. *Processor seconds* counts `ansible-playbook` and everything it started, except
connections that were already open. *Memory* is the peak of the same processes in MiB, with shared pages
counted once.

{tables}

![Seconds per host](performance.svg)

## One more host

A run on a single host is almost all start-up. Each additional host costs this many milliseconds of time and,
after the slash, of processor time: the median minus the median for one host, divided by the number of
additional hosts.

{costs}

{growth}

## What is sent to a host

Counted on the host, in one run over a connection of its own. *Executions* are the sessions in sshd's log,
file transfers included. *Payload* is the number of bytes that the host's Python reads. *Wire* is all traffic
of the connection in bytes, in both directions, compressed as Ansible does it.

{counts}

Ansible's own code, which every module carries, makes up all of ping's payload; the collection's code makes up
the rest of ours.

## How it was measured

{date}, on {cpu}, {cores} cores, Linux {kernel}; ansible-core {core} under Python {python}. The controller and
the hosts share the machine, so the times include the hosts' own work. Each host is a network namespace with
an sshd, and sees Debian 13 and its Python through an overlay on disk. All contenders use the same
configuration: pipelining, {forks} forks, no fact gathering, and connections left open by the previous run.
They take turns in rounds, and each run is checked to have changed every host or none. A ratio is the median
of the ratios of each round.

Rounds: {rounds}. Contenders with several executions per host take longer and had fewer rounds:
{slow_rounds}.{left_out} The role `kernel_settings` of the Linux System Roles is in no package index (neither
in the package `ansible` nor in Debian), and could not be run.
"""
LEFT_OUT = " They were left out of the runs with {}."
MEASURES = {"seconds": "time", "processor": "processor seconds"}
# Goals are for the time of an unchanged run on this many hosts.
GOAL_HOSTS = 40
GOALS = {PING: 1.12, POSIX: 0.45}


def write(results: Results, folder: Path) -> None:
    """Write performance.md and performance.svg into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    left_out = [hosts(size) for size in results.usage if not results.has(size, POSIX)]
    page = PAGE.format(
        goals=goals(results),
        tables="\n\n".join(
            f"### {hosts(size).capitalize()}\n\n{usage(results, size)}" for size in results.usage
        ),
        costs=costs(results),
        growth=growth(results),
        counts=counts(results),
        date=date.today(),
        cpu=processor_model(),
        cores=os.cpu_count(),
        kernel=platform.release().split("-")[0],
        core=version("ansible-core"),
        python=platform.python_version(),
        forks=FORKS,
        rounds=rounds(results, PING),
        slow_rounds=rounds(results, POSIX),
        left_out=LEFT_OUT.format(" and ".join(left_out)) if left_out else "",
    )
    (folder / "performance.md").write_text(page)
    draw(results, folder / "performance.svg")


def hosts(size: int) -> str:
    return "1 host" if size == 1 else f"{size} hosts"


def rounds(results: Results, contender: Contender) -> str:
    sizes = [size for size in results.usage if results.has(size, contender)]
    return ", ".join(f"{len(results.usage[size][contender])} with {hosts(size)}" for size in sizes)


def table(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def goals(results: Results) -> str:
    """Return our runs' ratios by number of hosts, in time and in processor seconds, with the goals."""
    rows = []
    for pair in ((UNCHANGED, PING), (UNCHANGED, POSIX), (CHANGING, PING)):
        contender, base = pair
        for measure, name in MEASURES.items():
            ratios = [
                f"{results.ratio(size, *pair, measure):.2f}" if results.has(size, *pair) else ""
                for size in results.usage
            ]
            limit = goal(results, base) if contender == UNCHANGED and measure == "seconds" else ""
            rows.append([f"{contender.title} / {base.title}", name, *ratios, limit])
    header = ["ratio", "in", *map(hosts, results.usage), f"goal with {hosts(GOAL_HOSTS)}"]
    return table(header, rows)


def goal(results: Results, base: Contender) -> str:
    """Return the goal for an unchanged run, and whether it was met where that was measured."""
    limit = f"at most {GOALS[base]:.2f}"
    if not results.has(GOAL_HOSTS, UNCHANGED, base):
        return limit
    met = results.ratio(GOAL_HOSTS, UNCHANGED, base, "seconds") <= GOALS[base]
    return f"{limit}: {'met' if met else 'missed'}"


def usage(results: Results, size: int) -> str:
    rows = []
    for contender in results.usage[size]:
        seconds = [used.seconds for used in results.usage[size][contender]]
        rows.append(
            [
                contender.title,
                f"{results.median(size, contender, 'seconds'):.2f}",
                f"{min(seconds):.2f} to {max(seconds):.2f}",
                f"{results.ratio(size, contender, PING, 'seconds'):.2f}",
                f"{results.median(size, contender, 'processor'):.1f}",
                f"{results.ratio(size, contender, PING, 'processor'):.2f}",
                f"{results.median(size, contender, 'memory') / 2**20:.0f}",
            ]
        )
    return table(["", "seconds", "range", "/ ping", "processor seconds", "/ ping", "memory"], rows)


def costs(results: Results) -> str:
    """Return what each additional host costs; no columns where no run was made on a single host."""
    sizes = [size for size in results.usage if size > 1] if 1 in results.usage else []
    rows = []
    for contender in CONTENDERS:
        cells = [
            " / ".join(f"{cost(results, size, contender, measure) * 1000:.0f}" for measure in MEASURES)
            if results.has(size, contender)
            else ""
            for size in sizes
        ]
        rows.append([contender.title, *cells])
    return table(["", *map(hosts, sizes)], rows)


def cost(results: Results, size: int, contender: Contender, measure: str) -> float:
    """Return the seconds that each host beyond the first adds."""
    first, total = (results.median(count, contender, measure) for count in (1, size))
    return (total - first) / (size - 1)


def growth(results: Results) -> str:
    """Return a sentence on how the cost of one more host changes from few hosts to many."""
    few, many = 10, max(results.usage)
    if 1 not in results.usage or few not in results.usage:
        return ""
    changes = []
    for contender in (UNCHANGED, CHANGING, PING):
        early, late = (cost(results, size, contender, "seconds") for size in (few, many))
        changes.append(f"{contender.title} {late / early - 1:+.0%}")
    return f"From {few} to {many} hosts, the time for one more host changes: {', '.join(changes)}."


def counts(results: Results) -> str:
    rows = [
        [contender.title, str(counted.executions), f"{counted.payload:,}", f"{counted.wire:,}"]
        for contender, counted in results.counts.items()
    ]
    return table(["", "executions", "payload", "wire"], rows)


def processor_model() -> str:
    model = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return model.group(1) if model else platform.machine()
