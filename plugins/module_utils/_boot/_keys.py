# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The spelling of keys: which path below /proc/sys a key in a file leads to."""

from typing import List, Optional

from .._settings import SETTINGS, Setting
from ._errors import CannotPredict

# With /proc/sys before it, a path of 4096 bytes (PATH_MAX).
_LONGEST_KEY = 4000
_SWAPPED = {ord("."): "/", ord("/"): "."}

# A key in dot spelling is turned into its path, and a pattern is matched against it.
PATHS = {setting.key.replace(".", "/"): setting for setting in SETTINGS}
FOLDERS_ABOVE = ("/", "/proc", "/proc/sys", "/proc/sys/net", "/proc/sys/net/ipv4")


def checked(key: str) -> str:
    """Return the key. CannotPredict if it is too long for a path."""
    if len(key) > _LONGEST_KEY:
        raise CannotPredict(f"boot tools differ in how they read a key of {len(key)} characters")
    return key


def swap_separators(key: str) -> str:
    """Turn dot spelling into slash spelling where the first separator is a dot: dots and slashes trade
    places."""
    if "/" not in key:
        return key.replace(".", "/")
    dot = key.find(".")
    return key.translate(_SWAPPED) if 0 <= dot < key.find("/") else key


def setting_of(path: str) -> Optional[Setting]:
    """Return the setting that the kernel opens for a path below /proc/sys: it ignores repeated slashes, and
    follows dots."""
    return PATHS.get(resolved(path)) if not path.endswith(("/", "/.")) else None


def resolved(path: str, base: str = "/proc/sys") -> str:
    """Return the path below /proc/sys that the kernel opens for one below ``base``, "" for one elsewhere.

    CannotPredict if dots lead out of a folder that some kernels lack.
    """
    parts: List[str] = []
    for part in (base + "/" + path).split("/"):
        if part == "..":
            if parts[:2] == ["proc", "sys"] and parts[2:3] and parts[2].startswith("-"):
                return ""  # No folder of the kernel's has such a name.
            if "/" + "/".join(parts) not in FOLDERS_ABOVE and "tcp_keepalive_" in path:
                raise CannotPredict(f"the key {path[:80]!r} leads through a folder that may not exist")
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    whole = "/" + "/".join(parts)
    return whole[len("/proc/sys/") :] if whole.startswith("/proc/sys/") else ""
