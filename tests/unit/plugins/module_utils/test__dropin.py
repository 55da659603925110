import os
from contextlib import ExitStack

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils import _dropin
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import KeepaliveError


@pytest.mark.parametrize(
    "path",
    [
        "/etc/sysctl.d/99-tcp-keepalive.conf",
        "/etc/sysctl.d//60-x.conf",
        "/usr/local/lib/sysctl.d/60-x.conf",
        "/usr/lib/sysctl.d/60.conf",
        "/lib/sysctl.d/a_b+c@d.conf",
    ],
)
def test_path_that_boot_tools_read(path):
    _dropin.check_path(path)


@pytest.mark.parametrize(
    "path",
    [
        "/etc/sysctl.conf",
        "/etc/99.conf",
        "/run/sysctl.d/99.conf",
        "/etc/sysctl.d/sub/99.conf",
        "/etc/sysctl.d/../99.conf",
        "etc/sysctl.d/99.conf",
        "99.conf",
        "",
        "/",
        "/etc/sysctl.d",
        "/etc/sysctl.d/",
        "/etc/sysctl.d/99",
        "/etc/sysctl.d/99.CONF",
        "/etc/sysctl.d/99.conf.d",
        "/etc/sysctl.d/.conf",
        "/etc/sysctl.d/.99.conf",
        "/etc/sysctl.d/-99.conf",
        "/etc/sysctl.d/[9].conf",
        "/etc/sysctl.d/{a,b}.conf",
        "/etc/sysctl.d/9 9.conf",
        "/etc/sysctl.d/9\n.conf",
        "/etc/sysctl.d/99.conf\n",
        "/etc/sysctl.d/é.conf",
        "/etc/sysctl.d/99.conf\0",
    ],
)
def test_path_that_some_boot_tool_passes_over(path):
    with pytest.raises(KeepaliveError, match="path: .* is refused"):
        _dropin.check_path(path)


def test_read(host):
    assert _dropin.read(host.dropin) is None
    host.write(b"\xff\0")
    assert _dropin.read(host.dropin) == b"\xff\0"


@pytest.mark.parametrize(
    "make, word",
    [
        (os.mkdir, "not a regular file"),
        (os.mkfifo, "not a regular file"),
        (lambda path: os.symlink("/nowhere", path), "a symbolic link to /nowhere"),
    ],
)
def test_read_refuses_what_is_no_regular_file(host, make, word):
    make(host.dropin)
    with pytest.raises(KeepaliveError, match=word):
        _dropin.read(host.dropin)


def test_check_writable_names_a_missing_folder(host):
    with pytest.raises(KeepaliveError, match="/missing is not a folder"):
        _dropin.check_writable(host.root + "/missing/99.conf")


def replace(host, data, backup=None, fail=False):
    """Replace or remove the file, then fail or not; return what the folder holds."""
    try:
        with ExitStack() as undo:
            staged = None
            if data is not None:
                staged = _dropin.stage(host.dropin, data, lambda path: os.chmod(path, 0o640), undo)
            _dropin.replace(host.dropin, staged, backup, undo)
            if fail:
                raise InterruptedError
            undo.pop_all()
        if not backup:
            _dropin.forget(host.dropin)
    except InterruptedError:
        pass
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
    backup = _dropin.backup_path(host.dropin)
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
    replace(host, later, _dropin.backup_path(host.dropin) if backup else None, fail=True)
    assert {path: seen[:5] for path, seen in host.snapshot().items() if os.path.isfile(path)} == before
