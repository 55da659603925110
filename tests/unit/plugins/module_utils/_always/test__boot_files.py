# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import os

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._always import (
    _at_boot,
    _boot_files,
    _units,
)
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._always._at_boot import Boot
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._always._request import Request
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._apply import _transaction
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._apply._file import Link
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._apply._transaction import Running
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import KeepaliveError

SYSTEMD = "/etc/systemd/system"
HOST_LINK = SYSTEMD + "/sysinit.target.wants/tcp-keepalive-always.service"
VALUES = ("45", "7", "9", "-")


def nothing():
    pass


def request(absent=False, units=(), except_units=(), values=VALUES):
    return Request(absent, list(units), list(except_units), list(values), True, True, True)


@pytest.fixture
def root(host):
    host.put("/usr/bin/python3", b"")
    os.makedirs(host.root + SYSTEMD)
    return host.root


def carry_out(root, asked):
    plan = _boot_files.plan(root, _boot_files.changes(root, asked), Running(), nothing)
    _transaction.check(plan, root + "/proc")
    _transaction.execute(plan)


@pytest.mark.parametrize(
    "asked, boot",
    [
        (request(), Boot(True, [], [], list(VALUES))),
        (request(except_units=["b.service"]), Boot(True, [], ["b.service"], list(VALUES))),
        (request(units=["a.service", "b.slice"]), Boot(False, ["a.service", "b.slice"], [], list(VALUES))),
        (request(values=["-", "7", "-", "60"]), Boot(True, [], [], ["-", "7", "-", "60"])),
        (request(absent=True), None),
    ],
)
def test_what_is_written_is_what_is_found(root, asked, boot):
    carry_out(root, request(units=["c.service"]))
    carry_out(root, asked)
    assert _at_boot.look(root) == _boot_files.asked(asked) == boot
    assert _boot_files.changes(root, asked) == {}


@pytest.mark.parametrize("gone", ["/usr/bin/python3", _units.LOADER])
def test_a_boot_that_has_nothing_to_run_attaches_nothing(root, gone):
    carry_out(root, request())
    os.unlink(root + gone)
    assert _at_boot.look(root) is None


def test_no_link_ever_leads_to_a_unit_that_is_not_there(root):
    first = _boot_files.plan(root, _boot_files.changes(root, request()), Running(), nothing)
    assert [rewrite.path[len(root) :] for rewrite in first.rewrites] == [
        _units.LOADER,
        SYSTEMD + "/tcp-keepalive-always.service",
        HOST_LINK,
    ]
    assert first.rewrites[-1].after == Link(SYSTEMD + "/tcp-keepalive-always.service")
    carry_out(root, request())
    last = _boot_files.plan(root, _boot_files.changes(root, request(absent=True)), Running(), nothing)
    assert [rewrite.path for rewrite in last.rewrites] == [
        rewrite.path for rewrite in reversed(first.rewrites)
    ]


def test_folders_are_made_and_tidied_up(root):
    asked = request(units=["a.service"])
    carry_out(root, asked)
    folder = root + SYSTEMD + "/a.service.wants"
    assert os.stat(folder).st_mode & 0o777 == 0o755
    changes = _boot_files.changes(root, request(absent=True))
    carry_out(root, request(absent=True))
    _boot_files.tidy(root, changes)
    assert not os.path.exists(folder)
    assert os.listdir(root + SYSTEMD) == []


def test_the_units_of_others_stay(root):
    other = root + SYSTEMD + "/a.service.wants/other.service"
    os.makedirs(os.path.dirname(other))
    os.symlink("/usr/lib/systemd/system/other.service", other)
    carry_out(root, request(units=["a.service"]))
    changes = _boot_files.changes(root, request(absent=True))
    carry_out(root, request(absent=True))
    _boot_files.tidy(root, changes)
    assert os.listdir(os.path.dirname(other)) == ["other.service"]


@pytest.mark.parametrize("mode", [0o664, 0o646, 0o600])
def test_a_file_that_others_may_change_or_not_read_is_made_anew(root, mode):
    carry_out(root, request())
    os.chmod(root + _units.LOADER, mode)
    assert list(_boot_files.changes(root, request())) == [_units.LOADER]
    carry_out(root, request())
    assert os.stat(root + _units.LOADER).st_mode & 0o777 == 0o644


def test_elsewhere_than_systemd_it_is_refused(root):
    os.unlink(root + "/sbin/init")
    with pytest.raises(KeepaliveError, match=r"does not boot with systemd.*persist: false"):
        _boot_files.changes(root, request())
    assert _boot_files.changes(root, request(absent=True)) == {}


def test_without_python_it_is_refused(root):
    os.unlink(root + "/usr/bin/python3")
    with pytest.raises(KeepaliveError, match="A boot needs /usr/bin/python3 or /usr/libexec/platform-python"):
        _boot_files.changes(root, request())


def test_the_systems_own_python_is_used(root, host):
    os.unlink(root + "/usr/bin/python3")
    host.put("/usr/libexec/platform-python", b"")
    assert "ExecStart=-/usr/libexec/platform-python -I -S" in _units.for_host(root, "attach 1 2 3 -")


@pytest.mark.parametrize(
    "ufw, after",
    [
        (None, "systemd-sysctl.service"),
        (
            b"[Unit]\nDefaultDependencies=no\nBefore=network-pre.target\n",
            "systemd-sysctl.service ufw.service",
        ),
        # It then comes after sysinit.target: to wait for it would close a circle.
        (b"[Unit]\nBefore=network-pre.target\n", "systemd-sysctl.service"),
    ],
)
def test_it_comes_after_what_writes_the_values(root, host, ufw, after):
    if ufw:
        host.put("/usr/lib/systemd/system/ufw.service", ufw)
    assert f"\nAfter={after}\n" in _units.for_host(root, "attach 1 2 3 -")


@pytest.mark.parametrize(
    "file, unit, known",
    [
        ("/usr/lib/systemd/system/a.service", "a.service", True),
        ("/usr/lib/systemd/system/a@.service", "a@1.service", True),
        ("/usr/lib/systemd/system/a@.service", "b@1.service", False),
        ("/run/systemd/generator/a.service", "a.service", True),
        ("/usr/lib/systemd/user/a.service", "a.service", False),
        ("/run/systemd/generator.late/sysv.service", "sysv.service", True),
    ],
)
def test_known_units(root, host, file, unit, known):
    host.put(file, b"")
    assert _units.is_known(root, unit) is known


@pytest.mark.parametrize(
    "link, target, unit",
    [
        ("mysql.service", "/usr/lib/systemd/system/mariadb.service", "mariadb.service"),
        ("linked.service", "/opt/app/linked.service", None),
        ("masked.service", "/dev/null", None),
        ("a@1.service", "/usr/lib/systemd/system/a@.service", None),
        ("a@1.service", "/usr/lib/systemd/system/b@.service", "b@.service"),
    ],
)
def test_other_names_of_units(root, link, target, unit):
    os.symlink(target, root + SYSTEMD + "/" + link)
    assert _units.alias_of(root, link) == unit
    assert _units.alias_of(root, "other.service") is None


def test_systemd_reads_its_units_anew_when_they_have_changed_or_are_back(root):
    os.makedirs(root + "/run/systemd/system")
    seen = []

    def reload():
        seen.append(_at_boot.look(root))
        if len(seen) == 1:
            raise KeepaliveError("systemctl daemon-reload failed: no reply.")

    plan = _boot_files.plan(root, _boot_files.changes(root, request()), Running(), reload)
    with pytest.raises(KeepaliveError, match="failed: no reply. Kernel and files are as they were before"):
        _transaction.execute(plan)
    assert seen == [Boot(True, [], [], list(VALUES)), None]
    assert os.listdir(root + SYSTEMD) == []
    # Without a change there is nothing to read.
    assert _boot_files.plan(root, {}, Running(), reload).reload is None
