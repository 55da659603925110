# SPDX-License-Identifier: GPL-3.0-or-later
"""Which boot tool a host has: told from its files, so that it works for an image that is not running."""

import re
from typing import NamedTuple, Optional, Tuple

from . import _tree

SYSTEMD, PROCPS, BUSYBOX = "systemd-sysctl", "procps", "busybox"

# Where a binary does not tell its version, the one whose rules are most widely in use.
_VERSIONS = {
    SYSTEMD: (rb"libsystemd-shared-(\d+)", (252,)),
    PROCPS: (rb"procps-ng (\d+)\.(\d+)\.(\d+)", (4, 0, 4)),
    BUSYBOX: (rb"BusyBox v(\d+)\.(\d+)\.(\d+)", (1, 36, 1)),
}

# Of OpenRC; the others are for going down, and for a rescue.
_LEVELS_OF_A_BOOT = ("sysinit", "boot", "default")


class Tool(NamedTuple):
    """A boot tool; ``file_by_file``: started for each file anew, in the order of Alpine's service."""

    name: str
    version: Tuple[int, ...]
    file_by_file: bool = False


def find(tree: _tree.Tree) -> Optional[Tool]:
    """Return the tool that loads sysctl files when this host boots, None where none does."""
    init = _first(tree, "/sbin/init", "/usr/sbin/init", "/bin/init", "/usr/bin/init", "/init")
    loader = _first(tree, "/usr/lib/systemd/systemd-sysctl", "/lib/systemd/systemd-sysctl")
    running = tree.follow("/run/systemd/system").kind == _tree.FOLDER
    # Boot scripts prove little where there is no init: Debian's procps brings its own along with systemd too.
    if running or init.endswith("/systemd") or (loader and not init):
        return _systemd(tree, loader)
    openrc = _first(tree, "/sbin/openrc", "/usr/sbin/openrc", "/usr/bin/openrc")
    # OpenRC does not look at the links of sysvinit, which Debian's packages make all the same.
    return _openrc(tree) if openrc else _sysvinit(tree)


def _systemd(tree: _tree.Tree, loader: str) -> Optional[Tool]:
    units = [folder + "/systemd/system/systemd-sysctl.service" for folder in ("/etc", "/run")]
    masked = any(tree.follow(unit).kind == _tree.NULL for unit in units)
    return _tool(tree, SYSTEMD, loader) if loader and not masked else None


def _openrc(tree: _tree.Tree) -> Optional[Tool]:
    """OpenRC's own service and Debian's (procps) run `sysctl --system`; Alpine's has an order of its own.

    A script that nobody may execute is no service (src/librc/librc.c, rc_service_exists).
    """
    for name in ("sysctl", "procps"):
        script = tree.read("/etc/init.d/" + name) if tree.executable("/etc/init.d/" + name) else b""
        if script and any(name in tree.names("/etc/runlevels/" + level) for level in _LEVELS_OF_A_BOOT):
            return _sysctl(tree, file_by_file=b"--system" not in script)
    return None


def _sysvinit(tree: _tree.Tree) -> Optional[Tool]:
    enabled = any(re.match(r"S\d\d(procps|sysctl)", name) for name in tree.names("/etc/rcS.d"))
    return _sysctl(tree, file_by_file=False) if enabled else None


def _sysctl(tree: _tree.Tree, file_by_file: bool) -> Optional[Tool]:
    binary = _first(tree, "/sbin/sysctl", "/usr/sbin/sysctl", "/bin/sysctl", "/usr/bin/sysctl")
    if not binary:
        return None
    if binary.endswith("/busybox"):
        return _tool(tree, BUSYBOX, binary, True)
    return _tool(tree, PROCPS, binary, file_by_file)


def _tool(tree: _tree.Tree, name: str, binary: str, file_by_file: bool = False) -> Tool:
    expression, version = _VERSIONS[name]
    found = re.search(expression, tree.read(binary))
    return Tool(name, tuple(int(part) for part in found.groups()) if found else version, file_by_file)


def _first(tree: _tree.Tree, *paths: str) -> str:
    """Return where the first of the paths leads that leads to a file; else nothing."""
    found = (tree.follow(path) for path in paths)
    return next((one.path for one in found if one.kind == _tree.FILE), "")
