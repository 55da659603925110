# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.plugin_utils import _summary

NAMES = ("time", "intvl", "probes")
DEFAULTS, OURS = (7200, 75, 9), (600, 60, 6)
FILE, OTHER = "/etc/sysctl.d/99-tcp-keepalive.conf", "/etc/sysctl.conf"
UNKNOWN = "  after a reboot: cannot be predicted"


def entry(value, file=FILE, writer="systemd-sysctl"):
    return {"value": value, "file": file, "line": file and 1, "writer": writer if file else None}


def result(before=DEFAULTS, after=OURS, boot=tuple(map(entry, OURS)), **others):  # noqa: B008
    named = [values and dict(zip(NAMES, values, strict=True)) for values in (before, after, boot)]
    return {
        "runtime": {"before": named[0], "after": named[1]},
        "boot": {"before": None, "after": named[2]},
        "boot_tool": "systemd-sysctl",
        "restored": [],
        **others,
    }


def lines(of, check_mode=False):
    host, *rest = _summary.lines([("web1", of, None)], check_mode)
    assert host == "web1"
    return rest


def test_now_is_what_the_task_set():
    assert lines(result()) == [
        "  now:            time 600 s, intvl 60 s, probes 6",
        f"  after a reboot: time 600 s, intvl 60 s, probes 6 ({FILE})",
    ]


def test_check_mode_tells_what_is_from_what_would_be():
    assert lines(result(), check_mode=True) == [
        "  now:            time 7200 s, intvl 75 s, probes 9",
        "  would be:       time 600 s, intvl 60 s, probes 6",
        f"  after a reboot: would be time 600 s, intvl 60 s, probes 6 ({FILE})",
    ]


@pytest.mark.parametrize("check_mode, label", [(False, "restored:     "), (True, "would restore:")])
def test_lines_that_come_back_are_listed(check_mode, label):
    restored = [{"file": OTHER, "line": 2}, {"file": FILE, "line": 4}]
    assert lines(result(restored=restored), check_mode)[-1] == f"  {label}  {OTHER} line 2, {FILE} line 4"


@pytest.mark.parametrize(
    "boot, words",
    [
        ((entry(45), None, entry(9, None)), f"time 45 s, intvl cannot be predicted, probes 9 ({FILE})"),
        ((entry(45, OTHER), entry(7), entry(9)), f"time 45 s, intvl 7 s, probes 9 ({OTHER}, {FILE})"),
        (
            (entry(45, "/x.conf", "tuned"), entry(7), entry(9, "/proc/cmdline", "kernel command line")),
            f"time 45 s, intvl 7 s, probes 9 (tuned: /x.conf, {FILE}, kernel command line: /proc/cmdline)",
        ),
        (
            (entry(7200, None), entry(75, None), entry(9, None)),
            "time 7200 s, intvl 75 s, probes 9 (no file sets them)",
        ),
        ((None, None, None), "cannot be predicted"),
        (None, "cannot be predicted"),
    ],
)
def test_boot_is_told_with_what_sets_it(boot, words):
    assert lines(result(boot=boot))[1] == "  after a reboot: " + words


def test_check_mode_of_a_host_whose_boot_is_unknown():
    assert lines(result(boot=None), check_mode=True)[2] == UNKNOWN
    assert lines(result(boot=(None, None, None)), check_mode=True)[2] == UNKNOWN


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize(
    "failed", [None, {}, {"failed": True, "msg": "x"}, {"unreachable": True, "msg": "x"}]
)
def test_host_without_a_result_is_told_as_such(failed, check_mode):
    assert lines(failed, check_mode) == ["  now:            not read", UNKNOWN]


def test_kernel_that_was_not_read():
    assert lines(result(before=None, after=None), check_mode=True)[0] == "  now:            not read"
