# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import tempfile

import pytest
from hosts import images
from hosts.own_host import own_host
from sandbox import IMAGE, Sandbox


@pytest.fixture(scope="session", autouse=True)
def host_of_its_own():
    # To build it takes this machine's network.
    images.tree(IMAGE)
    with own_host():
        yield


@pytest.fixture(scope="module")
def sandbox(request):
    """The module's FILES are the applications."""
    with tempfile.TemporaryDirectory(prefix="applications-") as folder:
        opened = Sandbox(folder, request.module.FILES)
        yield opened
        opened.close()
