# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What this host's TuneD can do, read from its own source, since distributions take changes from later
versions."""

from typing import List, NamedTuple

from ._tree import FILE, FOLDER, Tree

_OLD_FOLDERS = ["/usr/lib/tuned", "/etc/tuned"]
_FOLDERS = ["/usr/lib/tuned/profiles", "/etc/tuned/profiles"]
_PLUGIN = "/plugins/plugin_sysctl.py"


class Version(NamedTuple):
    """``folders``: of profiles, highest last; the others: what changed with which version."""

    folders: List[str]
    has_profile_dirs: bool  # 2.23: option profile_dirs
    swaps_slashes: bool  # 2.22: a slash in a key is a dot in a name
    own_priority: bool  # 2.23: "priority" is not among a unit's options
    merges_priority: bool  # 2.26: a later profile's priority counts
    typed_variables: bool  # 2.26: any unit of type variables, and the option prepend
    can_exclude: bool  # 2.27: option reapply_sysctl_exclude
    collects: bool  # 2.28: each key is re-applied once, with its last value


V2_11 = Version(_OLD_FOLDERS, False, False, False, False, False, False, False)
V2_22 = V2_11._replace(swaps_slashes=True)
V2_23 = V2_22._replace(folders=_FOLDERS, has_profile_dirs=True, own_priority=True)
V2_28 = V2_23._replace(merges_priority=True, typed_variables=True, can_exclude=True, collects=True)


def candidates(tree: Tree) -> List[Version]:
    """Return the host's version, or several where its source is missing."""
    for python in reversed(["", *tree.names("/usr/lib")]):
        for packages in ("dist-packages", "site-packages"):
            package = f"/usr/lib/{python}/{packages}/tuned"
            if python.startswith("python") and tree.follow(package + _PLUGIN).kind == FILE:
                return [_version(tree, package)]
    if any(tree.follow(folder).kind == FOLDER for folder in _FOLDERS):
        return [V2_23, V2_28]
    return [V2_11, V2_22]


def _version(tree: Tree, package: str) -> Version:
    plugin, merger = tree.read(package + _PLUGIN), tree.read(package + "/profiles/merger.py")
    has_profile_dirs = b"CFG_PROFILE_DIRS" in tree.read(package + "/consts.py")
    return Version(
        folders=_FOLDERS if has_profile_dirs else _OLD_FOLDERS,
        has_profile_dirs=has_profile_dirs,
        swaps_slashes=b'"./"' in plugin,
        own_priority=b"_priority" in tree.read(package + "/profiles/unit.py"),
        merges_priority=b"unit.priority" in merger,
        typed_variables=b"PLUGIN_VARIABLES_UNIT_NAME" in merger,
        can_exclude=b"REAPPLY_SYSCTL_EXCLUDE" in plugin,
        collects=b"sysctl_settings" in plugin,
    )
