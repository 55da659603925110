import os

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils import _dropin
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
    _dropin.check_path(path)


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
def test_path_that_some_boot_tool_passes_over(path):
    with pytest.raises(KeepaliveError, match="path: .* is refused"):
        _dropin.check_path(path)


def test_read(host):
    assert _dropin.read(host.dropin) is None
    host.write(b"\xff\0")
    assert _dropin.read(host.dropin) == b"\xff\0"


@pytest.mark.parametrize(
    "make, word",
    [
        (os.mkdir, "not a regular file"),
        (os.mkfifo, "not a regular file"),
        (lambda path: os.symlink("/nowhere", path), "a symbolic link to /nowhere"),
    ],
)
def test_read_refuses_what_is_no_regular_file(host, make, word):
    make(host.dropin)
    with pytest.raises(KeepaliveError, match=word):
        _dropin.read(host.dropin)
