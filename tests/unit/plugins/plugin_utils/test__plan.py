# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import KeepaliveError
from ansible_collections.netops.tcp_keepalive.plugins.plugin_utils import _plan

PLANNED = [
    # hops, detect_within, (time, intvl, probes), idle_timeout, detection_time
    ([60], None, (41, 6, 9), 60, 95),
    ([900], None, (649, 75, 9), 900, 1324),
    (["aws_nat_gateway", 1800], None, (235, 38, 9), 350, 577),
    (["aws_nat_gateway"], 120, (54, 13, 4), 350, 106),
    (["azure_load_balancer"], 240, (109, 26, 4), 240, 213),
    (["linux_conntrack"], None, (32767, 75, 9), 432000, 33442),
    ([], 60, (29, 6, 4), None, 53),
    ([4], 5, (1, 1, 3), 4, 4),
    ([4], None, (1, 1, 9), 4, 10),
    (["900", 350], "600", (235, 38, 7), 350, 501),
    (900, None, (649, 75, 9), 900, 1324),
    ("linux_ipvs", "", (649, 75, 9), 900, 1324),
    ("linux_ipvs, 350", None, (235, 38, 9), 350, 577),
    (range(350, 352), None, (235, 38, 9), 350, 577),
]


@pytest.mark.parametrize("hops, within, expected, idle_timeout, detection_time", PLANNED)
def test_plan(hops, within, expected, idle_timeout, detection_time):
    time, intvl, probes = expected
    assert _plan.plan(_plan.demand(hops, within)) == {
        "time": time,
        "intvl": intvl,
        "probes": probes,
        "idle_timeout": idle_timeout,
        "detection_time": detection_time,
    }


IMPOSSIBLE = [
    (
        [3],
        None,
        "a hop forgets after 3 s, too soon to survive two lost .* after 3 to 4 s. 4 s or later is possible",
    ),
    ([900], 4, "detect_within 4 is too short for the 3 probes .* take 4 to 5 s. 5 or more is possible"),
    ([], None, "There is nothing to plan for"),
    (None, None, "There is nothing to plan for"),
    ("", None, "There is nothing to plan for"),
    (["aws_nlbb"], None, "'aws_nlbb' is not a known hop. Did you mean aws_nlb. Known hops: aws_nlb, "),
    (["aws_classic_load_balancer"], None, "is a proxy: .* idle timeout of 60 s"),
    ([900, "aws_application_load_balancer"], None, "is a proxy"),
    ([True], None, "True is refused as a hop. Give its name, or whole seconds, 1 or more"),
    ([None], None, "None is refused as a hop"),
    ([350.5], None, "350.5 is refused as a hop"),
    (350.0, None, "350.0 is refused as a hop"),
    ([0], None, "0 is refused as a hop"),
    (0, None, "0 is refused as a hop"),
    (["010"], None, "'010' is refused as a hop"),
    (["-5"], None, "'-5' is refused as a hop"),
    ([10**30], None, "a number that large is refused"),
    (["1" * 30], None, "is refused as a hop"),
    ([[900]], None, "is refused as a hop"),
    ({"aws_nlb": 1}, None, "is refused as a hop"),
    (b"350", None, "is refused as a hop"),
    ("['aws_nlb', 1800]", None, "is text, not a list"),
    ([900], "soon", "detect_within: 'soon' is refused. Give whole seconds, 5 or more"),
    ([900], -1, "detect_within: -1 is refused"),
    ([900], True, "detect_within: True is refused"),
    ([900], 10**30, "detect_within: a number that large is refused"),
]


@pytest.mark.parametrize("hops, within, words", IMPOSSIBLE)
def test_impossible_demands_are_refused(hops, within, words):
    with pytest.raises(KeepaliveError, match=words):
        _plan.plan(_plan.demand(hops, within))


BREACHES = [
    (
        (7200, 75, 9),
        ["aws_nlb"],
        None,
        ["the third comes after 7350 to 8269 s, too late for aws_nlb, which forgets after 350 s."],
    ),
    (
        (162, 75, 9),
        [350],
        None,
        ["the third comes after 312 to 351 s, too late for a hop, which forgets after 350 s."],
    ),
    ((161, 75, 9), [350], None, []),
    ((27, 60, 4), [600], 300, ["given up after 267 to 301 s, not within 300."]),
    ((26, 60, 4), [600], 300, []),
    ((60, 60, 2), [600], None, ["fewer than 3 probes"]),
    ((700, 60, 2), [600], 300, ["too late", "not within", "fewer"]),
]


@pytest.mark.parametrize("values, hops, within, expected", BREACHES)
def test_breaches(values, hops, within, expected):
    values = dict(zip(("time", "intvl", "probes"), values, strict=True))
    problems = _plan.breaches(values, _plan.demand(hops, within))
    assert len(problems) == len(expected)
    assert all(words in problem for words, problem in zip(expected, problems, strict=True))


NOTHING = {"time": None, "intvl": None, "probes": None}
OURS = {"time": 340, "intvl": 60, "probes": 5}
CHOSEN = [
    # given, crosses, detect_within, chosen values, words of each problem
    (NOTHING, [], None, {"time": 41, "intvl": 6, "probes": 9}, []),
    (NOTHING, None, "", {"time": 41, "intvl": 6, "probes": 9}, []),
    (NOTHING, "aws_nlb,1800", None, {"time": 235, "intvl": 38, "probes": 9}, []),
    (NOTHING, [], 60, {"time": 29, "intvl": 6, "probes": 4}, []),
    (NOTHING, ["linux_conntrack"], 120, {"time": 54, "intvl": 13, "probes": 4}, []),
    ({**NOTHING, "time": 600}, [], None, {"time": 600, "intvl": 6, "probes": 9}, []),
    (OURS, [], None, OURS, []),
    (OURS, [350], None, OURS, ["too late for a hop, which forgets after 350 s"]),
    (OURS, [350], 120, OURS, ["too late for a hop", "is given up after 640 to 720 s, not within 120"]),
    (
        {**NOTHING, "time": 340},
        ["aws_nlb"],
        None,
        {"time": 340, "intvl": 38, "probes": 9},
        ["after 416 to 468 s, too late for aws_nlb"],
    ),
    # A demand without a solution is refused only where something has to be planned.
    (OURS, [], 1, OURS, ["not within 1"]),
    ({**NOTHING, "time": "", "probes": "5"}, [], "", {"time": 41, "intvl": 6, "probes": 5}, []),
]


@pytest.mark.parametrize("given, crosses, within, expected, words", CHOSEN)
def test_choose(given, crosses, within, expected, words):
    values, problems = _plan.choose(given, crosses, within)
    assert values == expected
    assert len(problems) == len(words)
    assert all(some in problem for some, problem in zip(words, problems, strict=True))


@pytest.mark.parametrize(
    "given, crosses, words",
    [
        (NOTHING, ["aws_classic_load_balancer"], "is a proxy"),
        (OURS, ["aws_classic_load_balancer"], "is a proxy"),
        ({**OURS, "time": "010"}, [350], "time: '010' is refused"),
        ({**OURS, "time": "{{ lookup('pipe', 'id') }}"}, [], "time: .* is refused"),
        (NOTHING, [3], "too soon to survive"),
    ],
)
def test_choose_refuses(given, crosses, words):
    with pytest.raises(KeepaliveError, match=words):
        _plan.choose(given, crosses, None)
