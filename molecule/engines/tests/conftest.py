# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import time

import pytest

SECONDS = 60
AS_ANN = 'su --login ann --command "XDG_RUNTIME_DIR=/run/user/$(id -u ann) {}"'


@pytest.fixture(scope="module")
def info(host):
    """Return a function that returns what the info module sees."""
    module = "netops.tcp_keepalive.tcp_keepalive_info"
    return lambda: host.ansible(module, "sockets=processes namespaces=all", check=False)


@pytest.fixture(scope="module")
def listed(host):
    """Return a function that returns the names that an engine itself lists; ``command`` is one of its own."""

    def names(command, of_ann=False):
        return set(host.check_output(AS_ANN.format(command) if of_ann else command).split())

    return names


@pytest.fixture
def comes_to():
    """Return a function that returns what a look comes to, and fails where it never is what is expected."""

    def wait(look, expected):
        end = time.monotonic() + SECONDS
        while (seen := look()) != expected:
            assert time.monotonic() < end, seen
            time.sleep(1)

    return wait
