# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import os

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._next_boot import NextBoot

NOTES, STAGED = "/usr/share/saptune/notes/", "/var/lib/saptune/working/notes/"
TIME = "net.ipv4.tcp_keepalive_time"
ALL = f"[version]\nVERSION=6\n[sysctl]\n{TIME} = 300\nnet.ipv4.tcp_keepalive_intvl = 70\n"
INTVL = "net.ipv4.tcp_keepalive_intvl"
OLD_HEADER = '# SAP-NOTE=own CATEGORY=LINUX VERSION=3 DATE=01.01.2020 NAME="x"\n'
OLD = f"[sysctl]\n{TIME} = 9\n"
SLES_16 = "/var/lib/saptune/config/saptune"
AZURE = f"[sysctl]\n{TIME} = 1250\n\n[sysctl:csp=azure]\n{TIME} =\n"
VENDOR = "/sys/devices/virtual/dmi/id/sys_vendor"


def time(host, files, order="1"):
    host.put("/etc/systemd/system/multi-user.target.wants/saptune.service", b"")
    host.put("/etc/sysconfig/saptune", f'TUNE_FOR_NOTES="x"\nNOTE_APPLY_ORDER="{order}"\n'.encode())
    for path, text in files.items():
        host.put(path, text.encode())
    prediction = NextBoot(host.root, host.proc).predict()
    return prediction.boot["time"] and prediction.boot["time"].value, prediction.unknown.get("time")


@pytest.mark.parametrize(
    "files, order, value",
    [
        ({NOTES + "1": ALL}, "1", 300),
        ({NOTES + "1": ALL}, "2", 7200),
        ({NOTES + "1": ALL, NOTES + "2": f"[sysctl]\n{TIME}=9"}, "1 2", 9),
        ({NOTES + "1": ALL, NOTES + "2": f"[sysctl]\n{TIME}=9"}, "2 1", 300),
        ({NOTES + "1": ALL, STAGED + "1": f"[sysctl]\n{TIME}=9"}, "1", 9),
        ({"/etc/saptune/extra/own.conf": ALL}, "own", 300),
        ({"/etc/saptune/extra/own-Our_note.conf": ALL}, "own", 7200),
        ({"/etc/saptune/extra/own-Our_note.conf": ALL}, "own-Our_note", 300),
        ({"/etc/saptune/extra/own-Our_note.conf": OLD}, "own", 9),
        ({"/etc/saptune/extra/own-Our_note.conf": OLD}, "own-Our_note", 7200),
        ({"/etc/saptune/extra/own.conf": OLD, SLES_16: 'NOTE_APPLY_ORDER="own"'}, "", 7200),
        ({"/etc/saptune/extra/own.conf": ALL, SLES_16: 'NOTE_APPLY_ORDER="own"'}, "", 300),
        ({NOTES + "1": OLD, "/etc/saptune/extra/1.conf": ALL}, "1", 9),
        # A header counts in a section [version], or above it in the old style.
        ({"/etc/saptune/extra/own-x.conf": "VERSION=6\n" + OLD}, "own", 9),
        ({"/etc/saptune/extra/own-x.conf": OLD_HEADER + OLD}, "own", 9),
        ({"/etc/saptune/extra/own-x.conf": OLD_HEADER + "[version]\n" + OLD}, "own-x", 9),
        ({"/etc/saptune/extra/own-x.conf": "[version]\n#VERSION=6\n" + OLD}, "own", 9),
        ({"/etc/saptune/extra/own-x.conf": OLD + "[version]\nDATE=01.02.2026\n"}, "own-x", 9),
        # A note is applied once.
        ({NOTES + "1": ALL, NOTES + "2": OLD}, "1 2 1", 9),
        # It ends where the kernel refuses all of a note.
        ({NOTES + "1": ALL, NOTES + "2": f"[sysctl]\n{INTVL}=7s\n{TIME}=8", NOTES + "3": OLD}, "1 2 3", 9),
        (
            {NOTES + "1": ALL, NOTES + "2": f"[sysctl]\n{INTVL}=7s\n{TIME}=300", NOTES + "3": OLD},
            "1 2 3",
            None,
        ),
        ({NOTES + "1": f"[sysctl:os=15-*]\n{INTVL}=7s", NOTES + "2": OLD}, "1 2", None),
        ({NOTES + "1": f"[sysctl]\n{TIME}. = 6"}, "1", 6),
        ({NOTES + "1": f"[sysctl]\n{TIME} = 5\n{TIME}. = 6\n{TIME} = 7"}, "1", 7),
        # What the note finds in the kernel is not written again.
        ({NOTES + "1": f"[sysctl]\n{TIME}. = 6\n{TIME} = 7200"}, "1", 6),
        ({NOTES + "1": f"[sysctl:os=15-*]\n{TIME} = 6", NOTES + "2": OLD}, "1 2", 9),
        ({NOTES + "1": f"[sysctl]\n{TIME} = 6 6\n{TIME} = 7"}, "1", None),
        ({NOTES + "1": f"[sysctl]\n{TIME} = 6\n[reminder]\n{TIME} = 7"}, "1", None),
        ({NOTES + "1": ALL + "[\n"}, "1", None),
        ({NOTES + "1": ALL, "/etc/saptune/override/1": f"[sysctl]\n{TIME} = 9"}, "1", 9),
        ({NOTES + "1": ALL, "/etc/saptune/override/1": f"[sysctl]\n{TIME} ="}, "1", 7200),
        ({NOTES + "1": ALL, "/etc/saptune/override/1": "[sysctl]\nvm.x = 9"}, "1", 300),
        # Of several sections in an override, the last counts.
        (
            {NOTES + "1": ALL, "/etc/saptune/override/1": f"[sysctl]\n{TIME} = 9\n[sysctl]\nvm.x = 9"},
            "1",
            300,
        ),
        (
            {NOTES + "1": ALL, "/etc/saptune/override/1": f"[sysctl]\n{TIME} = 9\n[sysctl]\n{TIME} = 8"},
            "1",
            8,
        ),
        (
            {NOTES + "1": ALL, "/etc/saptune/override/1": f"[sysctl]\n{TIME} = 9\n[sysctl:os=15-*]\nvm.x=1"},
            "1",
            None,
        ),
        ({NOTES + "1": "[other]\n" + TIME + "=5"}, "1", 7200),
        ({NOTES + "1": f"[sysctl]\n#{TIME}=5\n{TIME} >= 6 # x"}, "1", 6),
        ({NOTES + "1": f'[sysctl]\n{TIME} = "6"'}, "1", 6),
        ({NOTES + "1": f"[sysctl]\n{TIME} = 6 7"}, "1", None),
        ({NOTES + "1": "[sysctl]\nnet/ipv4/tcp_keepalive_time = 6"}, "1", 7200),
        ({NOTES + "1": AZURE}, "1", 1250),
        ({NOTES + "1": AZURE, VENDOR: "QEMU\n"}, "1", 1250),
        ({NOTES + "1": AZURE, VENDOR: "Microsoft Corporation\n"}, "1", None),
        ({NOTES + "1": f"[sysctl:os=15-*]\n{TIME} = 6"}, "1", None),
        ({NOTES + "1": "\0\x01"}, "1", None),
        ({NOTES + "1": "#" * (1 << 21)}, "1", None),
    ],
)
def test_notes(host, files, order, value):
    assert time(host, files, order)[0] == value


def test_shipped_notes_count_only_without_a_working_area(host):
    assert time(host, {NOTES + "1": ALL})[0] == 300
    os.makedirs(host.root + STAGED)
    assert time(host, {NOTES + "1": ALL})[0] == 7200


def test_without_an_order_nothing_is_promised(host):
    value, reason = time(host, {NOTES + "1": ALL}, "")
    assert value is None
    assert "no NOTE_APPLY_ORDER" in reason
