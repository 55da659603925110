# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts on which something cannot be done: one clear message, and nothing changes."""

from conftest import DROPIN, FOLDER

NEW = {"time": 600, "intvl": 60, "probes": 5}
# The tests' own interpreter may be in a folder that only root can read.
SYSTEM_PYTHON = "/usr/bin/python3"


def refused(result, *words):
    assert result["failed"] is True
    assert result["changed"] is False
    assert all(word in result["msg"] for word in words), result["msg"]


def seal(namespace, init):
    """Make /proc/sys read-only, and give the first process that name."""
    namespace.sh(f"echo {init} > comm; mount --bind comm /proc/1/comm")
    namespace.sh("mount --bind /proc/sys /proc/sys; mount -o remount,bind,ro /proc/sys")


def test_read_only_proc_sys_while_an_image_is_built_is_refused(namespace):
    seal(namespace, "sh")
    before = namespace.state()
    refused(
        namespace.module(**NEW),
        "/proc/sys/net/ipv4/tcp_keepalive_time",
        "Read-only file system",
        "apply: false",
    )
    refused(namespace.module("tcp_keepalive", "--check", **NEW), "Read-only file system")
    assert namespace.state() == before
    assert namespace.module(apply=False, **NEW)["file"]["changed"] is True
    assert "= 600" in namespace.file()


def test_read_only_proc_sys_in_a_container_is_refused(namespace):
    seal(namespace, "systemd")
    before = namespace.state()
    words = (
        "/proc/sys/net is read-only in this container",
        "Set them where the container is created",
        "apply: false",
        "overrides: warn",
    )
    for options in {}, {"apply": False}:
        refused(namespace.module(**NEW, **options), *words)
        refused(namespace.module("tcp_keepalive", "--check", **NEW, **options), *words)
    refused(namespace.module(persist=False, **NEW), "is read-only in this container")
    assert namespace.state() == before
    assert namespace.module(state="absent")["changed"] is False
    info = namespace.module("tcp_keepalive_info")
    assert info["boot_tool"] is None
    assert info["boot"]["time"] == {"value": 7200, "file": None, "line": None, "writer": None}

    done = namespace.module(apply=False, overrides="warn", **NEW)
    assert done["changed"] is True
    assert done["boot"]["after"]["time"]["value"] == 7200
    assert "= 600" in namespace.file()
    assert namespace.module(state="absent")["changed"] is True
    assert namespace.file() is None


def test_read_only_etc_is_refused(namespace):
    namespace.sh(f"mount -o remount,ro {FOLDER}")
    before = namespace.state()
    refused(namespace.module(**NEW), DROPIN, "read-only", "persist: false")
    refused(namespace.module("tcp_keepalive", "--check", **NEW), "read-only")
    assert namespace.state() == before
    assert namespace.module(persist=False, **NEW)["changed"] is True
    assert namespace.kernel() == NEW


def test_read_only_host_that_is_already_right_is_unchanged(namespace):
    namespace.module(**NEW)
    namespace.sh(f"mount -o remount,ro {FOLDER}")
    seal(namespace, "systemd")
    assert namespace.module(**NEW)["changed"] is False


def test_user_without_root_is_refused(namespace):
    python = namespace.folder / "python3"
    python.write_text(f'#!/bin/sh\nexec setpriv --reuid=nobody --clear-groups {SYSTEM_PYTHON} "$@"\n')
    python.chmod(0o755)
    namespace.variables["ansible_python_interpreter"] = str(python)
    before = namespace.state()
    refused(namespace.module(**NEW), DROPIN, "ermission denied", "become")
    refused(namespace.module(persist=False, **NEW), "tcp_keepalive_time", "ermission denied", "become")
    assert namespace.state() == before
    info = namespace.module("tcp_keepalive_info")
    assert info["runtime"] == {"time": 7200, "intvl": 75, "probes": 9}


def test_kernel_without_the_settings_is_refused(namespace):
    namespace.sh("mount -t tmpfs tmpfs /proc/sys/net/ipv4")
    refused(namespace.module(**NEW), "has no net.ipv4.tcp_keepalive_time", "apply: false")
    assert namespace.file() is None
    result = namespace.module(apply=False, **NEW)
    assert result["runtime"]["after"] is None
    assert "= 600" in namespace.file()
