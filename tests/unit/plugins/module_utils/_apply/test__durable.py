# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import errno
import os

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._apply import (
    _durable,
    _file,
    _names,
    _sync,
)
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._apply._undo import Undo
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import KeepaliveError


def replace(host, data, backup=None, fail=False):
    """Replace or remove the file, then fail or not; return what the folder holds."""
    undo = Undo()
    staged = None
    if data is not None:
        staged = _durable.stage(host.dropin, data, lambda path: os.chmod(path, 0o640), 0, undo)
    _durable.replace(host.dropin, staged, backup, 0, undo)
    if fail:
        assert undo.run() == []
    else:
        _durable.forget(host.dropin, backup, 0)
    folder = os.path.dirname(host.dropin)
    return {name: _file.read_data(os.path.join(folder, name)) for name in os.listdir(folder)}


@pytest.mark.parametrize("earlier", [None, b"old"])
@pytest.mark.parametrize("later", [None, b"new"])
def test_replace(host, earlier, later):
    if earlier is not None:
        host.write(earlier)
    elif later is None:
        return
    assert replace(host, later) == ({} if later is None else {"99-tcp-keepalive.conf": later})
    if later:
        assert os.stat(host.dropin).st_mode & 0o777 == 0o640


@pytest.mark.parametrize("later", [None, b"new"])
def test_replace_keeps_a_backup_that_no_boot_tool_reads(host, later):
    host.write(b"old")
    inode = os.stat(host.dropin).st_ino
    backup = _names.backup(host.dropin)
    assert not backup.endswith(".conf")
    assert replace(host, later, backup)[os.path.basename(backup)] == b"old"
    assert os.stat(backup).st_ino == inode


@pytest.mark.parametrize("earlier", [None, b"old"])
@pytest.mark.parametrize("later", [None, b"new"])
@pytest.mark.parametrize("backup", [False, True])
def test_failure_puts_back_the_same_file(host, earlier, later, backup):
    if earlier is not None:
        host.write(earlier)
    elif later is None:
        return
    before = {path: seen[:5] for path, seen in host.snapshot().items() if os.path.isfile(path)}
    replace(host, later, _names.backup(host.dropin) if backup else None, fail=True)
    assert {path: seen[:5] for path, seen in host.snapshot().items() if os.path.isfile(path)} == before


def test_other_links_while_another_run_tidies_up(host, monkeypatch):
    """Check mode waits for no lock, and may run into this."""
    host.write(b"")
    os.link(host.dropin, host.root + "/other")
    monkeypatch.setattr(os, "listdir", lambda folder: [".99-tcp-keepalive.conf.tcp_keepalive-old0"])
    assert _durable.other_links(host.dropin) == 1


def test_backup_name_already_in_use_is_a_failure_and_keeps_that_file(host):
    host.write(b"old")
    backup = _names.backup(host.dropin)
    host.write(b"another", backup)
    undo = Undo()
    with pytest.raises(FileExistsError):
        _durable.replace(host.dropin, None, backup, 0, undo)
    assert undo.run() == []
    assert _file.read_data(host.dropin) == b"old"
    assert _file.read_data(backup) == b"another"


@pytest.mark.parametrize(
    "number, refused", [(errno.EIO, True), (errno.ENOSPC, True), (errno.EINVAL, False), (errno.EROFS, False)]
)
def test_sync_of_an_unchanged_file(host, monkeypatch, number, refused):
    def fail(descriptor):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    if refused:
        with pytest.raises(KeepaliveError, match="may not survive a power cut"):
            _sync.sync_unchanged(host.dropin)
    else:
        _sync.sync_unchanged(host.dropin)
