import os

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils import _dropin
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._apply import _durable, _leftovers
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
    backup = _leftovers.backup_path(host.dropin)
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
    replace(host, later, _leftovers.backup_path(host.dropin) if backup else None, fail=True)
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


def test_other_names_where_another_run_tidies_up_meanwhile(host, monkeypatch):
    """As check mode, which waits for no lock, may meet it."""
    host.write(b"")
    os.link(host.dropin, host.root + "/other")
    monkeypatch.setattr(os, "listdir", lambda folder: [".99-tcp-keepalive.conf.tcp_keepalive-old0"])
    assert _durable.other_names(host.dropin) == 1


def test_name_that_is_taken_is_a_failure_and_stays(host):
    host.write(b"old")
    backup = _leftovers.backup_path(host.dropin)
    host.write(b"another", backup)
    undo = _durable.Undo()
    with pytest.raises(FileExistsError):
        _durable.replace(host.dropin, None, backup, 0, undo)
    assert undo.take() == []
    assert _dropin.read(host.dropin) == b"old"
    assert _dropin.read(backup) == b"another"


def test_check_names_a_missing_folder(host):
    with pytest.raises(KeepaliveError, match="/missing is not a folder"):
        _durable.check(host.root + "/missing/99.conf", host.proc)


def test_check_follows_no_link(host):
    os.symlink(os.path.dirname(host.dropin), host.root + "/link")
    with pytest.raises(
        KeepaliveError, match="/link is a symbolic link to .*/etc/sysctl.d, and none is followed"
    ):
        _durable.check(host.root + "/link/99.conf", host.proc)


@pytest.mark.parametrize("mode", [0o777, 0o1777, 0o757])
def test_check_refuses_a_folder_of_everyone(host, mode):
    os.chmod(os.path.dirname(host.dropin), mode)
    with pytest.raises(KeepaliveError, match="anyone may write to .*chmod o-w"):
        _durable.check(host.dropin, host.proc)


def test_check_refuses_a_mount_point(host):
    host.write(b"old")
    host.put("/proc/self/mountinfo", "36 35 98:0 /x {0} rw - ext4 /dev/sda rw\n".format(host.dropin).encode())
    with pytest.raises(KeepaliveError, match="is a mount point of its own"):
        _durable.check(host.dropin, host.proc)
