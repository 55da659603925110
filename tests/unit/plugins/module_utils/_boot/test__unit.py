# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import os

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot import _unit
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._errors import CannotPredict
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._tree import Tree

UNIT = "/etc/systemd/system/systemd-sysctl.service"
DROPIN = UNIT + ".d/x.conf"
# What the unit of systemd 257 sets.
SHIPPED = b"""\
[Unit]
Description=x
Documentation=man:x(8)
DefaultDependencies=no
Conflicts=shutdown.target
After=x.service
Before=sysinit.target
ConditionPathIsReadWrite=/proc/sys/net/

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/lib/systemd/systemd-sysctl
TimeoutSec=90s
ImportCredential=sysctl.*
"""


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"# ExecStart=/bin/true\n[Service]\nTimeoutSec = 5\n",
        b"[Unit]\nAfter=a.service \\\n# comment\n  b.service\n",
        b'[Service]\nEnvironment="SYSTEMD_LOG_LEVEL=debug"\n',
        SHIPPED,
    ],
)
def test_harmless_dropins(host, text):
    host.put(DROPIN, text)
    assert _unit.preloads(Tree(host.root)) == []
    assert not _unit.is_masked(Tree(host.root))


@pytest.mark.parametrize(
    "path, text, number",
    [
        (DROPIN, b"[Unit]\nConditionHost=x\n", 2),
        (DROPIN, b"[Service]\nExecStart=\nExecStart=/bin/true\n", 2),
        (DROPIN, b"[Service]\nExecStartPost = /bin/true\n", 2),
        (DROPIN, b"[Service]\nType=oneshot\nTy\\\npe=exec\n", 4),
        (DROPIN, b"\xff\xfe\0=\n", 1),
        (UNIT, SHIPPED.replace(b"ExecStart=", b"ExecStart=-"), 13),
        ("/usr/lib/systemd/system/service.d/x.conf", b"[Service]\nRootDirectory=/x\n", 2),
    ],
)
def test_what_may_change_the_unit_is_named(host, path, text, number):
    host.put(path, text)
    with pytest.raises(CannotPredict, match="{0}, line {1}, may change".format(path, number)):
        _unit.preloads(Tree(host.root))


def test_a_dropin_is_masked_by_its_name(host):
    host.put("/usr/lib/systemd/system/systemd-sysctl.service.d/x.conf", b"[Unit]\nConditionHost=x\n")
    os.makedirs(os.path.dirname(host.root + DROPIN))
    os.symlink("/dev/null", host.root + DROPIN)
    assert _unit.preloads(Tree(host.root)) == []


def test_suses_dropin(host):
    host.put(DROPIN, b"[Service]\nExecStartPre=-/usr/lib/systemd/systemd-sysctl /boot/sysctl.conf-%v\n")
    assert _unit.preloads(Tree(host.root)) == ["/boot/sysctl.conf-"]
