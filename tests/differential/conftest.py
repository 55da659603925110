# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import pytest
from tools import SUITES, Suite


@pytest.fixture(scope="session")
def suites():
    opened = [Suite(name) for name in SUITES]
    yield opened
    for suite in opened:
        suite.close()
