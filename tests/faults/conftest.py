# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import pytest
from host import Host


def pytest_terminal_summary(terminalreporter):
    counts = [
        dict(report.user_properties).get("faults", 0) for report in terminalreporter.stats.get("passed", [])
    ]
    terminalreporter.write_line(f"{sum(counts)} faults were injected, each in a separate run.")


@pytest.fixture(scope="session")
def hosts():
    """Return a function that gives the host of a suite, opened on first use."""
    opened = {}

    def host(suite):
        if suite not in opened:
            opened[suite] = Host(suite)
        return opened[suite]

    yield host
    for suite_host in opened.values():
        suite_host.close()
