# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one version does and its neighbour does not: time, where a file is read after ours, which says 45."""

import pytest
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


@pytest.mark.parametrize("version, expected", [((3, 3, 16), 60), ((3, 3, 17), 45)])
def test_run_was_read_before_etc(host, version, expected):
    host.put("/run/sysctl.d/99-tcp-keepalive.conf", (KEY + " = 60\n").encode())
    assert value(host, version) == expected
