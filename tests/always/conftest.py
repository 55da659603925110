# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import json
import signal
from functools import partial

import pytest
from ansible.module_utils import basic
from ansible.module_utils.common import warnings
from ansible_collections.netops.tcp_keepalive.plugins.modules import tcp_keepalive_always, tcp_keepalive_info
from hosts.own_host import own_host


@pytest.fixture(scope="session", autouse=True)
def host_of_its_own():
    with own_host():
        yield


@pytest.fixture
def root(tmp_path):
    """Return a folder for the host's files, as of one that boots with systemd."""
    for folder in ("etc/systemd/system", "usr/lib/systemd", "usr/bin", "sbin"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "usr/lib/systemd/systemd").touch()
    (tmp_path / "usr/bin/python3").touch()
    (tmp_path / "sbin/init").symlink_to(tmp_path / "usr/lib/systemd/systemd")
    return tmp_path


@pytest.fixture
def run(root, capsys, monkeypatch):
    """Return a function that runs a module and returns its result."""

    def run_module(module, check_mode=False, diff=False, **options):
        arguments = {**options, "_ansible_check_mode": check_mode, "_ansible_diff": diff}
        warnings._global_warnings.clear()
        monkeypatch.setattr(module, "ROOT", str(root))
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
def always(run):
    return partial(run, tcp_keepalive_always)


@pytest.fixture
def info(run):
    return partial(run, tcp_keepalive_info)
