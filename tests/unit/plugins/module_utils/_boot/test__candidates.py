# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._candidates import predict
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._systemd_rules import (
    RHEL_8,
    RHEL_8_OLD,
)
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._tool import (
    ALPINE,
    BUSYBOX,
    SYSTEMD,
    Tool,
)
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._tree import Tree

TIME = "net.ipv4.tcp_keepalive_time"
INTVL = "net.ipv4.tcp_keepalive_intvl"


def predicted(host, text, *tools, **options):
    host.write(text.encode())
    return predict(Tree(host.root), tools or [Tool(SYSTEMD, (257,))], **options)


def test_one_setting_that_depends_on_hz_leaves_the_others_predicted(host):
    prediction = predicted(host, "{0} = 8589935\n{1} = 60\n".format(TIME, INTVL))
    assert prediction.boot["time"] is None
    assert prediction.values() == {"intvl": 60, "probes": 9}
    assert "8589935 for net.ipv4.tcp_keepalive_time depends on its HZ" in prediction.unknown["time"]
    assert prediction.as_result()["time"] is None
    (problem,) = prediction.problems()
    assert problem.startswith("What the next boot sets net.ipv4.tcp_keepalive_time to cannot be predicted")
    assert [each.wins for each in prediction.assignments] == [False, True]


def test_hz_that_does_not_decide_in_the_end(host):
    prediction = predicted(
        host, "{0} = 8589935\n{0} = 60\n".format(TIME), Tool("procps", (4, 0, 4)), hz=lambda: None
    )
    assert prediction.values()["time"] == 60
    assert not prediction.unknown


def test_a_refusal_that_would_end_the_file_concerns_the_rest_of_it(host):
    text = "{0} = 8589935\n{1} = 60\n".format(TIME, INTVL)
    prediction = predicted(host, text, Tool(BUSYBOX, (1, 36, 1), ALPINE))
    assert set(prediction.unknown) == {"time", "intvl"}


@pytest.mark.parametrize("hz, held", [(250, 7200), (100, 8589935)])
def test_hz_that_is_known(host, hz, held):
    prediction = predicted(host, TIME + " = 8589935\n", hz=lambda: hz)
    assert prediction.values()["time"] == held
    assert not prediction.unknown


def test_what_all_candidates_agree_on_is_predicted(host):
    tools = [Tool(SYSTEMD, (239,), branch=branch) for branch in (RHEL_8, RHEL_8_OLD)]
    prediction = predicted(host, "-{0} = 5\n{1} = 60\n".format(TIME, INTVL), *tools)
    assert prediction.values() == {"intvl": 60, "probes": 9}
    assert "5 with systemd-sysctl 239 of RHEL 8.6 and later, " in prediction.unknown["time"]
    assert "7200 with systemd-sysctl 239 of RHEL 8.5 and earlier" in prediction.unknown["time"]
