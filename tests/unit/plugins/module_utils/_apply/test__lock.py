# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import os

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._apply import _lock
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import KeepaliveError


def take(folder):
    with _lock.held(folder, seconds=0.1):
        return os.listdir(folder)


def test_one_at_a_time(tmp_path):
    folder = str(tmp_path)
    with _lock.held(folder), pytest.raises(
        KeepaliveError, match='held the lock on .* for 0.1 seconds; "lslocks" shows which'
    ):
        take(folder)
    assert take(folder) == []


def test_lock_is_released_after_a_failure(tmp_path):
    with pytest.raises(ZeroDivisionError), _lock.held(str(tmp_path)):
        1 / 0  # noqa: B018
    with _lock.held(str(tmp_path), seconds=0):
        pass


def test_missing_folder_is_reported(tmp_path):
    with pytest.raises(
        KeepaliveError, match="missing cannot be locked: No such file or directory"
    ), _lock.held(str(tmp_path / "missing")):
        pass
