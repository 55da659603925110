# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs that write later, as a whole host has them: who wins, and who is named."""

import os

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot import _later_writers
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._next_boot import NextBoot
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._tree import Tree

KEY = "net.ipv4.tcp_keepalive_time"
OURS = "/etc/sysctl.d/99-tcp-keepalive.conf"
UFW, WEB = "/etc/ufw/sysctl.conf", "/usr/lib/tuned/web/tuned.conf"
UFW_ON = {"/etc/ufw/ufw.conf": "ENABLED=yes\n", "/etc/default/ufw": f"IPT_SYSCTL={UFW}\n"}
TUNED_ON = {"/etc/tuned/active_profile": "web\n", "/etc/tuned/tuned-main.conf": "reapply_sysctl = 1\n"}
NOT_AGAIN = dict(TUNED_ON, **{"/etc/tuned/tuned-main.conf": "reapply_sysctl = 0\n"})
NOTE = "/usr/share/saptune/notes/1680803"
SAPTUNE_ON = {"/etc/sysconfig/saptune": 'NOTE_APPLY_ORDER="1680803"\n'}


def start(host, *services):
    for service in services:
        host.put(f"/etc/systemd/system/multi-user.target.wants/{service}.service", b"")


def next_boot(host, files, *services):
    host.put("/sbin/sysctl", b"procps-ng 4.0.2")
    for path, text in files.items():
        host.put(path, text.encode())
    start(host, *services)
    return NextBoot(host.root, host.proc)


def time_of(prediction):
    entry = prediction.boot["time"]
    return entry and tuple(entry)


@pytest.mark.parametrize(
    "files, services, expected",
    [
        ({OURS: f"{KEY} = 45"}, (), (45, OURS, 1, "systemd-sysctl")),
        ({}, ("ufw", "tuned", "saptune"), (7200, None, None, None)),
        ({OURS: f"{KEY} = 45", **UFW_ON, UFW: f"#\n{KEY} = 600"}, ("ufw",), (600, UFW, 2, "ufw")),
        # TuneD writes its profile, then the system's files over it.
        ({OURS: f"{KEY} = 45", **TUNED_ON, WEB: f"[sysctl]\n{KEY}=600"}, ("tuned",), (45, OURS, 1, "tuned")),
        ({OURS: f"{KEY} = 45", **NOT_AGAIN, WEB: f"[sysctl]\n{KEY}=600"}, ("tuned",), (600, WEB, 2, "tuned")),
        # What ufw set is lost then.
        (
            {OURS: f"{KEY} = 45", **UFW_ON, UFW: f"{KEY} = 600", **TUNED_ON, WEB: "[sysctl]"},
            ("ufw", "tuned"),
            (45, OURS, 1, "tuned"),
        ),
        (
            {OURS: f"{KEY} = 45", **TUNED_ON, WEB: "[sysctl]\n", **SAPTUNE_ON, NOTE: f"[sysctl]\n{KEY}=1250"},
            ("tuned", "saptune"),
            (1250, NOTE, 2, "saptune"),
        ),
        # systemd-sysctl does not read this file, which TuneD re-applies last.
        (
            {OURS: f"{KEY} = 45", **TUNED_ON, WEB: "[sysctl]\n", "/etc/sysctl.conf": f"{KEY} = 600"},
            ("tuned",),
            (600, "/etc/sysctl.conf", 1, "tuned"),
        ),
    ],
)
def test_who_wins(host, files, services, expected):
    assert time_of(next_boot(host, files, *services).predict()) == expected


def test_tuned_re_applies_our_changed_file(host):
    boot = next_boot(host, {**TUNED_ON, WEB: f"[sysctl]\n{KEY}=600"}, "tuned")
    assert time_of(boot.predict()) == (600, WEB, 2, "tuned")
    changed = boot.predict({OURS: f"{KEY} = 45\n".encode()})
    assert time_of(changed) == (45, OURS, 1, "tuned")
    assert [predicted.wins for predicted in changed.assignments] == [True]


def test_a_line_that_loses_to_a_later_writer_does_not_win(host):
    boot = next_boot(host, {OURS: f"{KEY} = 45", **UFW_ON, UFW: f"{KEY} = 600"}, "ufw")
    assert [predicted.wins for predicted in boot.predict().assignments] == [False]


@pytest.mark.parametrize(
    "files, services, writers",
    [
        ({}, ("ufw", "tuned", "saptune"), []),
        ({**UFW_ON, UFW: f"{KEY} = 600"}, (), []),
        ({**UFW_ON, UFW: f"{KEY} = 600"}, ("ufw",), [("ufw", UFW, 1, "time", 600)]),
        ({**UFW_ON, UFW: "net/core/x=1"}, ("ufw",), [("ufw", UFW, None, None, None)]),
        ({**TUNED_ON, WEB: f"[sysctl]\n{KEY}=600"}, ("tuned",), [("tuned", WEB, 2, "time", 600)]),
        ({**TUNED_ON, WEB: f"[sysctl]\n{KEY}=x"}, ("tuned",), [("tuned", WEB, 2, "time", None)]),
        ({**TUNED_ON, WEB: "[sysctl]\nvm.swappiness=10"}, ("tuned",), [("tuned", WEB, 1, None, None)]),
        ({**TUNED_ON, WEB: "[disk]\n"}, ("tuned",), []),
        ({**SAPTUNE_ON, NOTE: f"[sysctl]\n{KEY}=5"}, ("saptune",), [("saptune", NOTE, 2, "time", 5)]),
    ],
)
def test_later_writers(host, files, services, writers):
    assert next_boot(host, files, *services).later_writers() == writers


def test_an_unreadable_file_promises_nothing(host):
    boot = next_boot(host, {**TUNED_ON, OURS: f"{KEY} = 45"}, "tuned")
    os.makedirs(host.root + "/usr/lib/tuned/web")
    os.mkfifo(host.root + WEB)
    assert time_of(boot.predict()) == (45, OURS, 1, "systemd-sysctl")
    host.put("/etc/tuned/active_profile", b"own\n")
    host.put("/etc/tuned/own/tuned.conf", b"\xff\xfe[sysctl]\n")
    prediction = NextBoot(host.root, host.proc).predict()
    assert prediction.boot == {"time": None, "intvl": None, "probes": None}
    assert "/etc/tuned/own/tuned.conf is not text in UTF-8" in prediction.unknown["time"]


@pytest.mark.parametrize(
    "path, starts",
    [
        ("/etc/ufw/ufw.conf", False),
        ("/usr/lib/systemd/system/ufw.service", False),
        ("/etc/systemd/system/multi-user.target.wants/ufw.service", True),
        ("/etc/systemd/system/network.target.requires/ufw.service", True),
        ("/usr/lib/systemd/system/basic.target.wants/ufw.service", True),
        ("/etc/systemd/system/multi-user.target.wants/xufw.service", False),
        ("/etc/systemd/system/ufw.service.d/ufw.service", False),
        ("/etc/rcS.d/S02ufw", True),
        ("/etc/rcS.d/K02ufw", False),
        ("/etc/rcS.d/S02ufw2", False),
        ("/etc/runlevels/boot/ufw", True),
        ("/etc/runlevels/shutdown/ufw", False),
    ],
)
def test_starts(host, path, starts):
    host.put(path, b"")
    assert _later_writers.starts(Tree(host.root), "ufw") is starts


def test_masked(host):
    host.put("/etc/systemd/system/multi-user.target.wants/ufw.service", b"")
    os.symlink("/dev/null", host.root + "/etc/systemd/system/ufw.service")
    assert not _later_writers.starts(Tree(host.root), "ufw")
