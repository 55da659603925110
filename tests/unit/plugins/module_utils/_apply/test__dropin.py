# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import os

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._apply import _dropin, _file
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import KeepaliveError

WANTED = {"time": 600, "intvl": 60, "probes": 5}
GOOD = b"""\
net.ipv4.tcp_keepalive_time = 600
net.ipv4.tcp_keepalive_intvl = 60
net.ipv4.tcp_keepalive_probes = 5
"""


def test_read(host):
    assert _file.read_data(host.dropin) is None
    host.write(b"\xff\0")
    assert _file.read_data(host.dropin) == b"\xff\0"


@pytest.mark.parametrize(
    "make, word",
    [
        (os.mkdir, "not a regular file"),
        (os.mkfifo, "not a regular file"),
        (lambda path: os.symlink("/nowhere", path), "a symbolic link to /nowhere"),
    ],
)
def test_read_refuses_anything_but_a_regular_file(host, make, word):
    make(host.dropin)
    with pytest.raises(KeepaliveError, match=word):
        _file.read_data(host.dropin)


@pytest.mark.parametrize("wanted", [WANTED, {"time": 1}, {"intvl": 2, "probes": 3}])
def test_rendered_file_passes_the_check(wanted):
    _dropin.check_content(_dropin.render(wanted), wanted)


@pytest.mark.parametrize(
    "data",
    [
        GOOD,
        GOOD.replace(b"\n", b"\r\n"),
        GOOD.replace(b".", b"/"),
        GOOD.rstrip(),
        "# Grüße, net.ipv4.tcp_keepalive_time = 1\n\n".encode() + GOOD,
        b"# \xff\xfe\n" + GOOD,
        # The last one wins, and the kernel reads 01130 as octal.
        b"net.ipv4.tcp_keepalive_time = 9\n" + GOOD,
        GOOD.replace(b"600", b"01130"),
        GOOD.replace(b"600", b"600 # ten minutes"),
    ],
)
def test_content_that_sets_exactly_the_values_asked_for(data):
    _dropin.check_content(data, WANTED)


@pytest.mark.parametrize(
    "data, words",
    [
        (b"", ["does not set net.ipv4.tcp_keepalive_time to 600"]),
        (b"# only a comment\n", ["does not set net.ipv4.tcp_keepalive_time to 600"]),
        (
            GOOD.replace(b"600", b"601"),
            ["line 1", "does not set net.ipv4.tcp_keepalive_time to 600", "but to 601"],
        ),
        (GOOD + b"net.ipv4.tcp_keepalive_time = 7\n", ["line 4", "to 600", "but to 7."]),
        (GOOD.replace(b"600", b"0600"), ["line 1", "but to 384"]),
        (GOOD.replace(b"600", b"600s"), ["line 1", "what the kernel refuses"]),
        (GOOD.replace(b"600", b"600s") + GOOD, ["line 1", "what the kernel refuses"]),
        (GOOD + b"# x\rnet.ipv4.ip_forward = 1\n", ["line 4", "carriage return"]),
        (b"#" + b"x" * 2046 + b"\n" + GOOD, ["line 1", "longer"]),
        (GOOD + b"net.ipv4.tcp_keepalive_probes =\n", ["line 4", "what the kernel refuses"]),
        (
            GOOD[: GOOD.index(b"net.ipv4.tcp_keepalive_probes")],
            ["does not set net.ipv4.tcp_keepalive_probes to 5"],
        ),
        (GOOD + b"net.core.somaxconn = 1024\n", ["line 4", "net.core.somaxconn"]),
        (GOOD + b"nonsense\n", ["line 4", "neither a comment nor an assignment"]),
        (GOOD + b"; comment\n", ["line 4", '";"']),
        (GOOD + b"# comment \\\n", ["line 4", "backslash"]),
        (GOOD + b"# \0\n", ["line 4", "NUL"]),
        (b"-" + GOOD, ["line 1", "alike"]),
        (b"\xef\xbb\xbf" + GOOD, ["line 1", "alike"]),
        (GOOD.replace(b"net.ipv4", b"net/ipv4"), ["line 1", "alike"]),
        (GOOD.replace(b"net.ipv4", b"net..ipv4"), ["line 1", "alike"]),
        (GOOD.replace(b"net.ipv4", b"/net.ipv4"), ["line 1", "alike"]),
        (b"= 1\n" + GOOD, ["line 1", "alike"]),
        (GOOD + b"net.ipv4.tcp_keepalive_t* = 600\n", ["line 4"]),
    ],
)
def test_content_that_sets_something_else(data, words):
    with pytest.raises(KeepaliveError) as refused:
        _dropin.check_content(data, WANTED)
    assert all(word in str(refused.value) for word in words), refused.value


def test_content_that_sets_more_than_asked():
    with pytest.raises(KeepaliveError, match='line 2.*tcp_keepalive_intvl.*"intvl"'):
        _dropin.check_content(GOOD, {"time": 600})
