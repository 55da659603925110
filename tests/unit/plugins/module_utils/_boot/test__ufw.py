# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import os

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._next_boot import NextBoot

FILE = "/etc/ufw/sysctl.conf"
LINE = "net/ipv4/tcp_keepalive_time=600\n"
PROCPS, BUSYBOX = b"procps-ng 4.0.2", b"BusyBox v1.36.1"


def boot(host, enabled, default, sysctl=PROCPS):
    host.put("/etc/systemd/system/multi-user.target.wants/ufw.service", b"")
    host.put("/etc/ufw/ufw.conf", enabled.encode())
    host.put("/etc/default/ufw", default.encode())
    if sysctl == BUSYBOX:
        host.put("/bin/busybox", sysctl)
        os.symlink("/bin/busybox", host.root + "/sbin/sysctl")
    elif sysctl:
        host.put("/sbin/sysctl", sysctl)
    return NextBoot(host.root, host.proc).predict()


@pytest.mark.parametrize(
    "enabled, default, value",
    [
        ("ENABLED=yes", f"IPT_SYSCTL={FILE}", 600),
        ("ENABLED=YES", f"IPT_SYSCTL={FILE}", 600),
        ('ENABLED="yes" # on', f"IPT_SYSCTL='{FILE}'", 600),
        (f"ENABLED=yes\nIPT_SYSCTL={FILE}", "", 600),
        ("ENABLED=yes\nIPT_SYSCTL=\n", f"IPT_SYSCTL={FILE}", 7200),
        ("ENABLED=no", f"IPT_SYSCTL={FILE}", 7200),
        ("ENABLED=no\nENABLED=yes", f"IPT_SYSCTL={FILE}", 600),
        ("ENABLED=Yes", f"IPT_SYSCTL={FILE}", 7200),
        ("#ENABLED=yes", f"IPT_SYSCTL={FILE}", 7200),
        ("ENABLED=yes", "", 7200),
        ("ENABLED=yes", "IPT_SYSCTL=", 7200),
        ("ENABLED=yes", "IPT_SYSCTL=/etc/missing", 7200),
        ("ENABLED=yes", f'IPT_SYSCTL="/etc/missing {FILE}"', 600),
        ("ENABLED=yes", 'IPT_SYSCTL="$HOME/x"', None),
        ("ENABLED=`true`", f"IPT_SYSCTL={FILE}", None),
    ],
)
def test_configuration(host, enabled, default, value):
    host.put(FILE, LINE.encode())
    entry = boot(host, enabled + "\n", default + "\n").boot["time"]
    assert (entry and entry.value) == value


@pytest.mark.parametrize(
    "text, sysctl, value",
    [
        (LINE, PROCPS, 600),
        (LINE + "net.ipv4.tcp_keepalive_time = 700", PROCPS, 700),
        (LINE + "net/ipv4/tcp_keepalive_time=60s", PROCPS, 600),
        ("-" + LINE, PROCPS, 600),
        (LINE, BUSYBOX, 600),
        ("net.ipv4.tcp_keepalive_time = 60s\n" + LINE, BUSYBOX, 7200),
        (LINE, b"", 600),
    ],
)
def test_by_the_rules_of_the_hosts_sysctl(host, text, sysctl, value):
    host.put(FILE, text.encode())
    assert boot(host, "ENABLED=yes\n", f"IPT_SYSCTL={FILE}\n", sysctl).boot["time"].value == value
