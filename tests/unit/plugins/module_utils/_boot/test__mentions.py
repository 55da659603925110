# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import os
import time

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._always import _boot_files
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._always._request import Request
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._apply import _transaction
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._apply._transaction import Running
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._mentions import mentions
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._tree import Tree

ECHO = b"echo 600 > /proc/sys/net/ipv4/tcp_keepalive_time\n"
SCRIPT = b"#!/bin/sh\n# tcp_keepalive_time\n" + ECHO
SYSCTL = b"sysctl -w net.ipv4.tcp_keepalive_time=600\n"
UNIT = b"[Service]\nExecStart=/bin/sh -c 'sysctl -w net/ipv4/tcp_keepalive_intvl=5'\n"
SYSTEM, VENDOR = "/etc/systemd/system/", "/usr/lib/systemd/system/"
WANTS = SYSTEM + "multi-user.target.wants/"


def put(host, files, links=()):
    for path, (data, mode) in files.items():
        host.put(path, data, mode)
    for path, target in links:
        os.makedirs(os.path.dirname(host.root + path), exist_ok=True)
        os.symlink(target, host.root + path)
    return mentions(Tree(host.root))


@pytest.mark.parametrize(
    "path",
    [
        "/etc/rc.local",
        "/etc/rc.d/rc.local",
        "/etc/local.d/tune.start",
        "/etc/cron.daily/tune",
        "/etc/network/if-up.d/tune",
        "/etc/NetworkManager/dispatcher.d/99-tune",
        "/etc/NetworkManager/dispatcher.d/pre-up.d/99-tune",
        "/etc/networkd-dispatcher/routable.d/tune",
        "/etc/networkd-dispatcher/off.d/tune",
        "/etc/ppp/ip-up.d/tune",
    ],
)
def test_script_counts_where_it_is_executable(host, path):
    assert put(host, {path: (SCRIPT, 0o755)}) == ([(path, 3, ECHO.decode().strip())], [])
    assert put(host, {path: (SCRIPT, 0o644)}) == ([], [])


@pytest.mark.parametrize(
    "path, line",
    [
        ("/etc/crontab", b"@reboot root " + SYSCTL),
        ("/etc/cron.d/tune", b"@reboot root " + SYSCTL),
        ("/var/spool/cron/root", b"@reboot " + SYSCTL),
        ("/var/spool/cron/crontabs/root", b"@reboot " + SYSCTL),
        ("/etc/network/interfaces", b"  up " + SYSCTL),
        ("/etc/tmpfiles.d/tune.conf", b"w /proc/sys/net/ipv4/tcp_keepalive_time - - - - 600\n"),
        ("/etc/modprobe.d/tune.conf", b"install x modprobe -i x && " + SYSCTL),
    ],
)
def test_table_counts_whatever_its_mode(host, path, line):
    found, unread = put(host, {path: (b"#" + line + line, 0o600), path + ".dpkg-old": (line, 0o600)})
    assert ([(one.file, one.line) for one in found], unread) == ([(path, 2)], [])


@pytest.mark.parametrize(
    "files, links, expected",
    [
        # Enabled or not, by the two ways of init scripts.
        ({"/etc/init.d/tune": (SCRIPT, 0o755)}, [], []),
        (
            {"/etc/init.d/tune": (SCRIPT, 0o755)},
            [("/etc/rc2.d/S01tune", "../init.d/tune"), ("/etc/rc3.d/S01tune", "../init.d/tune")],
            [("/etc/init.d/tune", 3)],
        ),
        ({"/etc/init.d/tune": (SCRIPT, 0o755)}, [("/etc/rc2.d/K01tune", "../init.d/tune")], []),
        (
            {"/etc/init.d/tune": (SCRIPT, 0o755)},
            [("/etc/runlevels/default/tune", "/etc/init.d/tune")],
            [("/etc/init.d/tune", 3)],
        ),
        # Units.
        ({SYSTEM + "tune.service": (UNIT, 0o644)}, [], []),
        (
            {SYSTEM + "tune.service": (UNIT, 0o644)},
            [(WANTS + "tune.service", SYSTEM + "tune.service")],
            [(SYSTEM + "tune.service", 2)],
        ),
        (
            {VENDOR + "tune@.service": (UNIT, 0o644)},
            [(WANTS + "tune@eth0.service", VENDOR + "tune@.service")],
            [(VENDOR + "tune@.service", 2)],
        ),
        (
            {VENDOR + "tune.service": (UNIT, 0o644)},
            [(WANTS + "tune.service", VENDOR + "tune.service"), (SYSTEM + "tune.service", "/dev/null")],
            [],
        ),
        (
            {SYSTEM + "tune.service.d/more.conf": (UNIT, 0o644), VENDOR + "tune.service": (b"", 0o644)},
            [(WANTS + "tune.service", VENDOR + "tune.service")],
            [(SYSTEM + "tune.service.d/more.conf", 2)],
        ),
        (
            {SYSTEM + "a.timer": (b"[Timer]\nUnit=b.service\n", 0o644), SYSTEM + "b.service": (UNIT, 0o644)},
            [(SYSTEM + "timers.target.wants/a.timer", SYSTEM + "a.timer")],
            [(SYSTEM + "b.service", 2)],
        ),
        (
            {SYSTEM + "a.timer": (b"[Timer]\n", 0o644), SYSTEM + "a.service": (UNIT, 0o644)},
            [(SYSTEM + "timers.target.wants/a.timer", SYSTEM + "a.timer")],
            [(SYSTEM + "a.service", 2)],
        ),
        # What they run, one step further, and no two.
        (
            {
                "/etc/rc.local": (b"#!/bin/sh\n/opt/tune.sh # and /usr/bin/binary\n# /opt/not.sh\n", 0o755),
                "/opt/tune.sh": (b"/opt/more.sh\n" + ECHO, 0o755),
                "/opt/more.sh": (ECHO, 0o755),
                "/opt/not.sh": (ECHO, 0o755),
                "/usr/bin/binary": (b"\x7fELF\n" + ECHO, 0o755),
            },
            [],
            [("/opt/tune.sh", 2)],
        ),
        (
            {
                SYSTEM + "tune.service": (b"# /opt/a\nExecStart=-/opt/b \\\n  /opt/c\nX=/opt/d\n", 0o644),
                **{"/opt/" + name: (ECHO, 0o644) for name in "abcd"},
            },
            [(WANTS + "tune.service", SYSTEM + "tune.service")],
            [("/opt/b", 1), ("/opt/c", 1)],
        ),
        (
            {
                "/etc/cron.d/tune": (b"@reboot root tune-host --now\n", 0o644),
                "/usr/local/sbin/tune-host": (SCRIPT, 0o755),
                "/usr/local/bin/other": (SCRIPT, 0o755),
            },
            [],
            [("/usr/local/sbin/tune-host", 3)],
        ),
        # What a boot tool loads is no mention.
        (
            {"/etc/rc.local": (b"sysctl -p /etc/sysctl.conf\n", 0o755), "/etc/sysctl.conf": (SYSCTL, 0o644)},
            [],
            [],
        ),
        # What changes how it runs is one.
        (
            {
                SYSTEM + "systemd-sysctl.service.d/x.conf": (
                    b"[Unit]\nConditionPathExists=/nowhere\n",
                    0o644,
                ),
                VENDOR + "systemd-sysctl.service": (b"[Service]\nExecStart=/usr/lib/x\n", 0o644),
            },
            [],
            [(SYSTEM + "systemd-sysctl.service.d/x.conf", 2)],
        ),
        (
            {SYSTEM + "systemd-sysctl.service": (b"[Service]\nExecStart=/bin/true\n", 0o644)},
            [],
            [(SYSTEM + "systemd-sysctl.service", 2)],
        ),
    ],
)
def test_what_is_enabled_and_what_that_runs(host, files, links, expected):
    found, unread = put(host, files, links)
    assert ([(one.file, one.line) for one in found], unread) == (expected, [])


def test_what_cannot_be_searched_is_said(host):
    os.mkfifo(host.root + "/etc/rc.local", 0o755)
    os.chmod(host.root + "/etc/rc.local", 0o755)
    found, unread = put(
        host,
        {"/etc/crontab": (b"", 0o644)},
        [(WANTS + "a.service", "a"), (SYSTEM + "a.service", "a.service")],
    )
    os.truncate(host.root + "/etc/crontab", 1 << 40)
    assert (found, unread) == ([], ["/etc/rc.local is neither a file nor a folder"])
    assert mentions(Tree(host.root)).unread[1:] == ["/etc/crontab is larger than 64 MiB"]


def test_binary_data_and_many_lines_stay_within_bounds(host):
    data = b"\xff\0\r tcp_keepalive_time" + b"x" * 5000 + b"\n"
    found, _unread = put(host, {"/etc/rc.local": (data * 2000, 0o755)})
    assert len(found) == 100 and all(len(one.text) <= 200 for one in found)


def test_large_files_and_many_units_cost_little(host):
    units = {f"{SYSTEM}u{number}.service": (UNIT, 0o644) for number in range(1500)}
    links = [(f"{WANTS}u{number}.service", f"{SYSTEM}u{number}.service") for number in range(1500)]
    put(host, {"/etc/rc.local": (b"/opt/x /opt/y #\n" * 700_000, 0o755), **units}, links)
    before = time.process_time()
    mentions(Tree(host.root))
    assert time.process_time() - before < 1


def test_what_tcp_keepalive_always_installs_is_no_mention(host):
    host.put("/usr/bin/python3", b"")
    os.makedirs(host.root + SYSTEM)
    for units in ([], ["a.service"]):
        asked = Request(False, units, [], ["-", "-", "-", "-"], True, True, True)
        plan = _boot_files.plan(host.root, _boot_files.changes(host.root, asked), Running(), list)
        _transaction.execute(plan)
        assert mentions(Tree(host.root)) == ([], [])
