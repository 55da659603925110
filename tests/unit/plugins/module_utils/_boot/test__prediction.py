import os

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils import _kernel
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._prediction import predict
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._tool import Tool
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._tree import CannotTell, Tree

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
    found = predicted(host, command_line=command_line)
    assert found.boot["time"].value == value
    assert found.boot["time"].file == ("/proc/cmdline" if value != 7200 else None)
    assert predicted(host, KEY + " = 5", command_line=command_line).boot["time"].value == 5


def test_command_line_of_a_container_is_its_hosts(host):
    os.makedirs(host.proc + "/self/ns")
    os.makedirs(host.proc + "/1/ns")
    host.write(b"quiet\n", host.proc + "/cmdline")
    os.symlink("pid:[4026531836]", host.proc + "/self/ns/pid")
    os.symlink("net:[1]", host.proc + "/self/ns/net")
    os.symlink("net:[1]", host.proc + "/1/ns/net")
    assert _kernel.command_line(host.proc) == "quiet\n"
    os.unlink(host.proc + "/self/ns/net")
    os.symlink("net:[2]", host.proc + "/self/ns/net")
    assert _kernel.command_line(host.proc) == ""


def test_without_a_tool_no_file_counts(host):
    assert predicted(host, KEY + " = 600", tool=None).boot["time"].value == 7200


@pytest.mark.parametrize(
    "value, hz, held",
    [(2147483, None, 2147483), (8589934, 250, 8589934), (8589935, 250, 7200), (21474837, None, 7200)],
)
def test_seconds_that_the_kernel_holds_in_ticks(host, value, hz, held):
    assert predicted(host, "{0} = {1}".format(KEY, value), hz=lambda: hz).boot["time"].value == held


def test_seconds_that_depend_on_ticks_unknown(host):
    with pytest.raises(CannotTell, match="8589934 for net.ipv4.tcp_keepalive_time depends on its HZ"):
        predicted(host, KEY + " = 8589934", hz=lambda: None)


def test_ticks_are_read_where_debian_keeps_them(host):
    assert _kernel.hz(host.root) is None
    host.put("/boot/config-" + os.uname().release, b"# x\nCONFIG_HZ_250=y\nCONFIG_HZ=250\n")
    assert _kernel.hz(host.root) == 250


# What the random trees and a review found, each under the tool that it was found with.
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
def test_lines_that_can_not_be_told(host, tool, text):
    with pytest.raises(CannotTell):
        predicted(host, text, tool=tool)
