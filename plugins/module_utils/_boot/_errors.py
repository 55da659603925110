# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Why a prediction, or one line of a file, comes to nothing."""

import errno
import os
from contextlib import contextmanager
from typing import Iterator

from .._settings import KeepaliveError

# What to do where a file may not be read.
AS_ROOT = 'Run as root: "become: true".'


class CannotPredict(Exception):
    """Any prediction might be wrong; the text is the reason, for the user."""


class HzUnknown(CannotPredict):
    """Whether the kernel accepts a value depends on its ticks per second (HZ), which are unknown."""


class TooLarge(CannotPredict):
    """A file is larger than it may be."""


class SkipLine(Exception):
    """A boot tool skips this line; the text is the reason, for the user: it follows "FILE, line NUMBER,"."""


@contextmanager
def explained() -> Iterator[None]:
    """Raise KeepaliveError, which explains it to the user, for CannotPredict."""
    try:
        yield
    except CannotPredict as error:
        denied = os.geteuid() and os.strerror(errno.EACCES) in str(error)
        advice = f" {AS_ROOT}" if denied else ""
        raise KeepaliveError(f"What the next boot sets cannot be predicted: {error}.{advice}")
