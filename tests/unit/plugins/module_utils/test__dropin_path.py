# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._dropin_path import check_path
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import KeepaliveError


@pytest.mark.parametrize(
    "path",
    [
        "/etc/sysctl.d/99-tcp-keepalive.conf",
        "/etc/sysctl.d//60-x.conf",
        "/usr/local/lib/sysctl.d/60-x.conf",
        "/usr/lib/sysctl.d/60.conf",
        "/lib/sysctl.d/a_b+c@d.conf",
    ],
)
def test_path_that_boot_tools_read(path):
    check_path(path)


@pytest.mark.parametrize(
    "path",
    [
        "/etc/sysctl.conf",
        "/etc/99.conf",
        "/run/sysctl.d/99.conf",
        "/etc/sysctl.d/sub/99.conf",
        "/etc/sysctl.d/../99.conf",
        "etc/sysctl.d/99.conf",
        "99.conf",
        "",
        "/",
        "/etc/sysctl.d",
        "/etc/sysctl.d/",
        "/etc/sysctl.d/99",
        "/etc/sysctl.d/99.CONF",
        "/etc/sysctl.d/99.conf.d",
        "/etc/sysctl.d/.conf",
        "/etc/sysctl.d/.99.conf",
        "/etc/sysctl.d/-99.conf",
        "/etc/sysctl.d/[9].conf",
        "/etc/sysctl.d/{a,b}.conf",
        "/etc/sysctl.d/9 9.conf",
        "/etc/sysctl.d/9\n.conf",
        "/etc/sysctl.d/99.conf\n",
        "/etc/sysctl.d/é.conf",
        "/etc/sysctl.d/99.conf\0",
    ],
)
def test_path_that_some_boot_tool_skips_is_refused(path):
    with pytest.raises(KeepaliveError, match="path: .* is refused"):
        check_path(path)
