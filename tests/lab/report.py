# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The laboratory's results as a page and a figure."""

import platform
from datetime import date
from pathlib import Path

import matplotlib

matplotlib.use("svg")
from matplotlib import pyplot

PAGE = """\
# The laboratory

What keepalive does on a real kernel: client, router and server in network namespaces, nftables NAT that
forgets silent connections, real sockets. `make lab` measures it again and writes this page. `2/1/9` means
time 2 s, intvl 1 s, 9 probes.

Measured on {date}, Linux {kernel}. With values of a few seconds a connection should be given up after
time + intvl × probes, within 1 s and 1 %. Longer waits end up to an eighth late: see the hop of 60 s.

| case | expected | measured |
|---|---|---|
{rows}

![When probes were sent, and when the connection was given up](lab.svg)
"""
SILENCE, SENT, LOST = "#b8c4d6", "#1f6feb", "#d1242f"


def write(results: dict, folder: Path) -> None:
    rows = "\n".join("| {shows} | {expected} | {measured} |".format(**case) for case in results.values())
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "lab.md").write_text(
        PAGE.format(date=date.today(), kernel=platform.release().split("-")[0], rows=rows)
    )
    draw([case for case in results.values() if case.get("sent")], folder / "lab.svg")


def draw(cases: list[dict], path: Path) -> None:
    """Draw a row for each case: its silence, its probes (lost or answered) and its end."""
    pyplot.rcParams.update(
        {"svg.fonttype": "none", "svg.hashsalt": "lab", "font.family": "sans-serif", "font.size": 9}
    )
    figure, axes = pyplot.subplots(figsize=(9, 0.62 * len(cases) + 1.1), layout="constrained")
    for row, case in enumerate(cases):
        last = case["end"] or max(case["sent"]) + case["time"]
        axes.hlines(row, 0, last, color=SILENCE, linewidth=7, zorder=1)
        answered = [at for at in case["sent"] if at not in case["lost"]]
        axes.scatter(answered, [row] * len(answered), marker="|", s=170, linewidth=2.2, color=SENT, zorder=2)
        axes.scatter(
            case["lost"], [row] * len(case["lost"]), marker="x", s=38, linewidth=1.8, color=LOST, zorder=2
        )
        if case["end"]:
            axes.annotate("given up", (last, row), xytext=(6, -3), textcoords="offset points", color=LOST)
    axes.scatter([], [], marker="|", s=170, linewidth=2.2, color=SENT, label="probe, answered")
    axes.scatter([], [], marker="x", s=38, linewidth=1.8, color=LOST, label="probe, without an answer")
    axes.legend(loc="lower right", frameon=False)
    axes.set_yticks(range(len(cases)), [case["shows"].replace("; ", "\n", 1) for case in cases])
    axes.invert_yaxis()
    axes.set_xlabel("seconds since the last data")
    axes.set_xlim(left=0)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    figure.savefig(path, metadata={"Date": None, "Creator": None})
    pyplot.close(figure)
