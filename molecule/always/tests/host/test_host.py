# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole host, before and after a reboot."""

import pytest

ARMED = [1, 235, 38, 9]


def test_new_connections(ends):
    assert ends() == [ARMED, ARMED]


def test_new_connections_in_another_network_namespace(ends):
    """It has the kernel's defaults, as a container's has."""
    assert ends("unshare --net sh -c 'ip link set lo up; {}'") == [ARMED, ARMED]


def test_what_the_application_opened_at_its_start(of_the_application):
    assert of_the_application() == (2, 2)


@pytest.mark.parametrize("container", ["bridge", "in-pod"])
def test_what_a_container_opened_at_its_start(of_a_container, comes_to, container):
    assert comes_to(lambda: of_a_container(container), (2, 2))


def test_the_next_boot_is_prepared(host):
    assert host.service("tcp-keepalive-always.service").is_enabled
    verified = host.run("systemd-analyze verify tcp-keepalive-always.service")
    assert verified.rc == 0 and "keepalive" not in verified.stderr


def test_the_boot_ended_well(host):
    assert host.check_output("systemctl list-units --failed --plain --no-legend") == ""
