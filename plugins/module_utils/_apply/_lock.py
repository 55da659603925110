# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors

# SPDX-License-Identifier: GPL-3.0-or-later
"""One run at a time: the lock of a host, which is gone when the run is, however it ended."""

import fcntl
import os
import time
from contextlib import contextmanager
from typing import Iterator

from .._settings import KeepaliveError

_SECONDS = 60
_PAUSE = 0.02


@contextmanager
def held(folder: str, seconds: float = _SECONDS) -> Iterator[None]:
    """Hold the lock on a folder (flock(2)); KeepaliveError after waiting ``seconds`` for another run.

    A lock on a folder leaves no file behind.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise _no_lock(folder, error)
    try:
        deadline = time.monotonic() + seconds
        while not _taken(descriptor, folder):
            if time.monotonic() > deadline:
                raise KeepaliveError(
                    f"Another process has held the lock on {folder} for {seconds} seconds; "
                    '"lslocks" shows which. Nothing was changed. Run again when it has ended.'
                )
            time.sleep(_PAUSE)
        yield
    finally:
        os.close(descriptor)


def _taken(descriptor: int, folder: str) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    except BlockingIOError:
        return False
    except OSError as error:
        raise _no_lock(folder, error)


def _no_lock(folder: str, error: OSError) -> KeepaliveError:
    return KeepaliveError(f"{folder} cannot be locked: {error.strerror}. Nothing was changed.")
