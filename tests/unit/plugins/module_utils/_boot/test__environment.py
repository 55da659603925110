# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import gzip
import os

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot import _environment


def test_command_line_does_not_count_in_a_container(host):
    os.makedirs(host.proc + "/self/ns")
    os.makedirs(host.proc + "/1/ns")
    host.write(b"quiet\n", host.proc + "/cmdline")
    os.symlink("pid:[4026531836]", host.proc + "/self/ns/pid")
    os.symlink("net:[1]", host.proc + "/self/ns/net")
    os.symlink("net:[1]", host.proc + "/1/ns/net")
    assert _environment.command_line(host.proc) == "quiet\n"
    os.unlink(host.proc + "/self/ns/net")
    os.symlink("net:[2]", host.proc + "/self/ns/net")
    assert _environment.command_line(host.proc) == ""


def test_ticks_are_read_where_debian_keeps_them(host):
    assert _environment.hz(host.root, host.proc) is None
    host.put("/boot/config-" + os.uname().release, b"# x\nCONFIG_HZ_250=y\nCONFIG_HZ=250\n")
    assert _environment.hz(host.root, host.proc) == 250


def test_ticks_are_read_with_the_modules_and_from_the_kernel(host):
    host.put("/proc/config.gz", gzip.compress(b"CONFIG_HZ=300\n"))
    assert _environment.hz(host.root, host.proc) == 300
    host.put("/lib/modules/" + os.uname().release + "/config", b"CONFIG_HZ=100\n")
    assert _environment.hz(host.root, host.proc) == 100


@pytest.mark.parametrize("data", [b"", b"CONFIG_HZ=300\n", gzip.compress(b"CONFIG_HZ=300\n")[:-9]])
def test_a_damaged_configuration_tells_no_ticks(host, data):
    host.put("/proc/config.gz", data)
    assert _environment.hz(host.root, host.proc) is None


def test_a_fifo_for_a_configuration_blocks_nothing(host):
    os.makedirs(host.root + "/boot")
    os.mkfifo(host.root + "/boot/config-" + os.uname().release)
    assert _environment.hz(host.root, host.proc) is None


def test_read_only_sysctls_of_a_booted_container(host, read_only_sysctls):
    assert _environment.sysctls_read_only(host.proc)
    host.put("/proc/1/comm", b"nginx\n")
    assert not _environment.sysctls_read_only(host.proc)


def test_sysctls_of_a_host_are_not_read_only(host):
    host.put("/proc/1/comm", b"systemd\n")
    assert not _environment.sysctls_read_only(host.proc)
