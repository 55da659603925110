# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The version of a boot tool: read from its binary, known from /etc/os-release, or one of several."""

import re
from typing import Dict, List, NamedTuple, Optional, Tuple

from ._errors import CannotPredict
from ._os_release import OsRelease, os_release
from ._systemd_rules import RHEL_7, RHEL_7_OLD, RHEL_8, RHEL_8_OLD, SUSE
from ._tool import BUSYBOX, PROCPS, SYSTEMD
from ._tree import Tree

Version = Tuple[int, ...]

# Before systemd 231 the library is part of the binary, which shows what --version prints.
_SHOWN = {
    SYSTEMD: rb"libsystemd-shared-(\d+)|\bsystemd (\d{3})\b",
    PROCPS: rb"procps-ng (\d+)\.(\d+)\.(\d+)",
    BUSYBOX: rb"BusyBox v(\d+)\.(\d+)\.(\d+)",
}

# One of each set of rules, the most widely used first.
_POSSIBLE: Dict[str, List[Version]] = {
    SYSTEMD: [(number,) for number in (252, 257, 249, 258, 259, 245, 243, 241, 239, 238, 237, 234, 229, 219)],
    PROCPS: [(4, 0, 4), (4, 0, 7), (3, 3, 17), (3, 3, 16), (3, 3, 15), (3, 3, 10)],
    BUSYBOX: [(1, 36, 1), (1, 30, 1)],
}

# What distributions ship, by the number of their release. Those of RHEL are far from upstream's.
_SYSTEMD_OF = {
    ("rhel", 7): 219,
    ("rhel", 8): 239,
    ("rhel", 9): 252,
    ("rhel", 10): 257,
    ("debian", 9): 232,
    ("debian", 10): 241,
    ("debian", 11): 247,
    ("debian", 12): 252,
    ("debian", 13): 257,
    ("ubuntu", 16): 229,
    ("ubuntu", 18): 237,
    ("ubuntu", 20): 245,
    ("ubuntu", 22): 249,
    ("ubuntu", 24): 255,
    ("suse", 12): 228,
}
_PROCPS_OF: Dict[Tuple[str, int], Version] = {
    ("debian", 9): (3, 3, 12),
    ("debian", 10): (3, 3, 15),
    ("debian", 11): (3, 3, 17),
    ("debian", 12): (4, 0, 2),
    ("debian", 13): (4, 0, 4),
    ("ubuntu", 16): (3, 3, 10),
    ("ubuntu", 18): (3, 3, 12),
    ("ubuntu", 20): (3, 3, 16),
    ("ubuntu", 22): (3, 3, 17),
    ("ubuntu", 24): (4, 0, 4),
}
_FIRST_BUSYBOX = (1, 28)
_LAST_WITH_BRANCHES = (239,)


class Candidate(NamedTuple):
    version: Version
    branch: str


def candidates(tree: Tree, name: str, binary: str) -> List[Candidate]:
    """Return the versions of the tool ``name`` that this host may have: one where it is known.

    CannotPredict for a busybox that is too old.
    """
    match = re.search(_SHOWN[name], tree.read(binary))
    shown = tuple(int(part) for part in match.groups() if part) if match else None
    if name == BUSYBOX and shown and shown < _FIRST_BUSYBOX:
        raise CannotPredict(f"busybox 1.{shown[1]} reads files in other ways than busybox 1.28 and later")
    if shown and (name != SYSTEMD or shown > _LAST_WITH_BRANCHES):
        return [Candidate(shown, "")]
    release = os_release(tree)
    known = shown or _shipped(name, release)
    versions = [known] if known else _POSSIBLE[name]
    if name != SYSTEMD:
        return [Candidate(version, "") for version in versions]
    return [Candidate(version, branch) for version in versions for branch in _branches(version[0], release)]


def _shipped(name: str, release: OsRelease) -> Optional[Version]:
    key = (release.family, release.major)
    if name == SYSTEMD and key in _SYSTEMD_OF:
        return (_SYSTEMD_OF[key],)
    return _PROCPS_OF.get(key) if name == PROCPS else None


def _branches(version: int, release: OsRelease) -> List[str]:
    """Return the branches that a systemd of this version may be of; upstream's is ""."""
    unknown = not release.family
    if version == 219 and (release.family == "rhel" or unknown):
        by_minor = (
            [RHEL_7 if release.minor >= 4 else RHEL_7_OLD] if release.minor >= 0 else [RHEL_7, RHEL_7_OLD]
        )
        return by_minor if release.major == 7 else [RHEL_7, RHEL_7_OLD, ""]
    if version == 239 and (release.family == "rhel" or unknown):
        exact = release.major == 8 and release.minor >= 0
        return [RHEL_8 if release.minor >= 6 else RHEL_8_OLD] if exact else [RHEL_8, RHEL_8_OLD]
    if version < 236 and (release.family == "suse" or unknown):
        return [SUSE] if release.family == "suse" else ["", SUSE]
    return [""]
