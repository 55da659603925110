# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import os

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._apply import _obstacles
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import KeepaliveError


def test_check_names_a_missing_folder(host):
    with pytest.raises(KeepaliveError, match="/missing is not a folder"):
        _obstacles.check(host.root + "/missing/99.conf", host.proc)


def test_check_follows_no_link(host):
    os.symlink(os.path.dirname(host.dropin), host.root + "/link")
    with pytest.raises(
        KeepaliveError, match="/link is a symbolic link to .*/etc/sysctl.d, and links are not followed"
    ):
        _obstacles.check(host.root + "/link/99.conf", host.proc)


@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o757])
def test_check_refuses_a_world_writable_folder(host, mode):
    os.chmod(os.path.dirname(host.dropin), mode)
    with pytest.raises(KeepaliveError, match="anyone may write to .*chmod o-w"):
        _obstacles.check(host.dropin, host.proc)


def test_check_refuses_a_mount_point(host):
    host.write(b"old")
    host.put("/proc/self/mountinfo", "36 35 98:0 /x {0} rw - ext4 /dev/sda rw\n".format(host.dropin).encode())
    with pytest.raises(KeepaliveError, match="is a mount point of its own"):
        _obstacles.check(host.dropin, host.proc)
