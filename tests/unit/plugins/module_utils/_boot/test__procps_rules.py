# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one version does and its neighbour does not: time, where a file is read after ours, which says 45."""

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._errors import CannotPredict
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._prediction import predict
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._tool import PROCPS, Tool
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._tree import Tree

KEY = "net.ipv4.tcp_keepalive_time"


def value(host, version):
    host.write((KEY + " = 45\n").encode())
    return predict(Tree(host.root), Tool(PROCPS, version)).values()["time"]


@pytest.mark.parametrize(
    "text, version, expected",
    [
        ("-" + KEY + " = 60\n", (3, 3, 15), 45),
        ("-" + KEY + " = 60\n", (3, 3, 16), 60),
        ("#" + "x" * 4094 + KEY + " = 60\n", (3, 3, 12), 60),
        ("#" + "x" * 4094 + KEY + " = 60\n", (3, 3, 13), 45),
        ("-" + KEY + "\n[n]et.ipv4.tcp_keepalive_* = 60\n", (3, 3, 17), 45),
    ],
)
def test_lines(host, text, version, expected):
    host.put("/etc/sysctl.d/99-zz.conf", text.encode())
    assert value(host, version) == expected


@pytest.mark.parametrize("length, version", [(100, (3, 3, 13)), (101, (3, 3, 12)), (101, (4, 0, 0))])
def test_text_without_an_assignment_is_skipped(host, length, version):
    host.put("/etc/sysctl.d/10-a.conf", b"x" * length + b"\n" + b"y" * 99 + b" " * 300)
    assert value(host, version) == 45


@pytest.mark.parametrize("version", [(3, 3, 13), (3, 3, 17)])
def test_long_text_without_an_assignment_may_end_the_process(host, version):
    host.put("/etc/sysctl.d/10-a.conf", b"x" * 101 + b" \n")
    with pytest.raises(CannotPredict, match="10-a.conf, line 1, is long and no assignment"):
        value(host, version)


def test_an_exclusion_may_be_a_pattern_by_a_backslash(host):
    host.put("/etc/sysctl.d/99-zz.conf", b"-\\net.ipv4.tcp_keepalive_time\nnet.ipv4.tcp_keepalive_* = 60\n")
    host.put("/usr/lib/sysctl.d/10-a.conf", b"-\\kernel.pid_max\n")
    assert predict(Tree(host.root), Tool(PROCPS, (4, 0, 4))).values()["time"] == 60
    with pytest.raises(CannotPredict, match="backslash"):
        predict(Tree(host.root), Tool(PROCPS, (4, 0, 5)))
    host.put("/etc/sysctl.d/99-zz.conf", b"net.ipv4.tcp_keepalive_* = 60\n")
    assert predict(Tree(host.root), Tool(PROCPS, (4, 0, 5))).values()["time"] == 60


@pytest.mark.parametrize("version, expected", [((3, 3, 16), 60), ((3, 3, 17), 45)])
def test_run_was_read_before_etc(host, version, expected):
    host.put("/run/sysctl.d/99-tcp-keepalive.conf", (KEY + " = 60\n").encode())
    assert value(host, version) == expected
