# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import os

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._errors import CannotPredict
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._tree import Tree


@pytest.fixture
def root(tmp_path):
    for folder in ("etc/sysctl.d", "usr/lib/sysctl.d", "dev"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "lib").symlink_to("usr/lib")
    (tmp_path / "etc/sysctl.conf").write_bytes(b"conf")
    (tmp_path / "etc/sysctl.d/a.conf").write_bytes(b"a")
    (tmp_path / "usr/lib/sysctl.d/a.conf").write_bytes(b"vendor a")
    (tmp_path / "usr/lib/sysctl.d/b.conf").write_bytes(b"b")
    for name, target in [
        ("conf", "../sysctl.conf"),
        ("absolute", "/etc/sysctl.conf"),
        ("above", "../../../../../etc/sysctl.conf"),
        ("null", "/dev/null"),
        ("dangling", "/nowhere"),
        ("loop", "loop"),
        ("one", "two"),
        ("two", "one"),
        ("folder", "/usr/lib"),
    ]:
        (tmp_path / "etc/sysctl.d" / name).symlink_to(target)
    return str(tmp_path)


@pytest.mark.parametrize(
    "path, target",
    [
        ("/etc/sysctl.conf", ("/etc/sysctl.conf", "file")),
        ("/lib/sysctl.d/b.conf", ("/usr/lib/sysctl.d/b.conf", "file")),
        ("/etc/./../etc//sysctl.conf", ("/etc/sysctl.conf", "file")),
        ("/etc/sysctl.d/conf", ("/etc/sysctl.conf", "file")),
        ("/etc/sysctl.d/absolute", ("/etc/sysctl.conf", "file")),
        ("/etc/sysctl.d/above", ("/etc/sysctl.conf", "file")),
        ("/etc/sysctl.d/null", ("/dev/null", "null device")),
        ("/etc/sysctl.d/dangling", ("/nowhere", "missing")),
        ("/etc/sysctl.d/folder", ("/usr/lib", "folder")),
        ("/nowhere/../etc/sysctl.conf", ("/nowhere", "blocked")),
        ("/nowhere//x", ("/nowhere/x", "missing")),
        ("/nowhere/./", ("/nowhere", "missing")),
        ("/etc/sysctl.conf/", ("/etc/sysctl.conf", "missing")),
        ("/etc/sysctl.conf/../sysctl.conf", ("/etc/sysctl.conf", "blocked")),
        ("/", ("/", "folder")),
        ("/missing/x", ("/missing/x", "missing")),
        ("/etc/sysctl.conf/x", ("/etc/sysctl.conf/x", "blocked")),
        ("/etc/sysctl.conf/./x", ("/etc/sysctl.conf/x", "blocked")),
    ],
)
def test_links_are_followed_below_the_root(root, path, target):
    assert Tree(root).follow(path) == target


@pytest.mark.parametrize("name", ["loop", "one"])
def test_loops_end(root, name):
    assert Tree(root).follow("/etc/sysctl.d/" + name).kind == "loop"
    assert Tree(root).read("/etc/sysctl.d/" + name) == b""


def test_changes_are_seen_as_made(root):
    tree = Tree(
        root,
        {"/lib/sysctl.d/new.conf": b"new", "/usr/lib/sysctl.d/b.conf": None, "/etc/sysctl.conf": b"other"},
    )
    assert tree.names("/usr/lib/sysctl.d") == ["a.conf", "new.conf"]
    assert tree.read("/usr/lib/sysctl.d/new.conf") == b"new"
    assert tree.follow("/lib/sysctl.d/b.conf").kind == "missing"
    assert tree.read("/etc/sysctl.d/conf") == b"other"


def test_file_that_never_ends_is_not_opened(root):
    os.mkfifo(root + "/etc/sysctl.d/fifo.conf")
    with pytest.raises(CannotPredict, match="/etc/sysctl.d/fifo.conf is neither a file nor a folder"):
        Tree(root).read("/etc/sysctl.d/fifo.conf")
