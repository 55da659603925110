# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which sysctl files a boot tool reads, and in which order."""

import os
from typing import Callable, Dict, List, Sequence

from ._tree import FILE, Target, Tree

# Highest first, from sysctl.d(5) and sysctl(8); /lib counts where it is not a link to /usr/lib.
SEARCH_FOLDERS = (
    "/etc/sysctl.d",
    "/run/sysctl.d",
    "/usr/local/lib/sysctl.d",
    "/usr/lib/sysctl.d",
    "/lib/sysctl.d",
)
SYSCTL_CONF = "/etc/sysctl.conf"

# A file elsewhere, which a tool reads through a link, may serve another purpose, and is not changed.
EDITABLE_FOLDERS = (*SEARCH_FOLDERS, "/etc/credstore", "/usr/lib/credstore")
EDITABLE_FILES = (SYSCTL_CONF,)


def merged(
    tree: Tree, takes: Callable[[str, Target], bool], folders: Sequence[str] = SEARCH_FOLDERS
) -> List[str]:
    """Return the paths of the *.conf files of the folders, the highest first, sorted by name, bytewise.

    Of several with the same name the one in the highest folder counts, whatever is in it; ``takes(name,
    target)`` returns whether a tool lets an entry take its name.
    """
    chosen: Dict[str, str] = {}
    for folder in folders:
        for name in tree.names(folder):
            path = folder + "/" + name
            if name.endswith(".conf") and name not in chosen and takes(name, tree.follow(path)):
                chosen[name] = path
    return [chosen[name] for name in sorted(chosen, key=os.fsencode)]


def alpine_files(tree: Tree) -> List[str]:
    """Return the files that Alpine's OpenRC service loads, in its order, each with a process of its own."""

    def is_file(path: str) -> bool:
        return tree.follow(path).kind == FILE

    def listed(folder: str, *above: str) -> List[str]:
        names = [name for name in tree.names(folder) if name.endswith(".conf") and not name.startswith(".")]
        return [
            f"{folder}/{name}" for name in names if not any(is_file(f"{other}/{name}") for other in above)
        ]

    files = [
        path
        for vendor in ("/lib", "/usr/lib")
        for path in listed(vendor + "/sysctl.d", "/etc/sysctl.d", "/run/sysctl.d")
    ]
    files += [*listed("/etc/sysctl.d", "/run/sysctl.d"), SYSCTL_CONF, *listed("/run/sysctl.d")]
    return [path for path in files if is_file(path)]
