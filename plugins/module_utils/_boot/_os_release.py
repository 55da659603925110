# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The distribution, as /etc/os-release tells it (os-release(5))."""

import re
from typing import Dict, NamedTuple

from ._errors import CannotPredict
from ._tree import Tree

_FAMILIES = {
    "rhel": ["rhel", "centos", "rocky", "almalinux", "ol", "scientific", "cloudlinux"],
    "suse": ["sles", "sled", "sles_sap", "suse", "opensuse", "opensuse-leap"],
    "debian": ["debian"],
    "ubuntu": ["ubuntu"],
}
_LONGEST = 64 << 10


class OsRelease(NamedTuple):
    """``family``: whose packages it has ("rhel", "suse", "debian", "ubuntu", "other"), "" if unknown;
    ``major``, ``minor``: of its release, -1 if unknown."""

    family: str
    major: int
    minor: int


def os_release(tree: Tree) -> OsRelease:
    """Return what the host's os-release tells; nothing is known where it is missing or unreadable."""
    fields: Dict[str, str] = {}
    for path in ("/etc/os-release", "/usr/lib/os-release"):
        try:
            text = tree.read(path)[:_LONGEST].decode("utf-8", "replace")
        except CannotPredict:
            continue
        fields = dict(re.findall(r"^(\w+)=[\"']?([^\"'\n]*)", text, re.MULTILINE))
        if fields.get("ID"):
            break
    name, likes = fields.get("ID", ""), fields.get("ID_LIKE", "").split()
    for family, names in _FAMILIES.items():
        if name in names:
            version = re.match(r"(\d{1,4})(?:\.(\d{1,4}))?", fields.get("VERSION_ID", ""))
            major, minor = version.groups() if version else (None, None)
            return OsRelease(family, int(major or -1), int(minor) if minor else -1)
    # A derivative has the packages of what it is like, but releases of its own.
    for family, names in _FAMILIES.items():
        if set(likes) & set(names):
            return OsRelease(family, -1, -1)
    return OsRelease("other" if name else "", -1, -1)
