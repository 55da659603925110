# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""After the role has run: the kernel's values and the file."""


def test_kernel_holds_the_values(asked, wanted, kernel, kernel_defaults):
    assert kernel == (wanted if asked["apply"] else kernel_defaults)


def test_file_sets_the_values(asked, wanted, file_settings):
    assert file_settings == (wanted if asked["persist"] else None)


def test_file_belongs_to_root_and_is_world_readable(host, asked):
    file = host.file(asked["path"])
    if asked["persist"]:
        assert (file.user, file.group, file.mode) == ("root", "root", 0o644)


def test_folder_holds_the_file_and_its_backup_and_nothing_else_of_ours(host, asked):
    folder, name = asked["path"].rsplit("/", 1)
    ours = [entry for entry in host.file(folder).listdir() if name in entry]
    backups = [entry for entry in ours if entry.endswith("~")]
    assert len(backups) == (1 if asked["backup"] else 0)
    assert sorted(set(ours) - set(backups)) == ([name] if asked["persist"] else [])
