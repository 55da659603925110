import os

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.modules import tcp_keepalive

DEFAULTS = {"time": 7200, "intvl": 75, "probes": 9}
NEW = {"time": 600, "intvl": 60, "probes": 5}
PATH = "/etc/sysctl.d/99-tcp-keepalive.conf"
FILE = b"""\
# Managed by Ansible: netops.tcp_keepalive.tcp_keepalive
net.ipv4.tcp_keepalive_time = 600
net.ipv4.tcp_keepalive_intvl = 60
net.ipv4.tcp_keepalive_probes = 5
"""


@pytest.fixture
def keepalive(run):
    """Return a function that runs the module, as the user who runs the tests."""

    def run_keepalive(**options):
        return run(tcp_keepalive, **dict({"owner": str(os.getuid()), "group": str(os.getgid())}, **options))

    return run_keepalive


def read(path):
    with open(path, "rb") as file:
        return file.read()


def lines(state):
    return {name: entry["line"] for name, entry in state.items()}


def test_first_run(host, keepalive):
    result = keepalive(**NEW)
    assert result["changed"] is True
    assert result["runtime"] == {"before": DEFAULTS, "after": NEW}
    assert {name: entry["value"] for name, entry in result["boot"]["after"].items()} == NEW
    assert lines(result["boot"]["before"]) == {"time": None, "intvl": None, "probes": None}
    assert lines(result["boot"]["after"]) == {"time": 2, "intvl": 3, "probes": 4}
    assert {entry["file"] for entry in result["boot"]["after"].values()} == {PATH}
    assert result["file"] == {"path": PATH, "changed": True, "backup": None}
    assert result["detection_time"] == 900
    assert host.kernel() == NEW
    assert read(host.dropin) == FILE
    assert os.stat(host.dropin).st_mode & 0o7777 == 0o644
    assert os.listdir(os.path.dirname(host.dropin)) == ["99-tcp-keepalive.conf"]


def test_second_run_touches_nothing(host, keepalive):
    keepalive(**NEW)
    before = host.snapshot()
    result = keepalive(**NEW)
    assert result["changed"] is False
    assert result["file"]["changed"] is False
    assert result["runtime"] == {"before": NEW, "after": NEW}
    assert all(part["before"] == part["after"] for part in result["diff"])
    assert host.snapshot() == before


@pytest.mark.parametrize(
    "options", [NEW, {"time": 600}, dict(NEW, persist=False), dict(NEW, apply=False), dict(NEW, mode="0600"), {"state": "absent"}]
)
@pytest.mark.parametrize("data", [None, FILE, b"net.ipv4.tcp_keepalive_time = 1\n"])
def test_check_mode_foretells_the_run_and_changes_nothing(host, keepalive, options, data):
    if data:
        host.write(data)
    before = host.snapshot()
    foretold = keepalive(check_mode=True, **options)
    assert host.snapshot() == before
    assert keepalive(**options) == foretold


def test_aliases(host, keepalive):
    assert keepalive(idle=600, interval=60, count=5)["changed"] is True
    assert host.kernel() == NEW


def test_drift_in_the_kernel_alone_is_mended_and_reported_as_that(host, keepalive):
    keepalive(**NEW)
    host.set("intvl", 75)
    before = os.stat(host.dropin)
    result = keepalive(**NEW)
    assert result["changed"] is True
    assert result["file"]["changed"] is False
    assert result["runtime"] == {"before": dict(NEW, intvl=75), "after": NEW}
    assert host.kernel() == NEW
    assert os.stat(host.dropin) == before


def test_drift_in_the_file_alone_is_mended_and_reported_as_that(host, keepalive):
    keepalive(**NEW)
    host.write(FILE.replace(b"600", b"0600"))
    result = keepalive(**NEW)
    assert result["changed"] is True
    assert result["file"]["changed"] is True
    assert result["runtime"] == {"before": NEW, "after": NEW}
    assert result["boot"]["before"]["time"] == {"value": 384, "file": PATH, "line": 2}
    assert result["boot"]["after"]["time"] == {"value": 600, "file": PATH, "line": 2}
    assert read(host.dropin) == FILE


def test_drift_in_the_mode_is_mended_and_shown(host, keepalive):
    keepalive(**NEW)
    os.chmod(host.dropin, 0o666)
    result = keepalive(**NEW)
    assert (result["changed"], result["file"]["changed"]) == (True, True)
    assert result["diff"][2]["before"]["mode"] == "0666"
    assert os.stat(host.dropin).st_mode & 0o7777 == 0o644


def test_diff_shows_file_and_kernel(keepalive):
    file, kernel = keepalive(**NEW)["diff"]
    assert (file["before"], file["after"], file["after_header"]) == ("", FILE.decode(), PATH)
    assert "net.ipv4.tcp_keepalive_time = 7200\n" in kernel["before"]
    assert "net.ipv4.tcp_keepalive_time = 600\n" in kernel["after"]


def test_setting_that_is_no_longer_asked_for_goes_to_its_default(host, keepalive):
    keepalive(**NEW)
    result = keepalive(time=600)
    assert result["runtime"]["after"] == dict(DEFAULTS, time=600) == host.kernel()
    assert result["boot"]["after"]["intvl"] == {"value": 75, "file": None, "line": None}


def test_absent(host, keepalive):
    keepalive(**NEW)
    result = keepalive(state="absent")
    assert result["runtime"] == {"before": NEW, "after": DEFAULTS}
    assert result["file"] == {"path": PATH, "changed": True, "backup": None}
    assert host.kernel() == DEFAULTS
    assert os.listdir(os.path.dirname(host.dropin)) == []
    assert keepalive(state="absent")["changed"] is False


def test_backup(host, keepalive):
    assert keepalive(backup=True, **NEW)["file"]["backup"] is None
    backup = keepalive(backup=True, time=601)["file"]["backup"]
    assert read(backup) == FILE
    assert not backup.endswith(".conf")
    assert keepalive(backup=True, time=601)["file"]["backup"] is None


def test_persist_off_leaves_the_file_alone(host, keepalive):
    os.rmdir(os.path.dirname(host.dropin))
    result = keepalive(persist=False, **NEW)
    assert result["changed"] is True
    assert host.kernel() == NEW
    assert lines(result["boot"]["after"]) == {"time": None, "intvl": None, "probes": None}


def test_apply_off_needs_no_kernel(host, keepalive):
    for name in DEFAULTS:
        os.unlink(host.setting(name))
    result = keepalive(apply=False, **NEW)
    assert result["runtime"] == {"before": None, "after": None}
    assert result["detection_time"] == 900
    assert read(host.dropin) == FILE


def test_content(host, keepalive):
    content = "# Grüße aus der Zeitzone, time = 1\n" + FILE.decode()
    assert keepalive(content=content, **NEW)["changed"] is True
    assert read(host.dropin).decode() == content
    assert keepalive(content=content, **NEW)["changed"] is False


BAD = [
    ({}, "Nothing to set"),
    ({"time": None}, "Nothing to set"),
    ({"time": 0}, "time: 0 "),
    ({"time": -1}, "time: -1 "),
    ({"time": 32768}, "from 1 to 32767"),
    ({"intvl": 32768}, "intvl: 32768 "),
    ({"probes": 0}, "probes: 0 "),
    ({"probes": 128}, "from 1 to 127"),
    ({"time": ""}, "time: '' "),
    ({"time": "abc"}, "time: 'abc' "),
    ({"time": "010"}, "time: '010' "),
    ({"time": "0x10"}, "time: '0x10' "),
    ({"time": "6e2"}, "time: '6e2' "),
    ({"time": 60.5}, "time: 60.5 "),
    ({"time": True}, "time: True "),
    ({"time": [600]}, "time: [600] "),
    ({"time": 600, "persist": False, "apply": False}, '"persist" and "apply" are both off'),
    ({"state": "absent", "persist": False, "apply": False}, '"persist" and "apply" are both off'),
    ({"time": 600, "state": "gone"}, "state"),
    ({"time": 600, "path": "/etc/sysctl.conf"}, "path: "),
    ({"time": 600, "path": "/etc/sysctl.d/99-tcp"}, "path: "),
    ({"time": 600, "path": "/tmp/99-tcp.conf"}, "path: "),
    ({"time": 600, "path": "etc/sysctl.d/99-tcp.conf"}, "path: "),
    ({"state": "absent", "path": "/etc/passwd"}, "path: "),
    ({"time": 600, "content": ""}, "does not set net.ipv4.tcp_keepalive_time"),
    ({"time": 600, "content": "net.ipv4.tcp_keepalive_time = 601\n"}, "content, line 1"),
    ({"time": 600, "content": "net.ipv4.tcp_keepalive_time = 0600\n"}, "content, line 1"),
    ({"time": 600, "intvl": 60, "content": "net.ipv4.tcp_keepalive_time = 600\n"}, "content does not set"),
    ({"time": 600, "content": "net.ipv4.tcp_keepalive_time = 600\nkernel.x = 1\n"}, "content, line 2"),
    ({"time": 600, "owner": "nobody-of-that-name"}, "nobody-of-that-name"),
    ({"time": 600, "mode": "rwx"}, "mode"),
    ({"time": 600, "path": "/usr/lib/sysctl.d/99.conf"}, "/usr/lib/sysctl.d is not a folder"),
    ({"time": 600, "tiem": 5}, "tiem"),
]


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("data", [None, FILE])
@pytest.mark.parametrize("options, words", BAD)
def test_bad_input_is_refused_and_nothing_changes(host, keepalive, options, words, data, check_mode):
    if data:
        host.write(data)
    before = host.snapshot()
    result = keepalive(check_mode=check_mode, **options)
    assert result["failed"] is True
    assert not result.get("changed")
    assert words in result["msg"] + str(result.get("details"))
    assert host.snapshot() == before


def test_kernel_without_a_key_is_refused(host, keepalive):
    os.unlink(host.setting("probes"))
    before = host.snapshot()
    result = keepalive(time=600)
    assert "has no net.ipv4.tcp_keepalive_probes" in result["msg"]
    assert host.snapshot() == before


@pytest.mark.parametrize("make", [os.mkdir, os.mkfifo, lambda path: os.symlink("/etc/passwd", path)])
@pytest.mark.parametrize("options", [NEW, {"state": "absent"}])
def test_path_that_is_no_regular_file_is_refused(host, keepalive, make, options):
    make(host.dropin)
    before = host.snapshot()
    assert "not a regular file" in keepalive(**options)["msg"]
    assert host.snapshot() == before
