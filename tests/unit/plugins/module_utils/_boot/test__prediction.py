# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._errors import CannotPredict
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._prediction import predict
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._tool import Tool
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._tree import Tree

SYSTEMD = Tool("systemd-sysctl", (257,))
KEY = "net.ipv4.tcp_keepalive_time"


def predicted(host, text="", tool=SYSTEMD, **options):
    host.write(text.encode())
    return predict(Tree(host.root), tool, **options)


@pytest.mark.parametrize(
    "command_line, value",
    [
        ("", 7200),
        ("quiet sysctl.net.ipv4.tcp_keepalive_time=600 ro\n", 600),
        ("sysctl/net/ipv4/tcp_keepalive_time=0x10", 16),
        ("sysctl.net/ipv4.tcp_keepalive_time=600", 600),
        ('sysctl.net.ipv4.tcp_keepalive_time="600"', 600),
        ('"sysctl.net.ipv4.tcp_keepalive_time=600 x"', 600),
        ("sysctl.net.ipv4.tcp_keepalive_time=600 sysctl.net.ipv4.tcp_keepalive_time=700", 700),
        ("sysctl.net.ipv4.tcp_keepalive_time=600 sysctl.net.ipv4.tcp_keepalive_time=7h", 600),
        ("sysctl.net.ipv4.tcp_keepalive_time", 7200),
        ("xsysctl.net.ipv4.tcp_keepalive_time=600 net.ipv4.tcp_keepalive_time=600", 7200),
    ],
)
def test_kernel_command_line_is_the_lowest(host, command_line, value):
    prediction = predicted(host, command_line=command_line)
    assert prediction.boot["time"].value == value
    assert prediction.boot["time"].file == ("/proc/cmdline" if value != 7200 else None)
    assert prediction.boot["time"].writer == ("kernel command line" if value != 7200 else None)
    assert predicted(host, KEY + " = 5", command_line=command_line).boot["time"].value == 5


def test_without_a_tool_no_file_counts(host):
    assert predicted(host, KEY + " = 600", tool=None).boot["time"].value == 7200


@pytest.mark.parametrize(
    "value, hz, held",
    [(2147483, None, 2147483), (8589934, 250, 8589934), (8589935, 250, 7200), (21474837, None, 7200)],
)
def test_seconds_that_the_kernel_holds_in_ticks(host, value, hz, held):
    assert predicted(host, "{0} = {1}".format(KEY, value), hz=lambda: hz).boot["time"].value == held


def test_seconds_that_depend_on_ticks_unknown(host):
    with pytest.raises(CannotPredict, match="8589934 for net.ipv4.tcp_keepalive_time depends on its HZ"):
        predicted(host, KEY + " = 8589934", hz=lambda: None)


DOTTED = "net/ipv4/../ipv4/tcp_keepalive_"


# Found by the random trees and by a review, each with the tool concerned.
@pytest.mark.parametrize(
    "tool, text, value",
    [
        (Tool("procps", (3, 3, 17)), "\r{0} = 5\n", 7200),
        (Tool("procps", (3, 3, 17)), "{0} =\r5\r\n", 5),
        (Tool("procps", (4, 0, 4)), "net/ipv4/../ipv4/tcp_keepalive_* = 5\n", 5),
        (Tool("procps", (4, 0, 4)), "[n]et/./ipv4/tcp_keepalive_time = 5\n", 5),
        (Tool("procps", (4, 0, 4)), "{0} = 6\nnet/ipv4//tcp_keepalive_tim? = 5\n", 5),
        (Tool("procps", (4, 0, 7)), "net.ipv4.tcp_keepalive_* = 5\n-net.ipv4.tcp_keepalive_[^t]*\n", 5),
        (Tool("procps", (4, 0, 4)), "net.ipv4.tcp_keepalive_{{time,intvl}}* = 5\n", 7200),
        (SYSTEMD, "net.ipv4.tcp_keepalive_{{time,intvl}}* = 5\n", 5),
        (SYSTEMD, "net.ipv4.tcp_keepalive_{{time,intvl}} = 5\n", 7200),
        (SYSTEMD, "net.ipv4.tcp_keepalive_time/* = 5\n", 7200),
        (
            Tool("systemd-sysctl", (247,)),
            "net.ipv4.tcp_keepalive_* = 5\n-net/ipv4/../ipv4/tcp_keepalive_time\n",
            5,
        ),
        (Tool("systemd-sysctl", (247,)), "net/ipv4/../ipv4/tcp_keepalive_time = 5\n", 5),
        (Tool("systemd-sysctl", (247,)), DOTTED + "* = 5\n" + DOTTED + "time =\n", 7200),
        (Tool("systemd-sysctl", (247,)), DOTTED + "* = 5\n" + DOTTED + "intvl =\n", 5),
        (Tool("systemd-sysctl", (247,)), DOTTED + "* = 5\n{0} =\n", 5),
        (SYSTEMD, "net/ipv4/../ipv4/tcp_keepalive_time = 5\n", 7200),
    ],
)
def test_lines_that_were_once_misread(host, tool, text, value):
    assert predicted(host, text.format(KEY), tool=tool).boot["time"].value == value


@pytest.mark.parametrize(
    "tool, text",
    [
        (Tool("procps", (4, 0, 4)), "net/nowhere/../ipv4/tcp_keepalive_time = 5\n"),
        (SYSTEMD, "net/ipv4\\/tcp_keepalive_tim? = 5\n"),
        (SYSTEMD, "net" + "/" * 5000 + "ipv4/tcp_keepalive_time = 5\n"),
    ],
)
def test_lines_that_tools_may_read_differently_are_not_predicted(host, tool, text):
    with pytest.raises(CannotPredict):
        predicted(host, text, tool=tool)


def test_values_and_result(host):
    prediction = predicted(host, "# ours\n" + KEY + " = 600\n")
    assert prediction.values() == {"time": 600, "intvl": 75, "probes": 9}
    assert prediction.as_result() == {
        "time": {
            "value": 600,
            "file": "/etc/sysctl.d/99-tcp-keepalive.conf",
            "line": 2,
            "writer": "systemd-sysctl",
        },
        "intvl": {"value": 75, "file": None, "line": None, "writer": None},
        "probes": {"value": 9, "file": None, "line": None, "writer": None},
    }


@pytest.mark.parametrize(
    "text, reason",
    [
        (KEY + "\n", "is not an assignment"),
        (KEY + "x = 5\n", "has a key that systemd-sysctl does not read as one of the settings"),
        (KEY + " = soon\n", "has a value that the kernel refuses"),
    ],
)
def test_lines_that_set_nothing_are_listed_with_the_reason(host, text, reason):
    (skipped,) = predicted(host, text).skipped
    assert (skipped.line.number, skipped.reason) == (1, reason)
