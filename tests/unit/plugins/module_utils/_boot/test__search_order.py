# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import os

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot import _search_order
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._errors import CannotPredict
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._tree import Tree


def touch(root, *paths):
    for path in paths:
        os.makedirs(os.path.dirname(root + path), exist_ok=True)
        open(root + path, "w").close()


@pytest.fixture
def root(tmp_path):
    return str(tmp_path)


def test_merged_takes_the_highest_of_a_name_and_sorts_bytewise(root):
    touch(root, "/etc/sysctl.d/a.conf")
    for name in (
        "a.conf", "b.conf", "Z.conf", "9.conf", "10.conf", "_.conf", "\xe9.conf", "x.conf~",
    ):  # fmt: skip
        touch(root, "/usr/lib/sysctl.d/" + name)
    merged = _search_order.merged(Tree(root), lambda name, target: True)
    assert [os.path.basename(path) for path in merged] == [
        "10.conf", "9.conf", "Z.conf", "_.conf", "a.conf", "b.conf", "\xe9.conf",
    ]  # fmt: skip
    assert "/etc/sysctl.d/a.conf" in merged


def test_merged_asks_the_tool_whether_an_entry_takes_its_name(root):
    touch(root, "/etc/sysctl.d/a.conf", "/usr/lib/sysctl.d/b.conf")
    os.symlink("/nowhere", root + "/etc/sysctl.d/b.conf")
    merged = _search_order.merged(Tree(root), lambda name, target: target.kind == "file")
    assert merged == ["/etc/sysctl.d/a.conf", "/usr/lib/sysctl.d/b.conf"]


def test_alpine_reads_vendor_files_first_and_run_last(root):
    touch(root, "/lib/sysctl.d/a.conf", "/lib/sysctl.d/b.conf", "/usr/lib/sysctl.d/.x.conf")
    touch(root, "/etc/sysctl.d/b.conf", "/etc/sysctl.d/c.conf", "/etc/sysctl.conf", "/run/sysctl.d/c.conf")
    assert _search_order.files_in_order(Tree(root), "Alpine") == [
        "/lib/sysctl.d/a.conf",
        "/etc/sysctl.d/b.conf",
        "/etc/sysctl.conf",
        "/run/sysctl.d/c.conf",
    ]


def test_alpine_before_3_14_hides_nothing_and_reads_vendors_last(root):
    touch(
        root,
        "/run/sysctl.d/a.conf",
        "/etc/sysctl.d/a.conf",
        "/usr/local/lib/sysctl.d/a.conf",
        "/etc/sysctl.conf",
    )
    touch(root, "/usr/lib/sysctl.d/a.conf", "/usr/lib/sysctl.d/.b.conf")
    assert _search_order.files_in_order(Tree(root), "Alpine before 3.14") == [
        "/run/sysctl.d/a.conf",
        "/etc/sysctl.d/a.conf",
        "/usr/local/lib/sysctl.d/a.conf",
        "/usr/lib/sysctl.d/a.conf",
        "/etc/sysctl.conf",
    ]


def test_void_reads_by_name_with_run_above_etc(root):
    touch(
        root, "/run/sysctl.d/b.conf", "/etc/sysctl.d/b.conf", "/etc/sysctl.d/c.conf", "/lib/sysctl.d/d.conf"
    )
    touch(root, "/usr/lib/sysctl.d/a.conf", "/usr/lib/sysctl.d/x.conf")
    os.symlink("/dev/null", root + "/etc/sysctl.d/x.conf")
    os.symlink("/nowhere", root + "/etc/sysctl.d/a.conf")
    assert _search_order.files_in_order(Tree(root), "Void") == [
        "/usr/lib/sysctl.d/a.conf",
        "/run/sysctl.d/b.conf",
        "/etc/sysctl.d/c.conf",
        "/etc/sysctl.d/x.conf",
        "/etc/sysctl.conf",
    ]
    touch(root, "/etc/sysctl.d/[c].conf")
    with pytest.raises(CannotPredict, match="as a pattern"):
        _search_order.files_in_order(Tree(root), "Void")
