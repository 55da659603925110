# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text from a host's files and their names, as Ansible can print it."""

from typing import Any


def in_utf8(value: Any) -> Any:
    """Return a result or message in which every byte that is not UTF-8 is replaced.

    ansible-core 2.19 and later report a module that prints such a byte as failed.
    """
    if isinstance(value, dict):
        return {name: in_utf8(item) for name, item in value.items()}
    if isinstance(value, list):
        return [in_utf8(item) for item in value]
    if isinstance(value, str):
        return value.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    return value
