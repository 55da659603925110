# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which sysctl files a boot tool reads, and in which order."""

import os
import re
from typing import Callable, Dict, List, Sequence

from ._errors import CannotPredict
from ._tool import ALPINE, OLD_ALPINE, VOID
from ._tree import BLOCKED, FILE, LOOP, MISSING, Target, Tree

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


def files_in_order(tree: Tree, order: str) -> List[str]:
    """Return the files that a script loads, in its order (one of _tool), each with a process of its own."""
    return {ALPINE: _alpine, OLD_ALPINE: _old_alpine, VOID: _void}[order](tree)


def _alpine(tree: Tree) -> List[str]:
    """Alpine's main/openrc/sysctl.initd: a vendor's file yields to one of its name above it."""

    def listed(folder: str, *above: str) -> List[str]:
        paths = _glob(tree, folder)
        return [
            path for path in paths if not any(_is_file(tree, other + path[len(folder) :]) for other in above)
        ]

    files = [
        path
        for vendor in ("/lib/sysctl.d", "/usr/lib/sysctl.d")
        for path in listed(vendor, "/etc/sysctl.d", "/run/sysctl.d")
    ]
    files += [*listed("/etc/sysctl.d", "/run/sysctl.d"), SYSCTL_CONF, *listed("/run/sysctl.d")]
    return [path for path in files if _is_file(tree, path)]


def _old_alpine(tree: Tree) -> List[str]:
    """The same before Alpine 3.14: a name hides nothing, and what is meant to be lowest comes last."""
    etc, run, *vendor = SEARCH_FOLDERS
    files = [path for folder in (run, etc, *vendor) for path in _glob(tree, folder)]
    return [path for path in [*files, SYSCTL_CONF] if _is_file(tree, path)]


def _void(tree: Tree) -> List[str]:
    """void-runit's core-services/08-sysctl.sh: by name, one of a kind, whatever it leads to, if it exists."""
    etc, run, *vendor = SEARCH_FOLDERS
    chosen: Dict[str, str] = {}
    for folder in (run, etc, *vendor[:-1]):
        for path in _glob(tree, folder):
            if tree.follow(path).kind not in (MISSING, BLOCKED, LOOP):
                chosen.setdefault(os.path.basename(path), path)
    for name, path in chosen.items():
        if re.search(r"[*?\[{\\~]", name):
            raise CannotPredict(f"sysctl reads the name of {path} as a pattern")
    return [*(chosen[name] for name in sorted(chosen, key=os.fsencode)), SYSCTL_CONF]


def _glob(tree: Tree, folder: str) -> List[str]:
    """Return FOLDER/*.conf as a shell expands it."""
    names = [name for name in tree.names(folder) if name.endswith(".conf") and not name.startswith(".")]
    return [f"{folder}/{name}" for name in names]


def _is_file(tree: Tree, path: str) -> bool:
    return tree.follow(path).kind == FILE
