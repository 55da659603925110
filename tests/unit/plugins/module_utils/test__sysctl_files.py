import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils import _sysctl_files


@pytest.mark.parametrize(
    "text, lines",
    [
        ("", []),
        ("\n \n\t\n", []),
        ("# comment\n  # another = 1\n", []),
        ("net.ipv4.x = 1\n", [(1, "net.ipv4.x", "1")]),
        ("net.ipv4.x=1", [(1, "net.ipv4.x", "1")]),
        ("\n\n  net.ipv4.x\t=  1 # one \r\n", [(3, "net.ipv4.x", "1 # one")]),
        ("net/ipv4/x = 1", [(1, "net.ipv4.x", "1")]),
        ("net.ipv4.x = 1 = 2", [(1, "net.ipv4.x", "1 = 2")]),
        ("net.ipv4.x =", [(1, "net.ipv4.x", "")]),
        # Only a line feed ends a line, for every boot tool.
        ("# a\x0bnet.ipv4.x = 1\u2028net.ipv4.x = 2\n", []),
    ],
)
def test_read(text, lines):
    assert [(line.number, line.key, line.value) for line in _sysctl_files.read(text)] == lines
    assert not any(line.problem for line in _sysctl_files.read(text))


@pytest.mark.parametrize(
    "line, word",
    [
        ("net.ipv4.x", "neither"),
        ("; comment", '";"'),
        ("# comment \\", "backslash"),
        ("net.ipv4.x = 1 \\", "backslash"),
        ("net.ipv4.x = 1\0", "NUL"),
        ("# \0", "NUL"),
        ("-net.ipv4.x = 1", "alike"),
        ("net.ipv4.* = 1", "alike"),
        ("net/ipv4.x = 1", "alike"),
        ("/net/ipv4/x = 1", "alike"),
        ("net..ipv4.x = 1", "alike"),
        ('"net.ipv4.x" = 1', "alike"),
        ("\ufeffnet.ipv4.x = 1", "alike"),
        ("= 1", "alike"),
    ],
)
def test_line_that_boot_tools_do_not_read_alike(line, word):
    found = _sysctl_files.read("# first\n" + line + "\n")
    assert [(entry.number, entry.key) for entry in found] == [(2, None)]
    assert word in found[0].problem
