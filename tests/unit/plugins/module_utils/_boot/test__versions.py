# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import os

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot import _versions
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._systemd_rules import (
    RHEL_7,
    RHEL_7_OLD,
    RHEL_8,
    RHEL_8_OLD,
    SUSE,
)
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._tree import Tree

BINARY = "/usr/lib/systemd/systemd-sysctl"
SHARED = "\0libsystemd-shared-{0}.so\0"


def found(host, name, binary, release=None):
    host.put(BINARY, binary.encode())
    if release is not None:
        host.put("/usr/lib/os-release", release.encode())
        os.symlink("../usr/lib/os-release", host.root + "/etc/os-release")
    return [tuple(candidate) for candidate in _versions.candidates(Tree(host.root), name, BINARY)]


@pytest.mark.parametrize(
    "binary, release, expected",
    [
        (SHARED.format("257-9.el10"), None, [((257,), "")]),
        (SHARED.format(252), "ID=rhel\nVERSION_ID=9.4\n", [((252,), "")]),
        ("\0systemd 219\0", 'ID="centos"\nVERSION_ID="7"\n', [((219,), RHEL_7), ((219,), RHEL_7_OLD)]),
        ("\0systemd 219\0", 'ID="rhel"\nVERSION_ID="7.9"\n', [((219,), RHEL_7)]),
        ("\0systemd 219\0", "ID=ubuntu\nVERSION_ID=15.04\n", [((219,), "")]),
        (
            "\0systemd 219\0",
            "ID=amzn\nID_LIKE='centos rhel'\n",
            [((219,), b) for b in (RHEL_7, RHEL_7_OLD, "")],
        ),
        (SHARED.format(239), "ID=rocky\nVERSION_ID=8.5\n", [((239,), RHEL_8_OLD)]),
        (SHARED.format(239), "ID=almalinux\nVERSION_ID='8.10'\n", [((239,), RHEL_8)]),
        (SHARED.format(239), "ID=centos\nVERSION_ID=8\n", [((239,), RHEL_8), ((239,), RHEL_8_OLD)]),
        (SHARED.format(239), None, [((239,), RHEL_8), ((239,), RHEL_8_OLD)]),
        (SHARED.format(239), "\0\xff=", [((239,), RHEL_8), ((239,), RHEL_8_OLD)]),
        (SHARED.format(234), "ID=opensuse-leap\nVERSION_ID=15.0\n", [((234,), SUSE)]),
        (SHARED.format(234), None, [((234,), ""), ((234,), SUSE)]),
        ("?", "ID=ol\nVERSION_ID=8.9\n", [((239,), RHEL_8)]),
        ("?", "ID=debian\nVERSION_ID=12\n", [((252,), "")]),
    ],
)
def test_systemd(host, binary, release, expected):
    assert found(host, "systemd-sysctl", binary, release) == expected


def test_without_any_sign_all_versions_are_possible(host):
    versions = {version for (version,), _branch in found(host, "systemd-sysctl", "?", "ID=gentoo\n")}
    assert {219, 239, 245, 252, 258, 259} <= versions


@pytest.mark.parametrize(
    "binary, release, expected",
    [
        ("procps-ng 3.3.15", "ID=debian\nVERSION_ID=12\n", (3, 3, 15)),
        ("procps-ng UNKNOWN", "ID=ubuntu\nVERSION_ID=20.04\n", (3, 3, 16)),
    ],
)
def test_procps(host, binary, release, expected):
    assert found(host, "procps", binary, release) == [(expected, "")]


def test_an_os_release_that_blocks_is_passed_over(host):
    os.makedirs(host.root + "/etc", exist_ok=True)
    os.mkfifo(host.root + "/etc/os-release")
    assert found(host, "systemd-sysctl", SHARED.format(252)) == [((252,), "")]
