# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._apply._request import Host, from_options
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import KeepaliveError

OPTIONS = {
    "time": 600,
    "intvl": None,
    "probes": "5",
    "state": "present",
    "path": "/etc/sysctl.d/60-x.conf",
    "content": None,
    "persist": True,
    "apply": True,
    "overrides": "fail",
    "backup": False,
}


def test_request_has_the_numbers_and_the_contents():
    request = from_options(OPTIONS)
    assert request.values == {"time": 600, "probes": 5}
    assert b"tcp_keepalive_time = 600\nnet.ipv4.tcp_keepalive_probes = 5\n" in request.data
    assert (request.absent, request.promises_boot) == (False, True)
    assert from_options(dict(OPTIONS, persist=False)).promises_boot is False


def test_request_to_remove_has_neither():
    request = from_options(dict(OPTIONS, state="absent", content="not used"))
    assert (request.values, request.data) == ({}, None)
    assert (request.absent, request.promises_boot) == (True, False)


@pytest.mark.parametrize(
    "options, message",
    [
        ({"persist": False, "apply": False}, "both off"),
        ({"time": None, "probes": None}, "Nothing to set"),
        ({"path": "/tmp/60-x.conf"}, "path: '/tmp/60-x.conf' is refused"),
        ({"time": "010"}, "time: '010' is refused"),
        ({"content": "# nothing"}, "content does not set"),
    ],
)
def test_request_that_cannot_be_met_is_refused(options, message):
    with pytest.raises(KeepaliveError, match=message):
        from_options(dict(OPTIONS, **options))


def test_host_maps_a_path_below_its_root():
    assert Host("/mnt", "/proc").on_disk("/etc/sysctl.d") == "/mnt/etc/sysctl.d"
    assert Host("/", "/proc").on_disk("/etc/sysctl.d") == "/etc/sysctl.d"
