# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The live values: what the kernel holds for the network namespace of this process."""

import os
from typing import Dict, Iterable, Optional

from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import SETTINGS, KeepaliveError


def read(proc: str) -> Dict[str, int]:
    """Return the three values under ``proc`` (/proc on a live host); KeepaliveError where one can't be read."""
    values = {}
    for setting in SETTINGS:
        path = _path(proc, setting.name)
        try:
            with open(path, encoding="ascii") as file:
                values[setting.name] = int(file.read())
        except FileNotFoundError:
            raise KeepaliveError(
                'This kernel has no {0}: {1} does not exist. Nothing can be set now; "apply: false" writes the file only.'.format(
                    setting.key, path
                )
            )
        except (OSError, ValueError) as error:
            raise KeepaliveError("{0} could not be read: {1}.".format(path, error))
    return values


def check_writable(proc: str, names: Iterable[str]) -> None:
    """Raise KeepaliveError unless each named value could be written. Opening one for writing changes nothing."""
    for name in names:
        path = _path(proc, name)
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CLOEXEC))
        except OSError as error:
            raise KeepaliveError(
                "{0} can not be written: {1}. Run as root on the host that owns the network namespace "
                '("become: true"), or write the file only ("apply: false").'.format(path, error.strerror)
            )


def write(proc: str, name: str, value: int) -> None:
    """Set one value; OSError where the kernel refuses."""
    with open(_path(proc, name), "w", encoding="ascii") as file:
        file.write("{0}\n".format(value))


def as_text(values: Optional[Dict[str, int]]) -> str:
    """Return the values as sysctl(8) prints them, for a diff."""
    return "".join("{0} = {1}\n".format(setting.key, values[setting.name]) for setting in SETTINGS) if values else ""


def _path(proc: str, name: str) -> str:
    return os.path.join(proc, "sys/net/ipv4/tcp_keepalive_" + name)
