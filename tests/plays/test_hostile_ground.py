# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Paths that are not what they should be: a clear report, the safe outcome, and nothing else written."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import DROPIN, FOLDER

NEW = {"time": 600, "intvl": 60, "probes": 5}
OLD = f"echo '# old' > {DROPIN}"

HOSTILE = {
    "a link": (f"echo 1 > {FOLDER}/x; ln -s x {DROPIN}", "a symbolic link to x"),
    "a dangling link": (f"ln -s /nowhere {DROPIN}", "a symbolic link to /nowhere"),
    "a FIFO": (f"mkfifo {DROPIN}", "not a regular file"),
    "a device": (f"mknod {DROPIN} c 1 3", "not a regular file"),
    "a folder": (f"mkdir {DROPIN}", "not a regular file"),
    "an immutable file": (f"{OLD}; chattr +i {DROPIN}", "Operation not permitted"),
    "an append-only file": (f"{OLD}; chattr +a {DROPIN}", "Operation not permitted"),
    "an immutable folder": (f"{OLD}; chattr +i {FOLDER}", "may be immutable"),
    "an append-only folder": (f"{OLD}; chattr +a {FOLDER}", "none may be replaced (chattr -a)"),
    "a file mounted on itself": (f"{OLD}; mount --bind {DROPIN} {DROPIN}", "a mount point of its own"),
    "a file on another file system": (
        f"{OLD}; mkdir other; mount -t tmpfs tmpfs other; cp {DROPIN} other; "
        f"mount --bind other/*.conf {DROPIN}",
        "a mount point",
    ),
    "a world-writable folder": (f"{OLD}; chmod 1777 {FOLDER}", "anyone may write to /etc/sysctl.d"),
    "a link in place of the folder": (
        f"umount {FOLDER}; rmdir {FOLDER}; mkdir /etc/x; ln -s x {FOLDER}; {OLD}",
        "symbolic link to /etc/x",
    ),
    "a missing folder": (f"umount {FOLDER}; rmdir {FOLDER}", "is not a folder"),
    "a file in place of the folder": (f"umount {FOLDER}; rmdir {FOLDER}; touch {FOLDER}", "is not a folder"),
    "a full file system": (
        f"mount -t tmpfs -o size=64k,mode=755 tmpfs {FOLDER}; {OLD}; cat /dev/zero > {FOLDER}/x || true",
        "No space left",
    ),
    "something in the way": (f"mkdir {FOLDER}/.99-tcp-keepalive.conf.tcp_keepalive-new0", "File exists"),
}
NOTHING_TO_REMOVE = ["a missing folder", "a file in place of the folder", "something in the way"]
EVERYTHING = r"find /etc other -type d -printf '%p %m\n' -o -printf '%p %s %m %T@ %l\n' 2> /dev/null | sort"


@pytest.fixture
def etc(namespace):
    """Return a namespace with its own /etc, whose sysctl.d is on disk, so that its files have attributes."""
    namespace.sh(
        f"""
        umount {FOLDER}
        mkdir layers; mount -t tmpfs tmpfs layers; mkdir layers/upper layers/work
        mount -t overlay overlay -o lowerdir=/etc,upperdir=$PWD/layers/upper,workdir=$PWD/layers/work /etc
        rm -rf {FOLDER}; mkdir -m 755 {FOLDER} sysctl.d; mount --bind sysctl.d {FOLDER}
        """
    )
    yield namespace
    namespace.run("chattr", "-ia", namespace.folder / "sysctl.d", *(namespace.folder / "sysctl.d").glob("*"))


@pytest.mark.parametrize("hostile", HOSTILE)
def test_present_refuses_a_hostile_path(etc, hostile):
    make, words = HOSTILE[hostile]
    etc.sh(make)
    before = etc.kernel(), etc.sh(EVERYTHING)
    done = etc.module(**NEW)
    assert done["failed"], done
    assert words in done["msg"]
    assert (etc.kernel(), etc.sh(EVERYTHING)) == before


@pytest.mark.parametrize("hostile", HOSTILE)
def test_absent_refuses_a_hostile_path_that_holds_a_file(etc, hostile):
    make, words = HOSTILE[hostile]
    etc.sh(make)
    before = etc.kernel(), etc.sh(EVERYTHING)
    done = etc.module(state="absent")
    if hostile in NOTHING_TO_REMOVE:
        assert not done["failed"]
        assert done["changed"] is False
    elif hostile == "a full file system":
        assert not done["failed"]
        assert etc.file() is None
        return
    else:
        assert done["failed"]
        assert words in done["msg"]
    assert (etc.kernel(), etc.sh(EVERYTHING)) == before


def test_other_name_of_a_hard_link_keeps_its_text(etc):
    etc.sh(f"{OLD}; ln {DROPIN} {FOLDER}/other")
    done = etc.module(**NEW)
    assert done["changed"] is True
    assert "= 600" in etc.file()
    assert etc.file(f"{FOLDER}/other") == "# old\n"
    assert etc.sh(f"ls -A {FOLDER}").split() == ["99-tcp-keepalive.conf", "other"]


def test_simultaneous_runs_are_serialized(etc):
    """Whatever the order, kernel and file match one of the two requests completely."""
    either = [NEW, {"time": 120, "intvl": 30, "probes": 4}]
    for _round in range(5):
        with ThreadPoolExecutor() as pool:
            results = list(pool.map(lambda values: etc.module(**values), either * 2))
        assert not any(result["failed"] for result in results), results
        assert etc.kernel() in either
        numbers = [int(line.split()[-1]) for line in etc.file().splitlines() if "=" in line]
        assert numbers == list(etc.kernel().values())
        assert etc.sh(f"ls -A {FOLDER}").split() == ["99-tcp-keepalive.conf"]


def test_lock_of_a_killed_process_is_released_and_a_held_lock_is_waited_for(etc):
    etc.sh("flock /etc sleep 1000 & holder=$!; sleep 0.3; kill -9 $holder $(pgrep -P $holder); wait || true")
    assert etc.module(**NEW)["changed"] is True
    etc.sh("flock /etc sleep 3 > /dev/null 2>&1 & sleep 0.3")
    assert etc.module(state="absent")["changed"] is True
    assert etc.run("flock", "--nonblock", "/etc", "true").returncode == 0


def test_task_can_make_its_file_immutable(etc):
    later = f"{FOLDER}/99-zz.conf"
    etc.sh(f"{OLD}; echo net.ipv4.tcp_keepalive_time = 1 > {later}")
    assert etc.module(attributes="i", overrides="disable", **NEW)["changed"] is True
    assert "i" in etc.sh(f"lsattr {DROPIN}").split()[0]
    assert etc.module(attributes="i", overrides="disable", **NEW)["changed"] is False
    refused = etc.module(attributes="Z", path=f"{FOLDER}/60-z.conf", **NEW)
    assert refused["failed"]
    assert "Kernel and files are as they were before" in refused["msg"]
    assert etc.sh(f"ls -A {FOLDER}").split()[0] == "99-tcp-keepalive.conf"


def test_text_and_names_that_are_not_utf8_are_handled(etc):
    """A comment and a name in Latin-1: ansible-core 2.19 took the result for a failure, after the change."""
    comment = r"printf '# M\374ller\nnet.ipv4.tcp_keepalive_time = 1\n'"
    etc.sh(f"{comment} > {DROPIN}; {comment} > \"$(printf '{FOLDER}/99-z\\374.conf')\"")
    refused = etc.module(**NEW)
    assert "99-z\ufffd.conf, line 2, wins" in refused["msg"]
    warned = etc.module(overrides="warn", **NEW)
    assert warned["changed"] is True, warned
    assert etc.module("tcp_keepalive_info")["assignments"][-1]["file"] == f"{FOLDER}/99-z\ufffd.conf"
    disabled = etc.module(overrides="disable", **NEW)
    assert disabled["changed"] is True, disabled
    assert disabled["overrides"][0]["file"] == f"{FOLDER}/99-z\ufffd.conf"
    text = etc.run("sh", "-c", f"cat {FOLDER}/99-z*.conf | iconv -f latin1 -t utf8").stdout
    assert text.startswith("# Müller\n# disabled")


def test_attributes_that_the_file_already_has_are_no_change(etc):
    for attributes, changed in {"+d": True, "-A": False, "+i": True}.items():
        assert etc.module(attributes=attributes, **NEW)["changed"] is changed, attributes
        assert etc.module(attributes=attributes, **NEW)["changed"] is False, attributes


def test_root_without_capabilities_is_refused(etc):
    """As in some containers: what root may not read or write is refused with the reason."""
    without = etc.folder / "python"
    python = etc.variables["ansible_python_interpreter"]
    without.write_text(f'#!/bin/sh\nexec setpriv --bounding-set=-all --inh-caps=-all {python} "$@"\n')
    without.chmod(0o755)
    etc.variables["ansible_python_interpreter"] = str(without)
    etc.sh("mkdir -m 700 /etc/credstore; chown 1:1 /etc/credstore")
    assert "/etc/credstore/sysctl.extra cannot be accessed: Permission denied" in etc.module(**NEW)["msg"]
    etc.sh(f"rmdir /etc/credstore; chown 1:1 {FOLDER}")
    assert "permission denied" in etc.module(**NEW)["msg"]
