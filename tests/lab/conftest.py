# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs all cases in parallel, once each, in processes and namespaces of their own."""

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
    parser.addoption("--write", action="store_true", help="write a table and a figure to docs/guide")


def start(name: str) -> subprocess.Popen:
    limited = ["setpriv", "--pdeathsig", "KILL", "timeout", str(SECONDS)]
    alone = ["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "--net", "--mount"]
    command = [*limited, *alone, sys.executable, LAB / "cases.py", name]
    environment = {**os.environ, "PYTHONPATH": str(LAB.parent)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)


@pytest.fixture(scope="session")
def results(request):
    """Return the results of all cases by name; with --write, also write them to the docs."""
    if os.geteuid() != 0:
        pytest.fail("The laboratory needs network namespaces: run it as root or with sudo.")
    running = {name: start(name) for name in CASES}
    results = {}
    for name, process in running.items():
        output, _none = process.communicate()
        failed = {"shows": name, "expected": "", "measured": "", "holds": False}
        results[name] = json.loads(output) if process.returncode == 0 else failed
    if request.config.getoption("--write"):
        report.write(results, DOCS)
    return results
