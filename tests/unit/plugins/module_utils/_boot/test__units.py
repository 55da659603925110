# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import os

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot import _units
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._tree import Tree


@pytest.mark.parametrize(
    "path, starts",
    [
        ("/etc/ufw/ufw.conf", False),
        ("/usr/lib/systemd/system/ufw.service", False),
        ("/etc/systemd/system/multi-user.target.wants/ufw.service", True),
        ("/etc/systemd/system/network.target.requires/ufw.service", True),
        ("/usr/lib/systemd/system/basic.target.wants/ufw.service", True),
        ("/etc/systemd/system/multi-user.target.wants/xufw.service", False),
        ("/etc/systemd/system/ufw.service.d/ufw.service", False),
        ("/etc/rcS.d/S02ufw", True),
        ("/etc/rcS.d/K02ufw", False),
        ("/etc/rcS.d/S02ufw2", False),
        ("/etc/runlevels/boot/ufw", True),
        ("/etc/runlevels/shutdown/ufw", False),
    ],
)
def test_starts(host, path, starts):
    host.put(path, b"")
    assert _units.starts(Tree(host.root), "ufw") is starts


def test_masked(host):
    host.put("/etc/systemd/system/multi-user.target.wants/ufw.service", b"")
    os.symlink("/dev/null", host.root + "/etc/systemd/system/ufw.service")
    assert not _units.starts(Tree(host.root), "ufw")
