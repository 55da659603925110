# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every Molecule scenario, run as a user runs it, and judged by its exit status and by the tests that passed.

With -s the steps are shown as they run: scenarios run side by side, and each line names its own.
"""

import os
import re
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
MOLECULE = Path(sys.executable).parent / "molecule"
SIDE_BY_SIDE = 2
# Slowest first. Those with several emulated machines have the processors to themselves.
SCENARIOS = ["power_cut", "always", "engines", "overrides", "default", "alternative", "vm"]
ALONE = ("power_cut", "always")
BASE = ROOT / ".config/molecule/config.yml"
interrupted = threading.Event()


def run(scenario: str) -> tuple[int, str]:
    """Run a scenario, print its steps, and return its exit status and all that it printed."""
    if os.geteuid() != 0:
        return 1, "Test hosts need root: run as root, or with sudo."
    if interrupted.is_set():
        return 1, "Not started: interrupted."
    started = time.monotonic()
    process = subprocess.Popen(
        [MOLECULE, "test", "--scenario-name", scenario, "--no-command-borders"],
        cwd=ROOT,
        env={**os.environ, "NO_COLOR": "1", "PATH": f"{MOLECULE.parent}:{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    printed = []
    for line in process.stdout:
        printed.append(line)
        step = re.search(r"> (\w+)] Executing$|(\d+ (passed|failed)).* in ", line.rstrip())
        if step:
            print(
                f"{time.monotonic() - started:4.0f} s  {scenario}: {step.group(1) or step.group(2)}",
                flush=True,
            )
    return process.wait(), "".join(printed)


@pytest.fixture(scope="session")
def runs(request):
    """Return the running scenarios by name: side by side, except for those that run alone."""
    selected = [
        item.callspec.params["scenario"] for item in request.session.items if hasattr(item, "callspec")
    ]

    def interrupt(*_arguments):
        # Scenarios that are running end by themselves, and no other may start.
        interrupted.set()
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)
    under_way = {}
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        for scenario in selected:
            under_way[scenario] = pool.submit(run, scenario)
            if scenario in ALONE:
                wait([under_way[scenario]])
        yield under_way


def counts_of_verify_steps(scenario: str) -> list[int]:
    """Return how many tests pytest collects for each verify step of a scenario, over all of its hosts.

    Molecule reports success for a verify step that finds no test.
    """
    folder = ROOT / "molecule" / scenario
    config = yaml.safe_load((folder / "molecule.yml").read_text())
    sequence = (config if "scenario" in config else yaml.safe_load(BASE.read_text()))["scenario"][
        "test_sequence"
    ]
    hosts = ",".join(f"ssh://{platform['name']}" for platform in config["platforms"])
    counts = []
    for step, *tests in map(str.split, sequence):
        if step == "verify":
            command = [sys.executable, "-m", "pytest", "--collect-only", "-q", f"--hosts={hosts}"]
            done = subprocess.run(
                [*command, *(tests or ["tests"])], cwd=folder, capture_output=True, text=True, check=False
            )
            collected = re.search(r"^(\d+) tests? collected", done.stdout, re.MULTILINE)
            assert collected, done.stdout + done.stderr
            counts.append(int(collected.group(1)))
    return counts


def test_every_scenario_is_listed():
    assert sorted(SCENARIOS) == sorted(path.parent.name for path in ROOT.glob("molecule/*/molecule.yml"))


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_scenario(runs, scenario):
    status, printed = runs[scenario].result()
    assert status == 0, printed
    passed = [int(count) for count in re.findall(r"^=+ (\d+) passed in ", printed, re.MULTILINE)]
    assert passed == counts_of_verify_steps(scenario), printed
