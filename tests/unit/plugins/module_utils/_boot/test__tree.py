import os

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot import _tree
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._tree import CannotTell, Tree


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
    "path, found",
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
        ("/nowhere/../etc/sysctl.conf", ("/nowhere", "missing")),
        ("/etc/sysctl.conf/", ("/etc/sysctl.conf", "missing")),
        ("/etc/sysctl.conf/../sysctl.conf", ("/etc/sysctl.conf", "missing")),
        ("/", ("/", "folder")),
        ("/missing/x", ("/missing/x", "missing")),
        ("/etc/sysctl.conf/x", ("/etc/sysctl.conf/x", "missing")),
    ],
)
def test_links_are_followed_below_the_root(root, path, found):
    assert Tree(root).follow(path) == found


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


def test_what_would_not_end_is_not_opened(root):
    os.mkfifo(root + "/etc/sysctl.d/fifo.conf")
    with pytest.raises(CannotTell, match="/etc/sysctl.d/fifo.conf is neither a file nor a folder"):
        Tree(root).read("/etc/sysctl.d/fifo.conf")


def test_merged_takes_the_highest_of_a_name_and_sorts_bytewise(root):
    for name in ("Z.conf", "9.conf", "10.conf", "_.conf", "\xe9.conf", "x.conf~"):
        open(os.path.join(root, "usr/lib/sysctl.d", name), "w").close()
    merged = _tree.merged(Tree(root), _tree.FOLDERS, lambda name, found: True)
    assert [os.path.basename(path) for path in merged] == [
        "10.conf", "9.conf", "Z.conf", "_.conf", "a.conf", "b.conf", "\xe9.conf",
    ]  # fmt: skip
    assert "/etc/sysctl.d/a.conf" in merged


@pytest.mark.parametrize(
    "pattern, path, found",
    [
        ("net/ipv4/*", "net/ipv4/x", True),
        ("net/*", "net/ipv4/x", False),
        ("*/*/x", "net/ipv4/x", True),
        ("net/ipv4/[!y]", "net/ipv4/x", True),
        ("net/ipv4/[^x]", "net/ipv4/x", False),
        ("net/ipv4/?", "net/ipv4/x", True),
        ("net/ipv4/[", "net/ipv4/x", False),
        ("net/ipv6/*", "net/ipv4/x", False),
        ("net/ipv4/x", "net/ipv4/x", True),
        ("net/ipv4/x/*", "net/ipv4/x", False),
        # What the patterns could be matters only where all else fits.
        ("net/ipv6/\\*", "net/ipv4/x", False),
    ],
)
def test_patterns(pattern, path, found):
    assert bool(_tree.matches(pattern, path)) is found


@pytest.mark.parametrize(
    "text, expanded", [("a", ["a"]), ("a{b,c}d", ["abd", "acd"]), ("{,x}", ["", "x"]), ("a{b}c", ["a{b}c"])]
)
def test_braces(text, expanded):
    assert _tree.braces(text) == expanded


@pytest.mark.parametrize("text", ["{a,b}{c,d}", "{a,{b,c}}", "a{b,c", "{a}{b,c}"])
def test_braces_that_are_hard_to_tell(text):
    with pytest.raises(CannotTell, match="braces"):
        _tree.braces(text)


@pytest.mark.parametrize("pattern", ["net/ipv4/\\*", "net/ipv4/[[:alpha:]]"])
def test_patterns_that_python_reads_in_another_way(pattern):
    with pytest.raises(CannotTell, match="the pattern"):
        _tree.matches(pattern, "net/ipv4/x")
