# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import pytest
from hosts import images
from hosts.own_host import own_host
from hosts.sandbox import Sandbox

IMAGE = "bookworm-applications"


@pytest.fixture(scope="session", autouse=True)
def host_of_its_own():
    # To build it takes this machine's network.
    images.tree(IMAGE)
    with own_host():
        yield


@pytest.fixture(scope="module")
def sandbox(request, tmp_path_factory):
    """The module's FILES are the applications."""
    opened = Sandbox(IMAGE, tmp_path_factory.mktemp("sandbox"), request.module.FILES)
    yield opened
    opened.close()
