# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import errno
import os

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._apply import _marks, _order
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._next_boot import NextBoot
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
    result = keepalive(diff=True, **NEW)
    assert result["changed"] is False
    assert result["file"]["changed"] is False
    assert result["runtime"] == {"before": NEW, "after": NEW}
    assert all(part["before"] == part["after"] for part in result["diff"])
    assert host.snapshot() == before


@pytest.mark.parametrize(
    "options",
    [
        NEW,
        {"time": 600},
        dict(NEW, persist=False),
        dict(NEW, apply=False),
        dict(NEW, mode="0600"),
        {"state": "absent"},
    ],
)
@pytest.mark.parametrize("data", [None, FILE, b"net.ipv4.tcp_keepalive_time = 1\n"])
def test_check_mode_predicts_the_run_and_changes_nothing(host, keepalive, options, data):
    if data:
        host.write(data)
    before = host.snapshot()
    predicted = keepalive(check_mode=True, diff=True, **options)
    assert host.snapshot() == before
    assert keepalive(diff=True, **options) == predicted


def test_aliases(host, keepalive):
    assert keepalive(idle=600, interval=60, count=5)["changed"] is True
    assert host.kernel() == NEW


def test_drift_in_the_kernel_alone_is_corrected_and_reported(host, keepalive):
    keepalive(**NEW)
    host.set("intvl", 75)
    before = os.stat(host.dropin)
    result = keepalive(**NEW)
    assert result["changed"] is True
    assert result["file"]["changed"] is False
    assert result["runtime"] == {"before": dict(NEW, intvl=75), "after": NEW}
    assert host.kernel() == NEW
    assert os.stat(host.dropin) == before


def test_drift_in_the_file_alone_is_corrected_and_reported(host, keepalive):
    keepalive(**NEW)
    host.write(FILE.replace(b"600", b"0600"))
    result = keepalive(**NEW)
    assert result["changed"] is True
    assert result["file"]["changed"] is True
    assert result["runtime"] == {"before": NEW, "after": NEW}
    assert result["boot"]["before"]["time"] == {
        "value": 384,
        "file": PATH,
        "line": 2,
        "writer": "systemd-sysctl",
    }
    assert result["boot"]["after"]["time"] == {
        "value": 600,
        "file": PATH,
        "line": 2,
        "writer": "systemd-sysctl",
    }
    assert read(host.dropin) == FILE


def test_drift_in_the_mode_is_corrected_and_shown(host, keepalive):
    keepalive(**NEW)
    os.chmod(host.dropin, 0o666)
    result = keepalive(diff=True, **NEW)
    assert (result["changed"], result["file"]["changed"]) == (True, True)
    assert result["diff"][2]["before"]["mode"] == "0666"
    assert os.stat(host.dropin).st_mode & 0o7777 == 0o644


def test_diff_shows_file_and_kernel(keepalive):
    file, kernel = keepalive(diff=True, **NEW)["diff"]
    assert (file["before"], file["after"], file["after_header"]) == ("", FILE.decode(), PATH)
    assert "net.ipv4.tcp_keepalive_time = 7200\n" in kernel["before"]
    assert "net.ipv4.tcp_keepalive_time = 600\n" in kernel["after"]


def test_diff_is_returned_only_where_ansible_asks_for_one(keepalive):
    assert "diff" not in keepalive(**NEW)


def test_setting_that_is_no_longer_asked_for_goes_to_its_default(host, keepalive):
    keepalive(**NEW)
    result = keepalive(time=600)
    assert result["runtime"]["after"] == dict(DEFAULTS, time=600) == host.kernel()
    assert result["boot"]["after"]["intvl"] == {"value": 75, "file": None, "line": None, "writer": None}


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
def test_path_that_is_not_a_regular_file_is_refused(host, keepalive, make, options):
    make(host.dropin)
    before = host.snapshot()
    assert "not a regular file" in keepalive(**options)["msg"]
    assert host.snapshot() == before


def boot(result, when="after"):
    return {name: entry["value"] for name, entry in result["boot"][when].items()}


VENDOR = "/usr/lib/sysctl.d/99-zz.conf"
COPY = "/etc/sysctl.d/99-zz.conf"
EDITED = "/etc/sysctl.d/99-zzz.conf"


def test_line_that_would_win_is_refused_with_file_line_and_value(host, keepalive):
    host.put(VENDOR, b"# x\nnet.ipv4.tcp_keepalive_time = 0x10\n")
    before = host.snapshot()
    for check_mode in (True, False):
        message = keepalive(check_mode=check_mode, **NEW)["msg"]
        assert "tcp_keepalive_time would be 16, not 600: /usr/lib/sysctl.d/99-zz.conf, line 2" in message
        assert "overrides: disable" in message
    assert host.snapshot() == before


def test_line_that_would_win_with_the_same_value_is_not_an_override(host, keepalive):
    host.put(VENDOR, b"net.ipv4.tcp_keepalive_time = 0x258\n")
    result = keepalive(**NEW)
    assert result["overrides"] == []
    assert result["boot"]["after"]["time"] == {
        "value": 600,
        "file": VENDOR,
        "line": 1,
        "writer": "systemd-sysctl",
    }


def test_warn_continues_with_a_warning(host, keepalive):
    host.put(VENDOR, b"net.ipv4.tcp_keepalive_time = 16\n")
    result = keepalive(overrides="warn", **NEW)
    assert result["overrides"] == [
        {
            "setting": "time",
            "value": 16,
            "file": VENDOR,
            "line": 1,
            "writer": "systemd-sysctl",
            "backup": None,
        }
    ]
    assert "would be 16, not 600" in str(result["warnings"])
    assert boot(result) == dict(NEW, time=16)
    assert host.kernel() == NEW


def test_disable_comments_out_and_keeps_a_backup(host, keepalive):
    vendor = b"a = 1\n-net.ipv4.tcp_keepalive_time = 16\r\nnet.ipv4.tcp_keepalive_probes=7\nb = 2"
    host.put(VENDOR, vendor)
    host.put(EDITED, b"net/ipv4/tcp_keepalive_probes = 8\n", 0o604)
    before = host.snapshot()
    predicted = keepalive(check_mode=True, overrides="disable", **NEW)
    assert host.snapshot() == before
    result = keepalive(diff=True, overrides="disable", **NEW)
    assert boot(result) == boot(predicted) == NEW
    assert boot(result, "before") == {"time": 16, "intvl": 75, "probes": 8}
    reported = [(one["setting"], one["value"], one["file"], one["line"]) for one in result["overrides"]]
    assert reported == [("time", 16, VENDOR, 2), ("probes", 8, EDITED, 1), ("probes", 7, VENDOR, 3)]
    lines = vendor.split(b"\n")
    assert read(host.root + EDITED) == _marks.mark_line(b"net/ipv4/tcp_keepalive_probes = 8") + b"\n"
    assert os.stat(host.root + EDITED).st_mode & 0o777 == 0o604
    backup = result["overrides"][1]["backup"]
    assert read(backup) == b"net/ipv4/tcp_keepalive_probes = 8\n"
    assert not backup.endswith(".conf")
    assert read(host.root + VENDOR) == vendor
    assert result["overrides"][0]["backup"] is None
    first, *others = read(host.root + COPY).split(b"\n")
    assert b"copy of /usr/lib/sysctl.d/99-zz.conf" in first
    assert others == [lines[0], _marks.mark_line(lines[1]), _marks.mark_line(lines[2]), lines[3]]
    assert os.stat(host.root + COPY).st_mode & 0o777 == 0o644
    parts = {part["before_header"]: part for part in result["diff"]}
    assert parts[COPY]["before"] == "" and "disabled by" in parts[COPY]["after"]
    assert VENDOR not in parts
    again = keepalive(overrides="disable", **NEW)
    assert (again["changed"], again["overrides"]) == (False, [])


@pytest.mark.parametrize(
    "files, words",
    [
        ({VENDOR: b"net.ipv4.tcp_keepalive_time = 5\rnet.ipv4.x = 1\n"}, "shares its line with others"),
        (
            {"/run/credentials/@system/sysctl.extra": b"net.ipv4.tcp_keepalive_time=5"},
            "is in a file that does not last",
        ),
        ({VENDOR: b"-net.ipv4.tcp_keepalive_time\n"}, "takes back what was set before"),
        ({VENDOR: b"net.ipv4.tcp_keepalive_time = 1h\n"}, "has a value that the kernel refuses"),
    ],
)
def test_line_that_cannot_simply_be_commented_out_is_refused(host, keepalive, files, words):
    for path, data in files.items():
        host.put(path, data)
    before = host.snapshot()
    assert words in keepalive(overrides="disable", **NEW)["msg"]
    assert host.snapshot() == before


@pytest.mark.parametrize(
    "key, asked, refused",
    [
        ("net.ipv4.tcp_keepalive_[tp]*", {"time": 600}, True),
        ("net.ipv4.tcp_keepalive_[tp]*", NEW, False),
        ("net.ipv4.*", NEW, True),
    ],
)
def test_pattern_is_commented_out_only_where_it_sets_nothing_else(host, keepalive, key, asked, refused):
    # Alpine's service with procps starts a process for each file: a pattern beats a key of an earlier file.
    os.unlink(host.root + "/sbin/init")
    host.put("/sbin/init", b"")
    host.put("/sbin/sysctl", b"procps-ng 4.0.4")
    host.put("/etc/init.d/sysctl", b"sysctl -p", 0o755)
    host.put("/sbin/openrc", b"")
    host.put("/etc/runlevels/boot/sysctl", b"")
    host.put("/etc/sysctl.d/99-zz.conf", key.encode() + b" = 5\n")
    before = host.snapshot()
    result = keepalive(overrides="disable", **asked)
    if refused:
        assert "a pattern that sets more than the task asks for" in result["msg"]
        assert host.snapshot() == before
    else:
        assert (boot(result), result["boot_tool"]) == (NEW, "procps")


def test_hidden_file_is_refused_with_the_file_that_hides_it(host, keepalive):
    os.makedirs(host.root + "/usr/lib/sysctl.d")
    os.symlink("/dev/null", host.root + "/etc/sysctl.d/50-x.conf")
    message = keepalive(path="/usr/lib/sysctl.d/50-x.conf", **NEW)["msg"]
    assert "/etc/sysctl.d/50-x.conf takes its name" in message


def test_absent_and_dropped_settings_go_to_what_the_next_boot_loads(host, keepalive):
    host.put(
        "/usr/lib/sysctl.d/10-vendor.conf",
        b"net.ipv4.tcp_keepalive_intvl = 20\nnet.ipv4.tcp_keepalive_probes = 6\n",
    )
    keepalive(**NEW)
    assert keepalive(time=600)["runtime"]["after"] == {"time": 600, "intvl": 20, "probes": 6} == host.kernel()
    result = keepalive(state="absent")
    assert host.kernel() == {"time": 7200, "intvl": 20, "probes": 6} == boot(result)
    assert result["boot"]["after"]["intvl"]["file"] == "/usr/lib/sysctl.d/10-vendor.conf"


def test_host_without_a_boot_tool_is_refused(host, keepalive):
    os.unlink(host.root + "/usr/lib/systemd/systemd-sysctl")
    before = host.snapshot()
    message = keepalive(**NEW)["msg"]
    assert "Nothing on this host loads sysctl files at boot" in message
    assert "persist: false" in message
    assert host.snapshot() == before
    result = keepalive(persist=False, **NEW)
    assert (result["changed"], result["boot_tool"], boot(result)) == (True, None, DEFAULTS)
    assert keepalive(state="absent")["changed"] is True


def test_an_init_that_cannot_be_read_is_not_taken_for_one_that_loads_nothing(host, keepalive):
    os.unlink(host.root + "/sbin/init")
    host.put("/sbin/init", b"")
    message = keepalive(**NEW)["msg"]
    assert (
        "cannot be predicted: what the init /sbin/init does at boot cannot be read. Nothing was changed."
        in message
    )
    assert "Nothing on this host" not in message
    result = keepalive(overrides="warn", **NEW)
    assert (result["changed"], result["boot_tool"], result["boot"]["after"]) == (True, None, None)
    assert "/sbin/init" in str(result["warnings"])
    assert not keepalive(persist=False, **NEW).get("failed")


def test_a_setting_that_cannot_be_predicted_concerns_a_task_that_asks_for_it(host, keepalive):
    host.put("/etc/sysctl.d/99-zz.conf", b"net.ipv4.tcp_keepalive_intvl = 8589935\n")
    refused = keepalive(intvl=60)
    assert "depends on its HZ" in refused["msg"]
    assert "Nothing was changed" in refused["msg"]
    host.write(b"net.ipv4.tcp_keepalive_intvl = 60\n")
    assert "depends on its HZ" in keepalive(state="absent")["msg"]
    result = keepalive(time=200)
    assert result["boot"]["after"]["intvl"] is None
    assert result["boot"]["after"]["time"]["value"] == 200
    assert result["detection_time"] is not None
    assert host.kernel() == {"time": 200, "intvl": 75, "probes": 9}
    assert "depends on its HZ" in str(keepalive(intvl=60, overrides="warn")["warnings"])
    assert host.kernel()["intvl"] == 60
    assert not keepalive(intvl=61, persist=False).get("failed")
    assert keepalive(state="absent", overrides="warn")["boot"]["after"]["intvl"] is None
    assert host.kernel() == {"time": 7200, "intvl": 61, "probes": 9}


def test_boot_that_cannot_be_predicted_is_refused_where_it_matters(host, keepalive):
    os.mkfifo(host.root + "/etc/sysctl.d/10-x.conf")
    before = host.snapshot()
    assert "/etc/sysctl.d/10-x.conf is neither a file nor a folder" in keepalive(**NEW)["msg"]
    message = keepalive(state="absent")["msg"]
    assert "cannot be predicted" in message
    assert 'leave the kernel as it is ("apply: false")' in message
    assert host.snapshot() == before
    result = keepalive(persist=False, **NEW)
    assert result["boot"] == {"before": None, "after": None}
    assert "10-x.conf" in str(result["warnings"])


def test_user_without_permission_is_advised_to_become_root(host, keepalive, monkeypatch):
    def denied(path):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)

    monkeypatch.setattr(os, "listdir", denied)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert keepalive(**NEW)["msg"].endswith('Permission denied. Run as root: "become: true".')


def test_symbolic_mode_starts_from_the_earlier_file(host, keepalive):
    keepalive(mode="0640", **NEW)
    result = keepalive(diff=True, mode="g+w", **dict(NEW, time=601))
    assert os.stat(host.dropin).st_mode & 0o7777 == 0o660
    assert result["diff"][2]["after"]["mode"] == "0660"
    assert keepalive(mode="g+w", **dict(NEW, time=601))["changed"] is False


def test_symbolic_mode_where_our_file_is_changed_in_two_steps(host, keepalive):
    keepalive(mode="0640", **NEW)
    host.put("/etc/sysctl.d/10-x.conf", _order._PIN.format(**DEFAULTS).encode())
    assert keepalive(mode="g+w", **dict(NEW, time=601))["changed"] is True
    assert os.stat(host.dropin).st_mode & 0o7777 == 0o660
    assert b"601\n" in read(host.dropin)


def test_backup_beside_one_that_a_killed_run_left(host, keepalive):
    host.write(b"# second\n")
    host.put("/etc/sysctl.d/.99-tcp-keepalive.conf.tcp_keepalive-keep0", b"# first\n")
    assert keepalive(backup=True, **NEW)["changed"] is True
    folder = os.path.dirname(host.dropin)
    assert {read(os.path.join(folder, name)) for name in os.listdir(folder)} == {
        b"# first\n",
        b"# second\n",
        FILE,
    }


@pytest.mark.parametrize("options", [NEW, {"state": "absent"}])
def test_unchanged_file_is_synced_too(host, keepalive, monkeypatch, options):
    """A run may have been killed between a rename and the sync of the folder."""
    keepalive(**options)
    fsync, synced = os.fsync, []

    def watched(descriptor):
        synced.append(os.readlink("/proc/self/fd/{0}".format(descriptor)))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    assert keepalive(**options)["changed"] is False
    assert synced[-1] == os.path.dirname(host.dropin)
    assert (host.dropin in synced) == (options is NEW)


def test_failure_of_a_check_is_a_message_and_not_a_traceback(host, keepalive, monkeypatch):
    def stale(path):
        raise OSError(errno.ESTALE, os.strerror(errno.ESTALE), path)

    monkeypatch.setattr(os, "statvfs", stale)
    assert "Stale file handle: '" + os.path.dirname(host.dropin) in keepalive(**NEW)["msg"]
    assert host.kernel() == DEFAULTS


def test_owner_that_cannot_be_set_is_reported_with_the_file(host, keepalive, monkeypatch):
    def denied(*_arguments):
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(os, "lchown", denied)
    message = keepalive(**dict(NEW, owner=str(os.getuid() + 1)))["msg"]
    assert message.startswith("Failed half-way: {0}/.99-tcp".format(os.path.dirname(host.dropin)))
    assert message.endswith(
        "chown failed: [Errno 1] Operation not permitted. Kernel and files are as they were before."
    )


def test_disable_does_not_follow_a_link_elsewhere(host, keepalive):
    host.put("/etc/cron.d/job", b"net.ipv4.tcp_keepalive_time = 5\n")
    os.symlink("../cron.d/job", host.root + "/etc/sysctl.d/99-zz.conf")
    before = host.snapshot()
    assert "the boot tool reads only through a link" in keepalive(overrides="disable", **NEW)["msg"]
    assert host.snapshot() == before


def test_disable_leaves_a_hard_link_alone(host, keepalive):
    host.put(EDITED, b"net.ipv4.tcp_keepalive_time = 5\n")
    os.link(host.root + EDITED, host.root + "/etc/other")
    before = host.snapshot()
    assert "has another name (a hard link)" in keepalive(overrides="disable", **NEW)["msg"]
    assert host.snapshot() == before


def test_disable_changes_no_other_setting(host, keepalive):
    # The mark makes the line too long, at which systemd-sysctl stops reading the file.
    long_line = b"net.ipv4.tcp_keepalive_time = 5" + b" " * (1024 * 1024 - 40)
    host.put(VENDOR, long_line + b"\nnet.ipv4.tcp_keepalive_intvl = 6\n")
    before = host.snapshot()
    message = keepalive(overrides="disable", time=600)["msg"]
    assert "would change net.ipv4.tcp_keepalive_intvl from 6 to 75" in message
    assert host.snapshot() == before


def test_file_that_no_boot_tool_reads_is_refused_even_for_the_default(host, keepalive):
    host.put("/etc/sysctl.d/50-x.conf", b"")
    host.put("/etc/sysctl.d/10-a.conf", b"net.ipv4.tcp_keepalive_time = 300\n")
    os.makedirs(host.root + "/usr/lib/sysctl.d")
    before = host.snapshot()
    for overrides in ("fail", "disable"):
        message = keepalive(path="/usr/lib/sysctl.d/50-x.conf", time=7200, overrides=overrides)["msg"]
        assert "/etc/sysctl.d/50-x.conf takes its name" in message
    assert host.snapshot() == before


def test_file_too_large_to_read_is_reported(host, keepalive):
    host.put(VENDOR, b"")
    os.truncate(host.root + VENDOR, 1 << 40)
    assert "is larger than 256 MiB" in keepalive(**NEW)["msg"]


@pytest.mark.parametrize("options", [{}, {"apply": False}, {"apply": False, "check_mode": True}])
def test_container_with_read_only_sysctls_is_refused(host, keepalive, read_only_sysctls, options):
    before = host.snapshot()
    assert "Set them where the container is created" in keepalive(**NEW, **options)["msg"]
    assert host.snapshot() == before


def test_container_with_read_only_sysctls_gets_a_file_on_request(host, keepalive, read_only_sysctls):
    result = keepalive(apply=False, overrides="warn", **NEW)
    assert "is read-only in this container" in str(result["warnings"])
    assert (result["boot_tool"], result["boot"]["after"], read(host.dropin)) == (
        None,
        result["boot"]["before"],
        FILE,
    )


def test_container_with_read_only_sysctls_and_the_right_values_is_accepted(
    host, keepalive, read_only_sysctls
):
    for name, value in NEW.items():
        host.set(name, value)
    assert keepalive(**NEW)["boot"]["after"]["time"] == {
        "value": 600,
        "file": None,
        "line": None,
        "writer": None,
    }
    assert keepalive(**NEW)["changed"] is False
    assert keepalive(state="absent")["runtime"]["after"] == NEW


CONF = "/etc/sysctl.conf"


def test_line_that_comes_back_is_a_warning(host, keepalive):
    host.put(
        CONF, b"vm.swappiness = 1\nnet.ipv4.tcp_keepalive_time = 700\nnet.ipv4.tcp_keepalive_probes = 5\n"
    )
    (warning,) = map(str, keepalive(**NEW)["warnings"])
    assert "/etc/sysctl.conf, line 2 (tcp_keepalive_time 700, not 600, by sysctl -p)" in warning
    assert "probes" not in warning
    assert "warnings" not in keepalive(time=700)
    assert "warnings" not in keepalive(state="absent")


def test_lines_that_come_back_are_commented_out_on_request(host, keepalive):
    host.put(
        CONF, b"net.ipv4.tcp_keepalive_time = 700\nnet.ipv4.tcp_keepalive_time = 800\nvm.swappiness = 1\n"
    )
    host.put("/etc/sysctl.d/99-z.conf", b"net.ipv4.tcp_keepalive_time = 900\n")
    result = keepalive(overrides="disable", **NEW)
    found = [(one["value"], one["file"], one["line"], bool(one["backup"])) for one in result["overrides"]]
    assert found == [(900, "/etc/sysctl.d/99-z.conf", 1, True), (800, CONF, 2, True), (700, CONF, 1, True)]
    assert "warnings" not in result
    lines = read(host.root + CONF).splitlines()
    assert [line.startswith(b"# disabled by netops") for line in lines] == [True, True, False]
    assert keepalive(overrides="disable", **NEW)["changed"] is False


def test_pattern_that_comes_back_is_commented_out_where_all_is_asked_for(host, keepalive):
    host.put(CONF, b"net.ipv4.tcp_keepalive_* = 60\n")
    assert "line 1" in str(keepalive(overrides="disable", time=600)["warnings"])
    assert "warnings" not in keepalive(overrides="disable", **NEW)
    assert read(host.root + CONF).startswith(b"# disabled")


@pytest.mark.parametrize("line", [b"net.ipv4.tcp_k*_time = 60", b"net.ipv4.tcp_keepalive_time = 5 \\"])
def test_line_that_comes_back_and_cannot_be_commented_out_is_a_warning(host, keepalive, line):
    host.put(CONF, line + b"\n")
    result = keepalive(overrides="disable", **NEW)
    assert "/etc/sysctl.conf, line 1" in str(result["warnings"]) and "by hand" in str(result["warnings"])
    assert (read(host.root + CONF), result["overrides"]) == (line + b"\n", [])


def test_what_may_write_later_is_one_warning(host, keepalive):
    script = b"#!/bin/sh\n" + b"sysctl -w net.ipv4.tcp_keepalive_time=9\n" * 6
    host.put("/etc/rc.local", script, 0o755)
    os.mkfifo(host.root + "/etc/crontab")
    found, unread = map(str, keepalive(**NEW)["warnings"])
    assert "/etc/rc.local, line 2; " in found and "and 2 more" in found
    assert "/etc/crontab is neither a file nor a folder" in unread
    for options in ({"persist": False, **NEW}, {"state": "absent"}):
        assert "warnings" not in keepalive(**options)


@pytest.fixture
def application(host):
    """Make the host a container whose PID 1 is an application."""
    host.put("/proc/1/comm", b"nginx\n")
    os.makedirs(host.proc + "/self/ns")
    os.symlink("pid:[2]", host.proc + "/self/ns/pid")


def test_container_that_does_not_boot_is_refused_a_file(host, keepalive, application):
    before = host.snapshot()
    message = keepalive(**NEW)["msg"]
    assert "does not boot (its PID 1 is nginx, not an init)" in message
    assert "--sysctl" in message and '"persist: false"' in message
    assert host.snapshot() == before


def test_container_that_does_not_boot_gets_the_kernel_and_no_promise(host, keepalive, application):
    host.write(b"net.ipv4.tcp_keepalive_time = 99\n")
    result = keepalive(persist=False, **NEW)
    assert host.kernel() == NEW and result["changed"]
    assert result["boot"]["after"]["intvl"] == {"value": 75, "file": None, "line": None, "writer": None}
    assert (result["boot_tool"], "warnings" in result) == (None, False)
    result = keepalive(overrides="warn", **NEW)
    assert read(host.dropin) == FILE and "no file sets the values" in str(result["warnings"])
    assert keepalive(state="absent")["runtime"]["after"] == NEW


def test_image_is_written_in_a_container_that_does_not_boot(host, keepalive, application):
    result = keepalive(apply=False, **NEW)
    assert result["boot"]["after"]["time"]["file"] and read(host.dropin) == FILE
    assert "counts only on a host that boots these files" in str(result["warnings"])


def test_container_that_sets_nothing_is_not_sent_round(host, keepalive, application, read_only_sysctls):
    host.put("/proc/1/comm", b"nginx\n")
    before = host.snapshot()
    for options in ({}, {"persist": False}, {"overrides": "warn"}):
        message = keepalive(**NEW, **options)["msg"]
        assert "Set them where the container is created" in message
        assert "persist: false" not in message
    assert host.snapshot() == before


def test_privileged_container_changes_its_host(host, keepalive, application):
    host.put("/proc/sys/net/core/dev_weight", b"64\n")
    assert "set them on the host" in keepalive(**NEW)["msg"]
    assert "are the host's" in str(keepalive(persist=False, **NEW)["warnings"])
    host.put("/proc/1/comm", b"systemd\n")
    assert "are the host's" in str(keepalive(**NEW)["warnings"])


@pytest.mark.parametrize(
    "files, expected",
    [
        # As lxc.sysctl may set it, or a person: either.
        ({}, None),
        ({"/run/systemd/container": b"lxc\n"}, None),
        ({"/run/systemd/container": b"systemd-nspawn\n"}, 75),
        ({"/proc/1/environ": b"TERM=x\0container=systemd-nspawn\0"}, 75),
        ({"/proc/sys/net/core/dev_weight": b"64\n"}, 30),
    ],
)
def test_container_that_boots_starts_with_what_its_creator_sets(
    host, keepalive, application, files, expected
):
    host.put("/proc/1/comm", b"systemd\n")
    for path, data in files.items():
        host.put(path, data)
    host.set("intvl", 30)
    result = keepalive(time=45)
    intvl = result["boot"]["after"]["intvl"]
    assert (intvl and intvl["value"]) == expected
    assert ("cannot be seen from inside" in str(result.get("warnings"))) is (expected is None)
    assert result["boot"]["after"]["time"]["value"] == 45
    # Ours was no creator's: without the file the kernel's default is back, but for its host's network.
    result = keepalive(state="absent")
    host_network = "/proc/sys/net/core/dev_weight" in files
    assert host.kernel() == {"time": 45 if host_network else 7200, "intvl": expected or 30, "probes": 9}


def test_read_only_sysctls_without_an_init_may_be_those_of_an_image(host, keepalive, read_only_sysctls):
    host.put("/proc/1/comm", b"sh\n")
    assert keepalive(apply=False, **NEW)["boot_tool"] == "systemd-sysctl"


ADMINS = b"a = 1\n-net.ipv4.tcp_keepalive_time = 60\r\n# end"
VENDORS = b"net.ipv4.tcp_keepalive_intvl=6\nb = 2\nnet.ipv4.tcp_keepalive_probes = 7\n"
BEFORE = {"time": 60, "intvl": 6, "probes": 7}


def contents(host):
    """Return the data and modes of all files but the kernel's and backups."""
    return {
        path: (entry[0], entry[-1])
        for path, entry in host.snapshot().items()
        if not path.endswith("~") and not path.startswith(host.proc)
    }


@pytest.fixture
def disabled(host, keepalive):
    """Disable a line of an administrator's file and two of a vendor's; return the files as before."""
    host.put(EDITED, ADMINS, 0o604)
    host.put(VENDOR, VENDORS)
    before = contents(host)
    result = keepalive(overrides="disable", **NEW)
    assert (boot(result, "before"), boot(result)) == (BEFORE, NEW)
    return before


def test_absent_brings_back_what_disable_commented_out(host, keepalive, disabled):
    now = host.snapshot()
    predicted = keepalive(state="absent", check_mode=True, diff=True)
    assert host.snapshot() == now
    result = keepalive(state="absent", diff=True)
    assert contents(host) == disabled
    assert boot(result) == result["runtime"]["after"] == host.kernel() == BEFORE
    backups = [line.pop("backup") for line in result["restored"]]
    assert backups[:2] == [None, None] and b"disabled by" in read(backups[2])
    assert result["restored"] == [
        {"file": COPY, "line": 2, "text": "net.ipv4.tcp_keepalive_intvl=6", "original": VENDOR},
        {"file": COPY, "line": 4, "text": "net.ipv4.tcp_keepalive_probes = 7", "original": VENDOR},
        {"file": EDITED, "line": 2, "text": "-net.ipv4.tcp_keepalive_time = 60", "original": None},
    ]
    parts = {part["before_header"]: part for part in result["diff"]}
    assert parts[COPY]["after"] == "" and parts[EDITED]["after"] == ADMINS.decode()
    for line in predicted["restored"]:
        line.pop("backup")
    assert predicted == result

    after = host.snapshot()
    again = keepalive(state="absent")
    assert (again["changed"], again["restored"], again.get("warnings")) == (False, [], None)
    assert host.snapshot() == after
    assert boot(keepalive(overrides="disable", **NEW)) == NEW
    keepalive(state="absent")
    assert contents(host) == disabled


def test_lines_come_back_even_where_our_file_is_gone(host, keepalive, disabled):
    os.unlink(host.dropin)
    assert keepalive(state="absent")["file"]["changed"] is False
    assert contents(host) == disabled


def test_persist_off_brings_nothing_back(host, keepalive, disabled):
    now = contents(host)
    assert keepalive(state="absent", persist=False)["restored"] == []
    assert contents(host) == now


def test_line_changed_since_is_left_alone_with_a_warning(host, keepalive, disabled):
    marked = read(host.root + EDITED)
    host.put(EDITED, marked.replace(b"= 60", b"= 61"))
    result = keepalive(state="absent")
    assert "/etc/sysctl.d/99-zzz.conf, line 2, was commented out by this module" in str(result["warnings"])
    assert read(host.root + EDITED) == marked.replace(b"= 60", b"= 61")
    assert {line["file"] for line in result["restored"]} == {COPY}
    assert boot(result) == dict(BEFORE, time=7200)


def test_line_that_the_user_brought_back_stays(host, keepalive, disabled):
    host.put(EDITED, ADMINS.replace(b"60", b"90"))
    result = keepalive(state="absent")
    assert read(host.root + EDITED) == ADMINS.replace(b"60", b"90")
    assert (boot(result), result.get("warnings")) == (dict(BEFORE, time=90), None)


def test_copy_goes_even_where_the_vendors_file_has_changed(host, keepalive, disabled):
    host.put(VENDOR, b"net.ipv4.tcp_keepalive_intvl=8\n")
    result = keepalive(state="absent")
    assert not os.path.lexists(host.root + COPY)
    assert (boot(result), result.get("warnings")) == ({"time": 60, "intvl": 8, "probes": 9}, None)


@pytest.mark.parametrize(
    "vendors, copied",
    [
        (b"net.ipv4.tcp_keepalive_intvl = 8\nb = 3\n", True),
        (b"net.ipv4.tcp_keepalive_intvl = 60\nb = 3\n", False),
        (b"", False),
        (None, False),
    ],
)
def test_copy_is_made_anew_where_the_vendors_file_has_changed(host, keepalive, disabled, vendors, copied):
    if vendors is None:
        os.unlink(host.root + VENDOR)
    else:
        host.put(VENDOR, vendors)
    assert keepalive(**NEW)["changed"] is False
    result = keepalive(overrides="disable", **NEW)
    assert (result["changed"], boot(result), os.path.lexists(host.root + COPY)) == (True, NEW, copied)
    assert not copied or b"b = 3" in read(host.root + COPY)
    assert keepalive(overrides="disable", **NEW)["changed"] is False
    keepalive(state="absent")
    assert not os.path.lexists(host.root + COPY)


def test_copy_that_was_changed_is_not_made_anew(host, keepalive, disabled):
    host.put(COPY, read(host.root + COPY) + b"c = 3\n")
    host.put(VENDOR, b"")
    assert keepalive(overrides="disable", **NEW)["changed"] is False


def procps(host, script=b"sysctl --system"):
    os.unlink(host.root + "/sbin/init")
    for path, data in {"init": b"", "openrc": b"", "sysctl": b"procps-ng 4.0.4"}.items():
        host.put("/sbin/" + path, data)
    host.put("/etc/init.d/sysctl", script, 0o755)
    host.put("/etc/runlevels/boot/sysctl", b"")


@pytest.mark.parametrize("start", [lambda host: None, procps], ids=["systemd", "procps"])
@pytest.mark.parametrize("folder", ["/usr/local/lib", "/usr/lib", "/lib"])
def test_file_of_any_folder_but_etc_is_hidden_and_comes_back(host, keepalive, folder, start):
    start(host)
    vendor = folder + "/sysctl.d/99-zz.conf"
    host.put(vendor, VENDORS)
    before = contents(host)
    result = keepalive(overrides="disable", **NEW)
    assert {line["file"] for line in result["overrides"]} == {vendor}
    assert (boot(result), read(host.root + vendor)) == (NEW, VENDORS)
    result = keepalive(state="absent")
    assert {line["original"] for line in result["restored"]} == {vendor}
    assert contents(host) == before


def test_vendors_credential_is_hidden_too(host, keepalive):
    vendor = "/usr/lib/credstore/sysctl.extra"
    host.put(vendor, VENDORS)
    before = contents(host)
    assert "/etc/credstore is not a folder" in keepalive(overrides="disable", **NEW)["msg"]
    assert contents(host) == before
    os.mkdir(host.root + "/etc/credstore")
    before = contents(host)
    assert boot(keepalive(overrides="disable", **NEW)) == NEW
    assert b"disabled by" in read(host.root + "/etc/credstore/sysctl.extra")
    keepalive(state="absent")
    assert contents(host) == before


def test_vendors_file_is_hidden_in_alpines_order_too(host, keepalive):
    """Alpine's service reads /usr/lib before /etc, where a file hides those of its name."""
    procps(host, b"sysctl -p")
    host.put(VENDOR, VENDORS)
    before = contents(host)
    assert keepalive(**NEW)["overrides"] == []
    keepalive(state="absent")
    ours = "/usr/lib/sysctl.d/50-ours.conf"
    # The copy comes after ours, as the vendor's file does, and after what /etc has of a lower name.
    assert boot(keepalive(path=ours, overrides="disable", **NEW)) == NEW
    assert boot(keepalive(path=ours, state="absent")) == dict(DEFAULTS, intvl=6, probes=7)
    assert contents(host) == before


def test_ufws_file_is_among_those_that_get_their_lines_back(host, keepalive):
    line = b"net/ipv4/tcp_keepalive_time=1200"
    host.put("/etc/ufw/ufw.conf", b"ENABLED=no\n")
    host.put("/etc/default/ufw", b"IPT_SYSCTL=/etc/ufw/ours.conf\n")
    host.put("/etc/ufw/ours.conf", b"# x\n" + _marks.mark_line(line) + b"\n")
    assert keepalive(state="absent")["restored"][0]["file"] == "/etc/ufw/ours.conf"
    assert read(host.root + "/etc/ufw/ours.conf") == b"# x\n" + line + b"\n"


@pytest.mark.parametrize(
    "path", ["/etc/sysctl.d/x.conf.bak", "/etc/sysctl.d/x.conf~", "/etc/other.conf", "/opt/sysctl.d/x.conf"]
)
def test_other_files_are_left_alone(host, keepalive, path):
    host.put(path, _marks.mark_line(b"net.ipv4.tcp_keepalive_time = 1200") + b"\n")
    os.symlink("/etc/other.conf", host.root + "/etc/sysctl.d/link.conf")
    before = contents(host)
    assert keepalive(state="absent")["restored"] == []
    assert contents(host) == before


def test_what_stays_commented_out_is_said_where_the_boot_cannot_be_predicted(host, keepalive, disabled):
    os.mkfifo(host.root + "/etc/sysctl.d/10-x.conf")
    result = keepalive(state="absent", apply=False)
    assert "What was commented out stays so." in str(result["warnings"])
    assert result["restored"] == [] and os.path.lexists(host.root + COPY)


def test_copy_that_was_changed_stays_with_its_lines_back(host, keepalive, disabled):
    changed = read(host.root + COPY).replace(b"b = 2", b"b = 3")
    host.put(COPY, changed)
    result = keepalive(state="absent")
    assert read(host.root + COPY) == changed.partition(b"\n")[0] + b"\n" + VENDORS.replace(b"b = 2", b"b = 3")
    assert "a copy of /usr/lib/sysctl.d/99-zz.conf, was changed" in str(result["warnings"])
    assert boot(result) == BEFORE
    again = keepalive(state="absent")
    assert (again["changed"], again.get("warnings")) == (False, None)


def test_vendors_file_that_is_read_by_another_name_too_is_refused(host, keepalive):
    host.put(VENDOR, VENDORS)
    os.symlink("../../usr/lib/sysctl.d/99-zz.conf", host.root + "/etc/sysctl.d/99-zzz-other.conf")
    before = host.snapshot()
    message = keepalive(overrides="disable", **NEW)["msg"]
    assert "is read in spite of /etc/sysctl.d/99-zz.conf, which has the file's name" in message
    assert host.snapshot() == before


@pytest.mark.parametrize("options", [dict(NEW, overrides="disable"), {"state": "absent"}])
def test_a_boot_during_a_change_of_many_files_sets_all_or_nothing(
    host, keepalive, disabled, monkeypatch, options
):
    if options.get("state") != "absent":
        keepalive(state="absent")
    seen, rename, unlink = [], os.rename, os.unlink

    def watched(change, *arguments):
        change(*arguments)
        in_force = COPY if os.path.lexists(host.root + COPY) else VENDOR
        others = b"b = 2" in read(host.root + in_force) and b"a = 1" in read(host.root + EDITED)
        seen.append((NextBoot(host.root, host.proc).predict().values(), others))

    monkeypatch.setattr(os, "rename", lambda *paths: watched(rename, *paths))
    monkeypatch.setattr(os, "unlink", lambda *paths: watched(unlink, *paths))
    assert keepalive(**options)["changed"] is True
    before, after = (NEW, BEFORE) if options.get("state") == "absent" else (BEFORE, NEW)
    assert len(seen) > 4
    assert seen[-1] == (after, True)
    assert all(others and values in (before, after) for values, others in seen)
