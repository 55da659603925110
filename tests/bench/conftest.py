# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the comparison once for all tests."""

import os
from pathlib import Path

import pytest
import report
from comparison import FULL, SMOKE, compare

DOCS = Path(__file__).parents[2] / "docs"


def pytest_addoption(parser):
    parser.addoption("--write", action="store_true", help="measure in full and write the results to docs")


@pytest.fixture(scope="session")
def results(request, tmp_path_factory):
    """Return the results of all contenders: of a small comparison, or of the full one with --write."""
    if os.geteuid() != 0:
        pytest.fail("The benchmark needs network namespaces: run it as root or with sudo.")
    full = request.config.getoption("--write")
    measured = compare(FULL if full else SMOKE)
    report.write(measured, DOCS if full else tmp_path_factory.mktemp("docs"))
    return measured
