# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._later_writers import later_writers
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._tree import Tree

LINE = b"net.ipv4.tcp_keepalive_time = 1800\n"
UFW = "/etc/ufw/sysctl.conf"
TUNED = "/usr/lib/tuned/web/tuned.conf"


@pytest.mark.parametrize(
    "files, writers",
    [
        ({}, []),
        ({"/etc/ufw/ufw.conf": b"ENABLED=no\n", UFW: LINE}, []),
        ({"/etc/ufw/ufw.conf": b"ENABLED=yes\n", UFW: b"#\n" + LINE}, [("ufw", UFW, 2, "time", 1800)]),
        ({"/etc/ufw/ufw.conf": b"ENABLED=yes\n", UFW: b""}, [("ufw", UFW, None, None, None)]),
        (
            {
                "/etc/ufw/ufw.conf": b"ENABLED=yes\n",
                "/etc/default/ufw": b"IPT_SYSCTL=/etc/x\n",
                "/etc/x": LINE,
            },
            [("ufw", "/etc/x", 1, "time", 1800)],
        ),
        ({TUNED: b"[sysctl]\n" + LINE}, []),
        (
            {"/etc/tuned/active_profile": b"web\n", TUNED: b"[sysctl]\n" + LINE},
            [("tuned", TUNED, 2, "time", 1800)],
        ),
        (
            {"/etc/tuned/active_profile": b"web\n", TUNED: b"[sysctl]\nvm.swappiness = 10\n"},
            [("tuned", TUNED, 1, None, None)],
        ),
        ({"/etc/tuned/active_profile": b"web\n", TUNED: b"[disk]\n"}, []),
        (
            {
                "/etc/tuned/active_profile": b"own\n",
                "/etc/tuned/own/tuned.conf": b"[main]\ninclude=web, own\n",
                TUNED: b"[sysctl]\nnet.ipv4.tcp_keepalive_probes = x\n",
            },
            [("tuned", TUNED, 2, "probes", None)],
        ),
    ],
)
def test_later_writers(host, files, writers):
    for path, data in files.items():
        host.put(path, data)
    assert later_writers(Tree(host.root)) == writers
