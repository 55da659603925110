# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import errno
import os

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._apply import _order
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
    host.put("/etc/sysctl.d/99-zzz.conf", b"net/ipv4/tcp_keepalive_probes = 8\n")
    os.chmod(host.root + VENDOR, 0o604)
    before = host.snapshot()
    predicted = keepalive(check_mode=True, overrides="disable", **NEW)
    assert host.snapshot() == before
    result = keepalive(diff=True, overrides="disable", **NEW)
    assert boot(result) == boot(predicted) == NEW
    assert boot(result, "before") == {"time": 16, "intvl": 75, "probes": 8}
    reported = [(one["setting"], one["value"], one["file"], one["line"]) for one in result["overrides"]]
    assert reported == [
        ("time", 16, VENDOR, 2),
        ("probes", 8, "/etc/sysctl.d/99-zzz.conf", 1),
        ("probes", 7, VENDOR, 3),
    ]
    mark = b"# disabled by netops.tcp_keepalive: "
    lines = vendor.split(b"\n")
    assert read(host.root + VENDOR) == b"\n".join([lines[0], mark + lines[1], mark + lines[2], lines[3]])
    assert os.stat(host.root + VENDOR).st_mode & 0o777 == 0o604
    assert read(result["overrides"][0]["backup"]) == vendor
    assert not result["overrides"][0]["backup"].endswith(".conf")
    assert any(
        part["before_header"].endswith(VENDOR) and "disabled by" in part["after"] for part in result["diff"]
    )
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
    assert "cannot be predicted: what the init /sbin/init does at boot cannot be read" in message
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
    assert "cannot be predicted" in keepalive(state="absent")["msg"]
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
    host.put(VENDOR, b"net.ipv4.tcp_keepalive_time = 5\n")
    os.link(host.root + VENDOR, host.root + "/etc/other")
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
    assert "Set them on the host, or where the container is created" in keepalive(**NEW, **options)["msg"]
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


def test_read_only_sysctls_without_an_init_may_be_those_of_an_image(host, keepalive, read_only_sysctls):
    host.put("/proc/1/comm", b"sh\n")
    assert keepalive(apply=False, **NEW)["boot_tool"] == "systemd-sysctl"
