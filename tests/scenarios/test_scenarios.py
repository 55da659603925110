"""Every Molecule scenario, run as a user runs it, and judged by its exit status and by the tests that it counted.

Run with -s to see the steps as they go by: scenarios run side by side, and a line names its own.
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
# Emulated machines fight over the processors: the scenario with several goes first, and no other beside it.
ALONE = "power_cut"
# By scenario: the tests of each verify step, in their order, for one host. What runs must be all of them.
TESTS_PER_HOST = {
    "power_cut": [3, 5],
    "overrides": [5],
    "default": [4, 5, 2],
    "alternative": [4, 5, 2],
    "vm": [4, 5, 2],
}
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
    """Return the runs of the selected scenarios by name, under way side by side, but for the one that goes alone."""
    selected = [
        item.callspec.params["scenario"] for item in request.session.items if hasattr(item, "callspec")
    ]

    def interrupt(*_arguments):
        # The scenarios under way end by themselves, and no other is to start.
        interrupted.set()
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)
    under_way = {}
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        for scenario in selected:
            under_way[scenario] = pool.submit(run, scenario)
            if scenario == ALONE:
                wait([under_way[scenario]])
        yield under_way


def test_scenarios_are_all_here():
    assert sorted(TESTS_PER_HOST) == sorted(path.parent.name for path in ROOT.glob("molecule/*/molecule.yml"))


@pytest.mark.parametrize("scenario", TESTS_PER_HOST)
def test_scenario(runs, scenario):
    status, printed = runs[scenario].result()
    assert status == 0, printed
    hosts = len(yaml.safe_load((ROOT / "molecule" / scenario / "molecule.yml").read_text())["platforms"])
    passed = [int(count) for count in re.findall(r"^=+ (\d+) passed in ", printed, re.MULTILINE)]
    assert passed == [hosts * tests for tests in TESTS_PER_HOST[scenario]], printed
