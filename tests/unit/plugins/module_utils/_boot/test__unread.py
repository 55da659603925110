# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import os

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._next_boot import NextBoot

CONF, LINK = "/etc/sysctl.conf", "/etc/sysctl.d/99-sysctl.conf"
LINE = b"net.ipv4.tcp_keepalive_time = 600\n"
VENDOR, ETC = "/usr/lib/sysctl.d/50-x.conf", "/etc/sysctl.d/50-x.conf"
NEEDS_LINK = "systemd-sysctl reads it only where a link in a sysctl.d leads to it"


@pytest.mark.parametrize(
    "files, expected",
    [
        ({}, []),
        ({CONF: b"#" + LINE}, []),
        ({CONF: b"net.ipv4.tcp_keepalive_time = x\n"}, []),
        ({CONF: b"\n" + LINE}, [(CONF, 2, "time", 600, NEEDS_LINK)]),
        ({CONF: LINE + LINE}, [(CONF, 2, "time", 600, NEEDS_LINK)]),
        (
            {"/etc/sysctl.d/50-x": LINE},
            [("/etc/sysctl.d/50-x", 1, "time", 600, "its name does not end in .conf")],
        ),
        (
            {"/etc/sysctl.d/50-x.cnf": LINE, ETC: LINE},
            [("/etc/sysctl.d/50-x.cnf", 1, "time", 600, "its name does not end in .conf")],
        ),
        (
            {
                "/etc/sysctl.d/50-x.conf~": LINE,
                "/etc/sysctl.d/50-x.conf.dpkg-old": LINE,
                "/etc/sysctl.d/README": LINE,
            },
            [],
        ),
        ({VENDOR: LINE}, []),
        ({VENDOR: LINE, ETC: b""}, [(VENDOR, 1, "time", 600, ETC + " takes its name")]),
    ],
)
def test_files_that_no_boot_tool_reads(host, files, expected):
    for path, data in files.items():
        host.put(path, data)
    assert unread(host) == expected


def test_file_that_a_link_leads_to_is_read(host):
    host.put(CONF, LINE)
    os.symlink("../sysctl.conf", host.root + LINK)
    assert unread(host) == []


def test_nothing_is_read_where_nothing_loads(host):
    host.put(ETC, LINE)
    os.unlink(host.root + "/usr/lib/systemd/systemd-sysctl")
    assert unread(host) == [(ETC, 1, "time", 600, "nothing loads it at boot")]


def test_file_that_cannot_be_read_proves_nothing(host):
    os.mkfifo(host.root + "/etc/sysctl.d/50-x")
    os.mkfifo(host.root + CONF)
    assert unread(host) == []


def unread(host):
    next_boot = NextBoot(host.root, host.proc)
    return next_boot.unread(next_boot.predict())
