import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils import _content
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import KeepaliveError

WANTED = {"time": 600, "intvl": 60, "probes": 5}
GOOD = b"net.ipv4.tcp_keepalive_time = 600\nnet.ipv4.tcp_keepalive_intvl = 60\nnet.ipv4.tcp_keepalive_probes = 5\n"


@pytest.mark.parametrize("wanted", [WANTED, {"time": 1}, {"intvl": 2, "probes": 3}])
def test_what_is_rendered_passes_the_check(wanted):
    data = _content.render(wanted)
    _content.check(data, wanted)
    assert {name: entry.value for name, entry in _content.entries(data).items()} == wanted


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
def test_content_that_sets_exactly_what_is_asked(data):
    _content.check(data, WANTED)


@pytest.mark.parametrize(
    "data, words",
    [
        (b"", ["does not set net.ipv4.tcp_keepalive_time to 600"]),
        (b"# only a comment\n", ["does not set net.ipv4.tcp_keepalive_time to 600"]),
        (GOOD.replace(b"600", b"601"), ["line 1", "to 601", "asks for 600"]),
        (GOOD + b"net.ipv4.tcp_keepalive_time = 7\n", ["line 4", "to 7", "asks for 600"]),
        (GOOD.replace(b"600", b"0600"), ["line 1", "to 384", "asks for 600"]),
        (GOOD.replace(b"600", b"600s"), ["does not set net.ipv4.tcp_keepalive_time to 600"]),
        (GOOD + b"net.ipv4.tcp_keepalive_probes =\n", ["does not set net.ipv4.tcp_keepalive_probes to 5"]),
        (GOOD[: GOOD.index(b"net.ipv4.tcp_keepalive_probes")], ["does not set net.ipv4.tcp_keepalive_probes to 5"]),
        (GOOD + b"net.core.somaxconn = 1024\n", ["line 4", "net.core.somaxconn"]),
        (GOOD + b"nonsense\n", ["line 4", "neither a comment nor an assignment"]),
        (GOOD + b"net.ipv4.tcp_keepalive_t* = 600\n", ["line 4"]),
    ],
)
def test_content_that_sets_something_else(data, words):
    with pytest.raises(KeepaliveError) as refused:
        _content.check(data, WANTED)
    assert all(word in str(refused.value) for word in words), refused.value


def test_content_that_sets_more_than_asked():
    with pytest.raises(KeepaliveError, match='line 2.*tcp_keepalive_intvl.*"intvl"'):
        _content.check(GOOD, {"time": 600})


def test_no_file_sets_nothing():
    assert _content.entries(None) == {}


def test_entries_of_a_file_that_others_wrote():
    data = b"\xff\n;x\nnet.ipv4.tcp_keepalive_time = 010\nnet.ipv4.tcp_keepalive_intvl = x\nkernel.x = 1\n"
    assert _content.entries(data) == {"time": (8, 3)}
