# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._always import _request
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._always._loader import Values
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import KeepaliveError

OPTIONS = {
    "state": "present",
    "units": [],
    "except_units": [],
    "time": None,
    "intvl": None,
    "probes": None,
    "user_timeout": None,
    "open": True,
    "persist": True,
    "apply": True,
}


def request(**options):
    return _request.from_options(dict(OPTIONS, **options))


def test_what_is_not_given_is_the_hosts_own():
    assert request().values == ["-", "-", "-", "-"]
    assert request(time="600", probes=5).values == ["600", "-", "5", "-"]
    assert request(user_timeout=300).values == ["-", "-", "-", "300"]


def test_units_are_sorted_and_named_once():
    assert request(units=["b.service", "a.slice", "b.service"]).units == ["a.slice", "b.service"]


def test_open_connections_are_left_without_a_program():
    assert request().open
    assert not request(apply=False).open
    assert not request(state="absent").open
    assert not request(open=False).open


@pytest.mark.parametrize(
    "options, said",
    [
        ({"persist": False, "apply": False}, "leaves nothing to do"),
        ({"units": ["a.service"], "except_units": ["b.service"]}, "exclude each other"),
        ({"units": ["nginx"]}, "'nginx' is not the name of a service, socket or slice"),
        ({"units": ["a.timer"]}, "is not the name"),
        ({"except_units": ["../../a.service"]}, "is not the name"),
        ({"units": ["a b.service"]}, "is not the name"),
        ({"units": ["-.slice"]}, "-.slice is the whole host"),
        ({"units": ["a@.service"]}, "Name its instances, such as a@1.service"),
        ({"units": ["a.service\n"]}, "is not the name"),
        ({"time": "010"}, "time: '010' is refused"),
        ({"user_timeout": 65536}, "Give a whole number from 1 to 65535"),
    ],
)
def test_what_makes_no_request_is_refused(options, said):
    with pytest.raises(KeepaliveError) as caught:
        request(**options)
    assert said in str(caught.value)


@pytest.mark.parametrize("unit", ["postgresql@15-main.service", r"dev-disk\x2dby.slice", "x.socket"])
def test_names_of_units(unit):
    assert request(units=[unit]).units == [unit]


@pytest.mark.parametrize("limit, warned", [(0, 0), (59, 1), (107, 1), (108, 0)])
def test_a_user_timeout_that_ends_connections_early_is_told(limit, warned):
    assert len(_request.check_user_timeout(Values(45, 7, 9, limit))) == warned


def test_a_user_timeout_that_probes_could_not_prevent_is_refused():
    with pytest.raises(KeepaliveError, match=r"Give 59 \(time \+ 2 · intvl\) or more"):
        _request.check_user_timeout(Values(45, 7, 9, 58))


@pytest.mark.parametrize(
    "own, warned", [([7200, 75, 9], False), ([45, 7, 9], False), ([600, 75, 9], True), ([45, 7, 8], True)]
)
def test_sysctls_that_count_in_place_of_the_values(own, warned):
    assert bool(_request.check_sysctls(Values(45, 7, 9), own)) is warned
