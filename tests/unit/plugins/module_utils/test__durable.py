import errno
import os

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils import _dropin, _durable
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import KeepaliveError


def replace(host, data, backup=None, fail=False):
    """Replace or remove the file, then fail or not; return what the folder holds."""
    undo = _durable.Undo()
    staged = None
    if data is not None:
        staged = _durable.stage(host.dropin, data, lambda path: os.chmod(path, 0o640), 0, undo)
    _durable.replace(host.dropin, staged, backup, 0, undo)
    if fail:
        assert undo.take() == []
    else:
        _durable.forget(host.dropin, backup, 0)
    folder = os.path.dirname(host.dropin)
    return {name: _dropin.read(os.path.join(folder, name)) for name in os.listdir(folder)}


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
    backup = _durable.backup_path(host.dropin)
    assert not backup.endswith(".conf")
    assert replace(host, later, backup)[os.path.basename(backup)] == b"old"
    assert os.stat(backup).st_ino == inode


@pytest.mark.parametrize("earlier", [None, b"old"])
@pytest.mark.parametrize("later", [None, b"new"])
@pytest.mark.parametrize("backup", [False, True])
def test_failure_puts_back_the_very_file(host, earlier, later, backup):
    if earlier is not None:
        host.write(earlier)
    elif later is None:
        return
    before = {path: seen[:5] for path, seen in host.snapshot().items() if os.path.isfile(path)}
    replace(host, later, _durable.backup_path(host.dropin) if backup else None, fail=True)
    assert {path: seen[:5] for path, seen in host.snapshot().items() if os.path.isfile(path)} == before


def test_way_back_goes_on_after_a_step_that_fails():
    taken = []
    undo = _durable.Undo()
    undo.add(taken.append, "first")
    undo.add(os.unlink, "/nowhere/at/all")
    undo.add(taken.append, "last")
    assert len(undo.take()) == 1
    assert taken == ["last", "first"]
    assert undo.take() == []


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
    os.mkdir(os.path.join(folder, ".a.conf.tcp_keepalive-new0"))
    os.symlink("/nowhere", os.path.join(folder, ".b.conf.tcp_keepalive-new0"))
    kept = sorted(os.listdir(folder))
    for name in (".60-x.conf.tcp_keepalive-new0", ".60-x.conf.tcp_keepalive-old12"):
        host.write(b"", os.path.join(folder, name))
    os.link(os.path.join(folder, "60-x.conf"), os.path.join(folder, ".60-x.conf.tcp_keepalive-keep0"))
    assert _durable.other_names(os.path.join(folder, "60-x.conf")) == 1
    _durable.sweep(folder)
    assert sorted(os.listdir(folder)) == kept


def test_other_names_where_another_run_tidies_up_meanwhile(host, monkeypatch):
    """As check mode, which waits for no lock, may meet it."""
    host.write(b"")
    os.link(host.dropin, host.root + "/other")
    monkeypatch.setattr(os, "listdir", lambda folder: [".99-tcp-keepalive.conf.tcp_keepalive-old0"])
    assert _durable.other_names(host.dropin) == 1


def test_sweep_makes_a_backup_of_what_a_killed_run_was_to_keep(host):
    folder = os.path.dirname(host.dropin)
    host.write(b"new")
    host.write(b"earlier", os.path.join(folder, ".99-tcp-keepalive.conf.tcp_keepalive-keep0"))
    _durable.sweep(folder)
    backup, ours = sorted(os.listdir(folder), key=len, reverse=True)
    assert ours == "99-tcp-keepalive.conf"
    assert backup.startswith(ours) and backup.endswith("~")
    assert _dropin.read(os.path.join(folder, backup)) == b"earlier"


def test_backups_of_one_moment_have_names_of_their_own(host):
    folder = os.path.dirname(host.dropin)
    for number in "012":
        host.write(number.encode(), os.path.join(folder, ".60-x.conf.tcp_keepalive-keep" + number))
    _durable.sweep(folder)
    assert {_dropin.read(os.path.join(folder, name)) for name in os.listdir(folder)} == {b"0", b"1", b"2"}
    assert all(name.startswith("60-x.conf.") and name.endswith("~") for name in os.listdir(folder))


def test_sweep_passes_over_what_can_not_be_read(host, monkeypatch):
    def denied(folder):
        raise PermissionError(folder)

    monkeypatch.setattr(os, "listdir", denied)
    _durable.sweep(os.path.dirname(host.dropin))


@pytest.mark.parametrize(
    "number, refused", [(errno.EIO, True), (errno.ENOSPC, True), (errno.EINVAL, False), (errno.EROFS, False)]
)
def test_sync_of_what_is_there_already(host, monkeypatch, number, refused):
    def fail(descriptor):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", fail)
    if refused:
        with pytest.raises(KeepaliveError, match="may not outlast a power cut"):
            _durable.sync_as_found(host.dropin)
    else:
        _durable.sync_as_found(host.dropin)


def test_name_that_is_taken_is_a_failure_and_stays(host):
    host.write(b"old")
    backup = _durable.backup_path(host.dropin)
    host.write(b"another", backup)
    undo = _durable.Undo()
    with pytest.raises(FileExistsError):
        _durable.replace(host.dropin, None, backup, 0, undo)
    assert undo.take() == []
    assert _dropin.read(host.dropin) == b"old"
    assert _dropin.read(backup) == b"another"


def test_sweep_follows_no_link(host):
    host.put("/elsewhere/.a.conf.tcp_keepalive-new0", b"")
    os.symlink(host.root + "/elsewhere", host.root + "/link")
    _durable.sweep(host.root + "/link")
    _durable.sweep(host.root + "/missing")
    assert os.listdir(host.root + "/elsewhere")
