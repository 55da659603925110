# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The comparison as a figure."""

import statistics
from pathlib import Path

import matplotlib
from comparison import CONTENDERS, Results

matplotlib.use("svg")
from matplotlib import pyplot, ticker

COLORS = {"ping": "#57606a", "role": "#1f6feb", "posix": "#d1242f", "template_posix": "#bf8700"}


def draw(results: Results, path: Path) -> None:
    """Draw the time per host over the number of hosts, both on logarithmic axes."""
    pyplot.rcParams.update(
        {"svg.fonttype": "none", "svg.hashsalt": "bench", "font.family": "sans-serif", "font.size": 9}
    )
    figure, axes = pyplot.subplots(figsize=(9, 4.2), layout="constrained")
    for contender in CONTENDERS:
        times = {
            size: [used.seconds / size for used in by_contender[contender]]
            for size, by_contender in results.usage.items()
            if contender in by_contender
        }
        sizes, color = list(times), COLORS[contender.playbook]
        line = {"linestyle": "--" if contender.changes else "-", "marker": "o", "markersize": 3}
        axes.plot(
            sizes, [*map(statistics.median, times.values())], label=contender.title, color=color, **line
        )
        least, most = [*map(min, times.values())], [*map(max, times.values())]
        axes.fill_between(sizes, least, most, color=color, alpha=0.15, linewidth=0)
    axes.set(xscale="log", yscale="log", xlabel="hosts", ylabel="seconds per host")
    axes.set_xticks(list(results.usage), [str(size) for size in results.usage])
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter("{x:g}")
    axes.xaxis.set_minor_locator(ticker.NullLocator())
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None, "Creator": None})
    pyplot.close(figure)
