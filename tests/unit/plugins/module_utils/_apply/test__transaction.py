# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import os
import signal

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils import _kernel
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._apply import _file, _transaction
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._apply._change import KernelValues
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._apply._transaction import Plan, Rewrite
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import KeepaliveError

DEFAULTS = {"time": 7200, "intvl": 75, "probes": 9}
NEW = {"time": 600, "intvl": 60, "probes": 5}


def nothing(*_arguments):
    pass


def plan(host, before, after, writes=None, prepare=nothing, finish=None):
    writes = NEW if writes is None else writes
    values = KernelValues(host.proc, writes, host.kernel())
    return Plan([Rewrite(host.dropin, before, after, None, prepare, finish)], values)


def folder(host):
    return {
        name: _file.read_data(os.path.join(os.path.dirname(host.dropin), name))
        for name in os.listdir(os.path.dirname(host.dropin))
    }


def test_execute(host):
    _transaction.execute(plan(host, None, b"new"))
    assert host.kernel() == NEW
    assert folder(host) == {"99-tcp-keepalive.conf": b"new"}
    _transaction.execute(plan(host, b"new", None, DEFAULTS))
    assert host.kernel() == DEFAULTS
    assert folder(host) == {}


@pytest.mark.parametrize("earlier", [None, b"old"])
@pytest.mark.parametrize("refused", ["time", "intvl", "probes"])
def test_refused_write_puts_everything_back(host, monkeypatch, earlier, refused):
    if earlier:
        host.write(earlier)
    write = _kernel.write

    def refuse(proc, name, value):
        if name == refused and value != DEFAULTS[name]:
            raise OSError(22, "Invalid argument")
        write(proc, name, value)

    monkeypatch.setattr(_kernel, "write", refuse)
    with pytest.raises(KeepaliveError, match="Invalid argument.*Kernel and files are as they were before"):
        _transaction.execute(plan(host, earlier, b"new"))
    assert host.kernel() == DEFAULTS
    assert folder(host) == ({"99-tcp-keepalive.conf": earlier} if earlier else {})


def test_value_that_does_not_read_back_is_a_failure(host, monkeypatch):
    write = _kernel.write
    monkeypatch.setattr(_kernel, "write", lambda proc, name, value: write(proc, name, min(value, 300)))
    with pytest.raises(
        KeepaliveError, match="reads 300, not 600. Not everything could be put back: .*reads 300, not 7200"
    ):
        _transaction.execute(plan(host, None, b"new", {"time": 600}))
    assert folder(host) == {}


@pytest.mark.parametrize("step", ["prepare", "finish"])
@pytest.mark.parametrize("error", [KeepaliveError("chown failed: no such user."), MemoryError()])
def test_failure_of_a_step_puts_everything_back(host, step, error):
    def fail(*_arguments):
        raise error

    host.write(b"old")
    with pytest.raises(
        KeepaliveError,
        match="half-way: (chown failed: no such user|MemoryError). Kernel and files are as they",
    ):
        _transaction.execute(plan(host, b"old", b"new", **{step: fail}))
    assert host.kernel() == DEFAULTS
    assert folder(host) == {"99-tcp-keepalive.conf": b"old"}


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM])
@pytest.mark.parametrize("step", ["stage", "kernel"])
def test_signal_puts_everything_back(host, monkeypatch, number, step):
    write = _kernel.write

    def interrupt(*arguments):
        write(*arguments)
        os.kill(os.getpid(), number)

    def prepare(_staged):
        if step == "stage":
            os.kill(os.getpid(), number)

    if step == "kernel":
        monkeypatch.setattr(_kernel, "write", interrupt)
    host.write(b"old")
    handler = signal.signal(number, lambda *_: None)
    _transaction.hold_signals()
    try:
        with pytest.raises(
            KeepaliveError,
            match="interrupted by " + number.name + ". Kernel and files are as they were before",
        ):
            _transaction.execute(plan(host, b"old", b"new", prepare=prepare))
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        signal.signal(number, handler)
    assert host.kernel() == DEFAULTS
    assert folder(host) == {"99-tcp-keepalive.conf": b"old"}


def test_file_that_cannot_be_put_back_is_reported_and_kept(host, monkeypatch):
    rename = os.rename

    def refuse(source, target):
        if source.endswith("-old0"):
            raise OSError(5, "Input/output error")
        rename(source, target)

    host.write(b"old")
    monkeypatch.setattr(os, "rename", refuse)
    with pytest.raises(KeepaliveError) as failure:
        _transaction.execute(plan(host, b"old", b"new", finish=lambda: 1 / 0))
    assert "division by zero. Not everything could be put back: " in str(failure.value)
    assert "99-tcp-keepalive.conf has other contents than it should" in str(failure.value)
    kept = ".99-tcp-keepalive.conf.tcp_keepalive-old0"
    assert "the earlier file is kept as {0}/{1}, which the next run removes".format(
        os.path.dirname(host.dropin), kept
    ) in str(failure.value)
    assert host.kernel() == DEFAULTS
    assert folder(host) == {"99-tcp-keepalive.conf": b"new", kept: b"old"}


def test_order_is_data_then_kernel_then_rename_then_folder(host, monkeypatch):
    """The new file's data is synced before its rename, its folder after; the kernel is set in between."""
    done = []

    def record(name, call):
        def recorded(*arguments):
            target = arguments[0]
            done.append(
                (
                    name,
                    os.path.basename(
                        os.readlink("/proc/self/fd/%d" % target) if name == "fsync" else str(target)
                    ),
                )
            )
            return call(*arguments)

        return recorded

    host.write(b"old")
    monkeypatch.setattr(os, "fsync", record("fsync", os.fsync))
    monkeypatch.setattr(os, "rename", record("rename", os.rename))
    monkeypatch.setattr(_kernel, "write", record("kernel", _kernel.write))
    _transaction.execute(plan(host, b"old", b"new", {"time": 600}))
    new = ".99-tcp-keepalive.conf.tcp_keepalive-new0"
    assert done == [("fsync", new), ("kernel", "proc"), ("rename", new), ("fsync", "sysctl.d")]
    del done[:]
    _transaction.execute(plan(host, b"new", None, {}))
    assert done == [("fsync", "sysctl.d")]
