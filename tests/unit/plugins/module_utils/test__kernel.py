# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import os

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils import _kernel
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import KeepaliveError


def test_read_and_write(host):
    assert _kernel.read(host.proc) == {"time": 7200, "intvl": 75, "probes": 9}
    _kernel.write(host.proc, "intvl", 60)
    assert _kernel.read(host.proc) == {"time": 7200, "intvl": 60, "probes": 9}


def test_read_names_the_key_that_the_kernel_lacks(host):
    os.unlink(host.setting("probes"))
    with pytest.raises(KeepaliveError, match="net.ipv4.tcp_keepalive_probes: .*apply: false"):
        _kernel.read(host.proc)


def test_read_names_the_value_that_is_not_a_number(host):
    host.set("time", "many")
    with pytest.raises(KeepaliveError, match="tcp_keepalive_time could not be read"):
        _kernel.read(host.proc)


def test_check_writable_changes_nothing(host):
    before = host.snapshot()
    _kernel.check_writable(host.proc, ["time", "intvl", "probes"])
    assert host.snapshot() == before


def test_check_writable_names_what_cannot_be_written(host):
    os.unlink(host.setting("intvl"))
    os.mkdir(host.setting("intvl"))
    with pytest.raises(KeepaliveError, match="tcp_keepalive_intvl cannot be written: Is a directory"):
        _kernel.check_writable(host.proc, ["time", "intvl"])


def test_text_for_a_diff():
    assert _kernel.as_text(None) == ""
    assert _kernel.as_text({"time": 1, "intvl": 2, "probes": 3}).splitlines() == [
        "net.ipv4.tcp_keepalive_time = 1",
        "net.ipv4.tcp_keepalive_intvl = 2",
        "net.ipv4.tcp_keepalive_probes = 3",
    ]
