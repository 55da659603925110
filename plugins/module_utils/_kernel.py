# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The live values: what the kernel holds for the network namespace of this process."""

import os
from typing import Dict, Iterable, Optional

from ._settings import SETTINGS, KeepaliveError


def read(proc: str) -> Dict[str, int]:
    """Return the three values by name, seconds and a count, from ``proc`` (/proc on a live host).

    KeepaliveError if one cannot be read.
    """
    values = {}
    for setting in SETTINGS:
        path = _path(proc, setting.name)
        try:
            with open(path, encoding="ascii") as file:
                values[setting.name] = int(file.read())
        except FileNotFoundError:
            raise KeepaliveError(
                f"This kernel has no {setting.key}: {path} does not exist. Nothing can be set now; "
                '"apply: false" writes the file only.'
            )
        except (OSError, ValueError) as error:
            raise KeepaliveError(f"{path} could not be read: {error}.")
    return values


def check_writable(proc: str, names: Iterable[str]) -> None:
    """Raise KeepaliveError unless each named value could be written. Opening one for writing changes
    nothing."""
    for name in names:
        path = _path(proc, name)
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CLOEXEC))
        except OSError as error:
            advice = ' (run as root: "become: true")' if os.geteuid() else ""
            raise KeepaliveError(
                f"{path} cannot be written: {error.strerror}{advice}. Fix that, or write the file only "
                '("apply: false").'
            )


def write(proc: str, name: str, value: int) -> None:
    """Set one value; OSError if the kernel refuses it."""
    descriptor = os.open(_path(proc, name), os.O_WRONLY | os.O_TRUNC | os.O_CLOEXEC)
    try:
        os.write(descriptor, f"{value}\n".encode())
    finally:
        os.close(descriptor)


def as_text(values: Optional[Dict[str, int]]) -> str:
    """Return the values as sysctl(8) prints them, for a diff; "" for None."""
    return "".join(f"{setting.key} = {values[setting.name]}\n" for setting in SETTINGS) if values else ""


def _path(proc: str, name: str) -> str:
    return os.path.join(proc, "sys/net/ipv4/tcp_keepalive_" + name)
