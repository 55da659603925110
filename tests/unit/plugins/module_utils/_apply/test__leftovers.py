# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import os

from ansible_collections.netops.tcp_keepalive.plugins.module_utils._apply import _durable, _file, _leftovers


def test_sweep_removes_what_a_killed_run_left_and_nothing_else(host):
    folder = os.path.dirname(host.dropin)
    names = [
        "60-x.conf",
        ".60-x.conf.new",
        ".60-x.conf.tcp_keepalive-new",
        "60-x.conf.1.2026-11-23@10:00:00~",
        "60-x.conf~",
        ".60-x.conf.tcp_keepalive-new0.conf",
    ]
    for name in names:
        host.write(name.encode(), os.path.join(folder, name))
    os.link(os.path.join(folder, "60-x.conf"), os.path.join(folder, "60-x.conf.7.2026-11-23@10:00:00~"))
    os.link(os.path.join(folder, "60-x.conf"), os.path.join(folder, "x.conf"))
    os.mkdir(os.path.join(folder, ".a.conf.tcp_keepalive-new0"))
    kept = sorted(os.listdir(folder))
    os.symlink("/nowhere", os.path.join(folder, ".b.conf.tcp_keepalive-new0"))
    for name in (".60-x.conf.tcp_keepalive-new0", ".60-x.conf.tcp_keepalive-old12"):
        host.write(b"", os.path.join(folder, name))
    os.link(os.path.join(folder, "60-x.conf"), os.path.join(folder, ".60-x.conf.tcp_keepalive-keep0"))
    # A backup that could not be removed when a run failed counts as little as what a killed one left.
    assert _durable.other_links(os.path.join(folder, "60-x.conf")) == 1
    _leftovers.sweep(folder)
    assert sorted(os.listdir(folder)) == kept


def test_sweep_makes_a_backup_of_the_file_that_a_killed_run_was_to_keep(host):
    folder = os.path.dirname(host.dropin)
    host.write(b"new")
    host.write(b"earlier", os.path.join(folder, ".99-tcp-keepalive.conf.tcp_keepalive-keep0"))
    _leftovers.sweep(folder)
    backup, ours = sorted(os.listdir(folder), key=len, reverse=True)
    assert ours == "99-tcp-keepalive.conf"
    assert backup.startswith(ours) and backup.endswith("~")
    assert _file.read_data(os.path.join(folder, backup)) == b"earlier"


def test_backups_of_the_same_second_have_different_names(host):
    folder = os.path.dirname(host.dropin)
    for number in "012":
        host.write(number.encode(), os.path.join(folder, ".60-x.conf.tcp_keepalive-keep" + number))
    _leftovers.sweep(folder)
    assert {_file.read_data(os.path.join(folder, name)) for name in os.listdir(folder)} == {b"0", b"1", b"2"}
    assert all(name.startswith("60-x.conf.") and name.endswith("~") for name in os.listdir(folder))


def test_sweep_skips_a_folder_that_cannot_be_read(host, monkeypatch):
    def denied(folder):
        raise PermissionError(folder)

    monkeypatch.setattr(os, "listdir", denied)
    _leftovers.sweep(os.path.dirname(host.dropin))


def test_sweep_follows_no_link(host):
    host.put("/elsewhere/.a.conf.tcp_keepalive-new0", b"")
    os.symlink(host.root + "/elsewhere", host.root + "/link")
    _leftovers.sweep(host.root + "/link")
    _leftovers.sweep(host.root + "/missing")
    assert os.listdir(host.root + "/elsewhere")
