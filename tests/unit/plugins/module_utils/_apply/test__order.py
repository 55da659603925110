# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import os

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._apply import _order
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._next_boot import NextBoot
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import KeepaliveError

OURS = "/etc/sysctl.d/99-tcp-keepalive.conf"
LATER = "/etc/sysctl.d/zz.conf"
FILE = b"""\
net.ipv4.tcp_keepalive_time = 120
net.ipv4.tcp_keepalive_intvl = 30
net.ipv4.tcp_keepalive_probes = 4
"""
NEW = {"time": 120, "intvl": 30, "probes": 4}


def line(name, value):
    return "net.ipv4.tcp_keepalive_{0} = {1}\n".format(name, value).encode()


def next_boot(host):
    return NextBoot(host.root, host.proc)


def boots(host, steps):
    """Return what a boot sets after each of the steps."""
    return [next_boot(host).predict(dict(steps[:count])).values() for count in range(1, len(steps) + 1)]


@pytest.mark.parametrize("changes", [{}, {OURS: FILE}, {OURS: None}])
def test_one_file_is_one_step(host, changes):
    assert _order.in_order(next_boot(host), changes, OURS) == list(changes.items())


@pytest.mark.parametrize("end", [b"", b"\n", b"\n\n", b"\n# no line feed at the end"])
def test_several_files_seem_to_change_at_once(host, end):
    last = line("time", 600).rstrip() + end
    host.put(LATER, last)
    host.put("/etc/sysctl.d/zy.conf", line("probes", 9))
    changes = {OURS: FILE, "/etc/sysctl.d/zy.conf": b"", LATER: b"#" + last}
    steps = _order.in_order(next_boot(host), changes, OURS)
    assert dict(steps) == changes
    assert boots(host, steps) == [NEW] * 4


@pytest.mark.parametrize("before", [b"", line("time", 600), b"net.ipv4.tcp_keepalive_time = 600", b"\n\n"])
def test_pins_that_a_killed_run_left_are_found_and_removed(host, before):
    host.put(OURS, line("probes", 3))
    host.put(LATER, before)
    steps = _order.in_order(next_boot(host), {OURS: FILE, LATER: before.replace(b"net", b"#net")}, OURS)
    path, pinned = steps[0]
    assert path == LATER
    host.put(LATER, pinned)
    assert _order.pinned_files(next_boot(host), next_boot(host).predict(), OURS) == {
        LATER: before.replace(b"net", b"#net")
    }


def test_host_without_pins_has_none(host):
    host.put(LATER, line("time", 600))
    assert _order.pinned_files(next_boot(host), next_boot(host).predict(), OURS) == {}


def test_change_that_cannot_look_atomic_is_refused(host):
    """busybox reads no line after one that the kernel refuses."""
    for path in ("/usr/lib/systemd/systemd-sysctl", "/usr/lib/systemd/systemd", "/sbin/init"):
        os.unlink(host.root + path)
    host.put("/sbin/busybox", b"BusyBox v1.36.1")
    os.symlink("busybox", host.root + "/sbin/sysctl")
    host.put("/etc/init.d/sysctl", b"sysctl -p", 0o755)
    host.put("/sbin/openrc", b"")
    host.put("/etc/runlevels/boot/sysctl", b"")
    last = line("time", 600) + line("intvl", "refused")
    host.put("/etc/sysctl.conf", last)
    assert next_boot(host).tool_name == "busybox"
    with pytest.raises(KeepaliveError, match="/etc/sysctl.conf and .* a mixture of old and new values"):
        _order.in_order(next_boot(host), {OURS: FILE, "/etc/sysctl.conf": b"#" + last}, OURS)


def test_our_file_is_pinned_where_no_other_can_be(host):
    """A pin in a file that is read before ours is beaten by ours."""
    earlier = "/etc/sysctl.d/50-x.conf"
    host.put(OURS, line("time", 200))
    host.put(earlier, line("intvl", 30))
    for ours in (FILE, None):
        changes = {earlier: b"", OURS: ours}
        steps = _order.in_order(next_boot(host), changes, OURS)
        assert dict(steps) == changes
        assert len({str(values_after) for values_after in boots(host, steps)}) == 1
