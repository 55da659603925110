# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one version does and its neighbour does not: time, where a file is read after ours, which says 45."""

import os

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._errors import CannotPredict
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._prediction import predict
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._systemd_rules import (
    RHEL_7,
    RHEL_7_OLD,
    RHEL_8,
    RHEL_8_OLD,
    SUSE,
)
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._tool import SYSTEMD, Tool
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._tree import Tree

KEY = "net.ipv4.tcp_keepalive_time"


def value(host, version, branch=""):
    host.write((KEY + " = 45\n").encode())
    return predict(Tree(host.root), Tool(SYSTEMD, (version,), branch=branch)).values()["time"]


@pytest.mark.parametrize(
    "text, version, branch, expected",
    [
        ("net.ipv4.tcp_keepalive_* = 60\n-" + KEY + "\n", 244, "", 45),
        ("net.ipv4.tcp_keepalive_* = 60\n-" + KEY + "\n", 245, "", 7200),
        ("-" + KEY + " = 60\n", 242, "", 45),
        ("-" + KEY + " = 60\n", 243, "", 60),
        ("-" + KEY + " = 60\n", 239, RHEL_8_OLD, 45),
        ("-" + KEY + " = 60\n", 239, RHEL_8, 60),
        ("- " + KEY + " = 60\n", 244, "", 45),
        ("- " + KEY + " = 60\n", 239, RHEL_8, 45),
        ("- " + KEY + " = 60\n", 245, "", 60),
        (KEY + ". = 60\n", 244, "", 45),
        (KEY + ". = 60\n", 245, "", 60),
        # Compared as a path, it takes the place of ours, and then names no file.
        (KEY + ". = 60\n", 237, "", 45),
        (KEY + ". = 60\n", 238, "", 7200),
        (KEY + ". = 60\n", 239, RHEL_8, 45),
        ("x\r" + KEY + " = 60\n", 239, "", 45),
        ("x\r" + KEY + " = 60\n", 240, "", 60),
        ("x\0" + KEY + " = 60\n", 235, "", 45),
        ("x\0" + KEY + " = 60\n", 236, "", 60),
        ("x\0" + KEY + " = 60\n", 234, SUSE, 60),
        ("#" + "x" * 2046 + KEY + " = 60\n", 235, "", 60),
        ("#" + "x" * 2046 + KEY + " = 60\n", 236, "", 45),
        ("#" + "x" * 2046 + KEY + " = 60\n", 234, SUSE, 45),
        (";" + KEY + " = 60\n", 259, "", 45),
        ("net/ipv4/../ipv4/tcp_keepalive_time = 60\n", 249, "", 60),
        ("net/ipv4/../ipv4/tcp_keepalive_time = 60\n", 250, "", 45),
    ],
)
def test_lines(host, text, version, branch, expected):
    host.put("/etc/sysctl.d/99-zz.conf", text.encode())
    assert value(host, version, branch) == expected


@pytest.mark.parametrize("branch, expected", [("", 45), (RHEL_7_OLD, 60), (RHEL_7, 60)])
def test_red_hats_219_reads_sysctl_conf_last_by_itself(host, branch, expected):
    host.put("/etc/sysctl.conf", (KEY + " = 60\n").encode())
    assert value(host, 219, branch) == expected


@pytest.mark.parametrize("version, expected", [(238, 60), (239, 45)])
def test_a_folder_does_not_take_a_name_before_239(host, version, expected):
    os.makedirs(host.root + "/etc/sysctl.d/99-zz.conf")
    host.put("/usr/lib/sysctl.d/99-zz.conf", (KEY + " = 60\n").encode())
    assert value(host, version) == expected


@pytest.mark.parametrize(
    "target, version, expected",
    [
        ("/nowhere/../etc/other.conf", 257, 45),
        ("/nowhere/../etc/other.conf", 258, 60),
        ("/etc/other.conf/x", 257, 45),
        ("/etc/other.conf/x", 258, 60),
        ("99-zz.conf", 257, 45),
        ("99-zz.conf", 258, 60),
        ("/nowhere//x", 258, 45),
    ],
)
def test_a_link_that_cannot_be_resolved_does_not_take_a_name_from_258_on(host, target, version, expected):
    host.put("/etc/other.conf", b"")
    os.symlink(target, host.root + "/etc/sysctl.d/99-zz.conf")
    host.put("/usr/lib/sysctl.d/99-zz.conf", (KEY + " = 60\n").encode())
    assert value(host, version) == expected


def test_a_table_without_order_cannot_be_predicted(host):
    host.put("/etc/sysctl.d/99-zz.conf", b"/net/ipv4/tcp_keepalive_time = 60\n")
    with pytest.raises(CannotPredict, match="in no fixed order"):
        value(host, 229)
    assert value(host, 219, RHEL_7) == 60
    assert value(host, 228, SUSE) == 60
