# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import os

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._next_boot import NextBoot

CONF, OURS, LATER = "/etc/sysctl.conf", "/etc/sysctl.d/50-ours.conf", "/etc/sysctl.d/60-later.conf"
TIME, PROBES = b"net.ipv4.tcp_keepalive_time = ", b"net.ipv4.tcp_keepalive_probes = "
LINK = "/etc/sysctl.d/99-sysctl.conf"
P, SYSTEM = "sysctl -p", "sysctl --system"


@pytest.mark.parametrize(
    "files, link, expected",
    [
        ({}, False, []),
        ({OURS: TIME + b"45\n"}, False, []),
        ({OURS: TIME + b"45\n", CONF: b"vm.swappiness = 1\n"}, False, []),
        ({OURS: TIME + b"45\n", CONF: b"#" + TIME + b"600\n"}, False, []),
        # Not read at boot, and read by a link but last anyway.
        ({CONF: b"\n" + TIME + b"600\n"}, False, [(CONF, 2, "time", 600, P)]),
        ({OURS: TIME + b"45\n", CONF: TIME + b"600\n"}, False, [(CONF, 1, "time", 600, P)]),
        ({OURS: TIME + b"45\n", CONF: TIME + b"600\n"}, True, []),
        (
            {"/etc/sysctl.d/99-x.conf": TIME + b"45\n", CONF: TIME + b"600\n"},
            True,
            [(CONF, 1, "time", 600, P)],
        ),
        # The same value, one that the kernel refuses, the last of several.
        ({OURS: TIME + b"45\n", CONF: TIME + b"45\n"}, False, []),
        ({OURS: TIME + b"45\n", CONF: TIME + b"45s\n"}, False, []),
        (
            {CONF: TIME + b"1\n" + TIME + b"2\n" + PROBES + b"3\n"},
            False,
            [(CONF, 2, "time", 2, P), (CONF, 3, "probes", 3, P)],
        ),
        # A value that the kernel refuses takes the earlier one with it under systemd alone.
        (
            {OURS: TIME + b"45s\n", "/etc/sysctl.d/10-a.conf": TIME + b"7\n"},
            False,
            [("/etc/sysctl.d/10-a.conf", 1, "time", 7, SYSTEM)],
        ),
        ({OURS: TIME + b"45\n", LATER: TIME + b"46\n"}, False, []),
    ],
)
def test_lines_that_come_back(host, files, link, expected):
    for path, data in files.items():
        host.put(path, data)
    if link:
        os.symlink("../sysctl.conf", host.root + LINK)
    next_boot = NextBoot(host.root, host.proc)
    found = next_boot.returning(next_boot.predict())
    assert [tuple(line)[:5] for line in found] == expected


@pytest.mark.parametrize(
    "key, sets",
    [
        (b"net.ipv4.tcp_keepalive_time", [{"time"}]),
        (b"net.ipv4.tcp_keepalive_*", [{"time", "intvl", "probes"}] * 3),
        (b"net.ipv4.tcp_k*_time", [set()]),
    ],
)
def test_what_a_line_sets(host, key, sets):
    host.put(CONF, key + b" = 60\n")
    next_boot = NextBoot(host.root, host.proc)
    assert [line.sets for line in next_boot.returning(next_boot.predict())] == sets


def test_file_that_cannot_be_read_is_left_to_the_prediction(host):
    os.mkfifo(host.root + CONF)
    next_boot = NextBoot(host.root, host.proc)
    assert next_boot.returning(next_boot.predict()) == []
