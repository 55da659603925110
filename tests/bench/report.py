"""The comparison as a page and a figure."""

import os
import platform
import re
import statistics
from collections.abc import Callable
from datetime import date
from importlib.metadata import version
from pathlib import Path

import matplotlib
from comparison import CHANGING, CONTENDERS, PING, POSIX, UNCHANGED, Contender, Results
from measure import FORKS, Usage

matplotlib.use("svg")
from matplotlib import pyplot, ticker

PAGE = """\
# Performance

What a run costs, beside `ansible.builtin.ping` (one execution that does nothing: the limit) and beside other ways to set the
same three values. `make bench` measures it again, and writes this page.

{goals}

## Time

Seconds of a whole run of `ansible-playbook`, the median (and from the least to the most) of {rounds}:

{times}

![Time for each host](performance.svg)

A run of one host is nearly all start-up. What one more host costs, in milliseconds: the median less that of one host,
divided by the hosts but one.

{costs}

{growth}

## What the controller needs

Processor seconds of `ansible-playbook` and of all that it started, without the connections that were open before:

{processor}

Peak memory in MiB, the same processes, what they share counted once:

{memory}

## What goes to a host

Counted on the host, in one run over a connection of its own: executions in sshd's log (file transfers too), the bytes that the
host's Python reads, and all bytes of the connection, both ways, compressed as Ansible does it.

{counts}

The goal for the bytes of an execution was 1.15 times those of ping, and is missed. All of ping's bytes are Ansible's own:
AnsibleModule, which every module has. What is more is the code of the collection: the transaction, and what three boot tools
make of their files.

## How it was measured

{date}, on {cpu}, {cores} cores, Linux {kernel}; ansible-core {core} under Python {python}. Controller and hosts share the
machine: what the hosts do is in the times, too. Each host is a network namespace with an sshd, and has Debian 13 and its Python
through an overlay, on a disk. All use one configuration: pipelining, {forks} forks, no facts gathered, connections open from the
run before. The contenders take turns, in rounds. Each is seen to change every host, or none. Ratios are the median of those of
each round.

Those with several executions to a host have fewer rounds, for their time: {slow_rounds}.{left_out} The role `kernel_settings` of
the Linux System Roles is in no package index (neither in the package `ansible` nor in Debian), and could not be run.
"""
LEFT_OUT = " With {} they were left out."
GOALS = [
    ("unchanged run, beside ping", UNCHANGED, PING, 1.05),
    ("changing run, beside ping", CHANGING, PING, 1.15),
    ("unchanged run, beside ansible.posix.sysctl", UNCHANGED, POSIX, 0.45),
]
COLORS = {"ping": "#57606a", "role": "#1f6feb", "posix": "#d1242f", "template_posix": "#bf8700"}


def write(results: Results, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    rounds = ", ".join(f"{len(by[PING])} rounds with {hosts(size)}" for size, by in results.usage.items())
    one_execution_only = [hosts(size) for size, by in results.usage.items() if POSIX not in by]
    page = PAGE.format(
        goals=goals(results),
        rounds=rounds,
        times=by_size(results, lambda used: spread([one.seconds for one in used])),
        costs=costs(results),
        growth=growth(results),
        processor=by_size(results, lambda used: f"{statistics.median(one.processor for one in used):.1f}"),
        memory=by_size(results, lambda used: f"{statistics.median(one.memory for one in used) / 2**20:.0f}"),
        counts=counts(results),
        date=date.today(),
        cpu=processor_model(),
        cores=os.cpu_count(),
        kernel=platform.release().split("-")[0],
        core=version("ansible-core"),
        python=platform.python_version(),
        forks=FORKS,
        slow_rounds=", ".join(
            f"{len(by[POSIX])} with {hosts(size)}" for size, by in results.usage.items() if POSIX in by
        ),
        left_out=LEFT_OUT.format(" and ".join(one_execution_only)) if one_execution_only else "",
    )
    (folder / "performance.md").write_text(page)
    draw(results, folder / "performance.svg")


def hosts(size: int) -> str:
    return "1 host" if size == 1 else f"{size} hosts"


def table(header: list[str], rows: list[list[str]]) -> str:
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def goals(results: Results) -> str:
    header = ["time of a run", *(hosts(size) for size in results.usage), "goal"]
    rows = []
    for words, one, other, goal in GOALS:
        known = {size: one in by and other in by for size, by in results.usage.items()}
        cells = [f"{results.ratio(size, one, other):.2f}" if known[size] else "" for size in results.usage]
        rows.append([words, *cells, f"{goal:.2f}"])
    return table(header, rows)


def by_size(results: Results, cell: Callable[[list[Usage]], str]) -> str:
    header = ["", *(hosts(size) for size in results.usage)]
    rows = [
        [one.title, *(cell(by[one]) if one in by else "" for by in results.usage.values())]
        for one in CONTENDERS
    ]
    return table(header, rows)


def spread(numbers: list[float]) -> str:
    return f"{statistics.median(numbers):.2f} ({min(numbers):.2f} to {max(numbers):.2f})"


def costs(results: Results) -> str:
    """What one more host costs, where there are runs of one host and of more."""
    sizes = [size for size in results.usage if size > 1] if 1 in results.usage else []
    rows = []
    for one in CONTENDERS:
        cells = [
            f"{cost(results, size, one) * 1000:.0f}" if one in results.usage[size] else "" for size in sizes
        ]
        rows.append([one.title, *cells])
    return table(["", *(hosts(size) for size in sizes)], rows)


def cost(results: Results, size: int, one: Contender) -> float:
    alone, all_of_them = (
        statistics.median(used.seconds for used in results.usage[count][one]) for count in (1, size)
    )
    return (all_of_them - alone) / (size - 1)


def growth(results: Results) -> str:
    """How much more one more host costs among many, in words."""
    few, many = 10, max(results.usage)
    if 1 not in results.usage or few not in results.usage:
        return ""
    more = {
        one: cost(results, many, one) / cost(results, few, one) - 1 for one in (UNCHANGED, CHANGING, PING)
    }
    told = ", ".join(f"{one.title} {grown:+.0%}" for one, grown in more.items())
    return f"From {few} to {many} hosts that grows: {told}. The goal was 10 % at most."


def counts(results: Results) -> str:
    ping = results.counts[PING]
    rows = [
        [
            one.title,
            str(found.executions),
            f"{found.payload:,}",
            f"{found.payload / ping.payload:.2f}",
            f"{found.wire:,}",
        ]
        for one, found in results.counts.items()
    ]
    return table(["", "executions", "bytes to its Python", "beside ping", "bytes on the wire"], rows)


def processor_model() -> str:
    found = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return found.group(1) if found else platform.machine()


def draw(results: Results, path: Path) -> None:
    """Time for each host over the number of hosts, both in logarithms."""
    pyplot.rcParams.update(
        {"svg.fonttype": "none", "svg.hashsalt": "bench", "font.family": "sans-serif", "font.size": 9}
    )
    figure, axes = pyplot.subplots(figsize=(9, 4.2), layout="constrained")
    for one in CONTENDERS:
        known = {
            size: [used.seconds / size for used in by[one]] for size, by in results.usage.items() if one in by
        }
        color, line = COLORS[one.playbook], "--" if one.changes else "-"
        medians = [statistics.median(times) for times in known.values()]
        axes.plot(
            list(known), medians, label=one.title, color=color, linestyle=line, marker="o", markersize=3
        )
        least, most = ([choose(times) for times in known.values()] for choose in (min, max))
        axes.fill_between(list(known), least, most, color=color, alpha=0.15, linewidth=0)
    axes.set(xscale="log", yscale="log", xlabel="hosts", ylabel="seconds for each host")
    axes.set_xticks(list(results.usage), [str(size) for size in results.usage])
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter("{x:g}")
    axes.xaxis.set_minor_locator(ticker.NullLocator())
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None, "Creator": None})
    pyplot.close(figure)
