# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signals that end a process, held back while it changes something, and looked at between its steps."""

import signal

from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import KeepaliveError

_ENDING = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)


def hold() -> None:
    """Hold the signals back until the process ends; SIGHUP is what a lost SSH connection sends."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)


def check() -> None:
    """Raise KeepaliveError if a signal is waiting that would have ended the process."""
    waiting = [one.name for one in _ENDING if one in signal.sigpending() and signal.getsignal(one) != signal.SIG_IGN]
    if waiting:
        raise KeepaliveError("interrupted by {0}".format(", ".join(waiting)))
