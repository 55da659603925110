"""Runs the cases side by side, each once, in a process and namespaces of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import report
from cases import CASES

LAB = Path(__file__).parent
DOCS = LAB.parents[1] / "docs/guide"
SECONDS = 120


def pytest_addoption(parser):
    parser.addoption(
        "--write", action="store_true", help="write the results to docs/guide, as a table and a figure"
    )


def start(name: str) -> subprocess.Popen:
    alone = [
        "setpriv",
        "--pdeathsig",
        "KILL",
        "timeout",
        str(SECONDS),
        "unshare",
        "--net",
        "--mount",
        "--propagation",
        "private",
    ]
    return subprocess.Popen(
        [*alone, sys.executable, LAB / "cases.py", name], stdout=subprocess.PIPE, text=True
    )


@pytest.fixture(scope="session")
def results(request):
    """Return the results of all cases by name; with --write, put them into the docs too."""
    if os.geteuid() != 0:
        pytest.fail("The laboratory makes network namespaces: run as root, or with sudo.")
    under_way = {name: start(name) for name in CASES}
    results = {}
    for name, process in under_way.items():
        output, _none = process.communicate()
        results[name] = (
            json.loads(output)
            if process.returncode == 0
            else {"shows": name, "expected": "", "measured": "", "holds": False}
        )
    if request.config.getoption("--write"):
        report.write(results, DOCS)
    return results
