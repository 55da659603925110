# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host in a folder: what the collection reads and writes of /etc, /proc and the boot tool."""

import json
import os
import signal

import pytest
from ansible.module_utils import basic
from ansible.module_utils.common import warnings

KERNEL_DEFAULTS = {"time": 7200, "intvl": 75, "probes": 9}
DROPIN = "/etc/sysctl.d/99-tcp-keepalive.conf"


class Host:
    def __init__(self, folder):
        self.root = str(folder)
        self.proc = os.path.join(self.root, "proc")
        self.dropin = self.root + DROPIN
        os.makedirs(os.path.dirname(self.dropin))
        os.makedirs(os.path.join(self.proc, "sys/net/ipv4"))
        for name, value in KERNEL_DEFAULTS.items():
            self.set(name, value)
        self.put("/usr/lib/systemd/systemd", b"")
        self.put("/usr/lib/systemd/systemd-sysctl", b"libsystemd-shared-252.so")
        os.mkdir(self.root + "/sbin")
        os.symlink("/usr/lib/systemd/systemd", self.root + "/sbin/init")

    def put(self, path, data, mode=0o644):
        """Write a file of the host, with its folders."""
        os.makedirs(os.path.dirname(self.root + path), exist_ok=True)
        self.write(data, self.root + path)
        os.chmod(self.root + path, mode)

    def setting(self, name):
        return os.path.join(self.proc, "sys/net/ipv4/tcp_keepalive_" + name)

    def set(self, name, value):
        with open(self.setting(name), "w") as file:
            file.write("{0}\n".format(value))

    def kernel(self):
        values = {}
        for name in KERNEL_DEFAULTS:
            with open(self.setting(name)) as file:
                values[name] = int(file.read())
        return values

    def write(self, data, path=None):
        with open(path or self.dropin, "wb") as file:
            file.write(data)

    def snapshot(self):
        """Return all there is to see of every file: path, kind, attributes, inode, times and data."""
        seen = {}
        for folder, folders, files in os.walk(self.root):
            for name in folders + files:
                path = os.path.join(folder, name)
                status = os.lstat(path)
                data = None
                if name in files and not os.path.islink(path) and os.path.isfile(path):
                    with open(path, "rb") as file:
                        data = file.read()
                seen[path] = (
                    status.st_mode,
                    status.st_uid,
                    status.st_gid,
                    status.st_ino,
                    status.st_mtime_ns,
                    data,
                )
        return seen


@pytest.fixture
def host(tmp_path):
    return Host(tmp_path)


@pytest.fixture
def run(host, capsys, monkeypatch):
    """Return a function that runs a module's main() on the host in the folder and returns its result."""

    def run_module(module, **options):
        check_mode, diff = options.pop("check_mode", False), options.pop("diff", False)
        arguments = dict(
            options,
            _ansible_check_mode=check_mode,
            _ansible_diff=diff,
            _ansible_remote_tmp=host.root + "/tmp",
        )
        # AnsibleModule keeps them for the process, and so for the tests to come.
        warnings._global_warnings.clear()
        monkeypatch.setattr(module, "ROOT", host.root)
        monkeypatch.setattr(module, "PROC", host.proc)
        monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode())
        monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
        try:
            with pytest.raises(SystemExit):
                module.main()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, [])
        return json.loads(capsys.readouterr().out)

    return run_module


@pytest.fixture
def read_only_sysctls(host, monkeypatch):
    """Make the host a booted container with a read-only /proc/sys/net."""
    host.put("/proc/1/comm", b"systemd\n")
    read_only = os.statvfs_result((4096, 4096, 0, 0, 0, 0, 0, 0, os.ST_RDONLY, 255))
    monkeypatch.setattr(
        os,
        "statvfs",
        lambda path: read_only if path == host.proc + "/sys/net" else os.statvfs_result([0] * 10),
    )
