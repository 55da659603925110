# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which boot tool a host has: recognised by its files, so that this works for an image that is not running
too."""

import re
from typing import NamedTuple, Optional, Tuple

from ._tree import FILE, FOLDER, NULL, Tree

SYSTEMD, PROCPS, BUSYBOX = "systemd-sysctl", "procps", "busybox"

# If a binary does not show its version: the one whose rules are most widely in use.
_VERSIONS = {
    SYSTEMD: (rb"libsystemd-shared-(\d+)", (252,)),
    PROCPS: (rb"procps-ng (\d+)\.(\d+)\.(\d+)", (4, 0, 4)),
    BUSYBOX: (rb"BusyBox v(\d+)\.(\d+)\.(\d+)", (1, 36, 1)),
}

# OpenRC's other runlevels are for a shutdown and for a rescue.
_BOOT_RUNLEVELS = ("sysinit", "boot", "default")


class Tool(NamedTuple):
    """A boot tool; ``file_by_file``: started anew for each file, in the order of Alpine's service."""

    name: str
    version: Tuple[int, ...]
    file_by_file: bool = False


def find(tree: Tree) -> Optional[Tool]:
    """Return the tool that loads sysctl files when this host boots, None if there is none."""
    init = _first(tree, "/sbin/init", "/usr/sbin/init", "/bin/init", "/usr/bin/init", "/init")
    loader = _first(tree, "/usr/lib/systemd/systemd-sysctl", "/lib/systemd/systemd-sysctl")
    running = tree.follow("/run/systemd/system").kind == FOLDER
    # Without an init, boot scripts prove little: Debian's procps installs its own next to systemd too.
    if running or init.endswith("/systemd") or (loader and not init):
        return _systemd(tree, loader)
    openrc = _first(tree, "/sbin/openrc", "/usr/sbin/openrc", "/usr/bin/openrc")
    # OpenRC ignores the links of sysvinit, which Debian's packages make in any case.
    return _openrc(tree) if openrc else _sysvinit(tree)


def _systemd(tree: Tree, loader: str) -> Optional[Tool]:
    units = [folder + "/systemd/system/systemd-sysctl.service" for folder in ("/etc", "/run")]
    masked = any(tree.follow(unit).kind == NULL for unit in units)
    return _tool(tree, SYSTEMD, loader) if loader and not masked else None


def _openrc(tree: Tree) -> Optional[Tool]:
    """OpenRC's own service and Debian's (procps) run `sysctl --system`; Alpine's has an order of its own.

    A script that nobody may execute is no service (src/librc/librc.c, rc_service_exists).
    """
    for name in ("sysctl", "procps"):
        script = tree.read("/etc/init.d/" + name) if tree.executable("/etc/init.d/" + name) else b""
        if script and any(name in tree.names("/etc/runlevels/" + level) for level in _BOOT_RUNLEVELS):
            return sysctl(tree, file_by_file=b"--system" not in script)
    return None


def _sysvinit(tree: Tree) -> Optional[Tool]:
    enabled = any(re.match(r"S\d\d(procps|sysctl)", name) for name in tree.names("/etc/rcS.d"))
    return sysctl(tree, file_by_file=False) if enabled else None


def sysctl(tree: Tree, file_by_file: bool) -> Optional[Tool]:
    """Return the host's sysctl(8), None if it has none."""
    binary = _first(tree, "/sbin/sysctl", "/usr/sbin/sysctl", "/bin/sysctl", "/usr/bin/sysctl")
    if not binary:
        return None
    if binary.endswith("/busybox"):
        return _tool(tree, BUSYBOX, binary, True)
    return _tool(tree, PROCPS, binary, file_by_file)


def _tool(tree: Tree, name: str, binary: str, file_by_file: bool = False) -> Tool:
    expression, usual = _VERSIONS[name]
    shown = re.search(expression, tree.read(binary))
    return Tool(name, tuple(int(part) for part in shown.groups()) if shown else usual, file_by_file)


def _first(tree: Tree, *paths: str) -> str:
    """Return where the first of the paths that leads to a file leads, "" if none does."""
    targets = (tree.follow(path) for path in paths)
    return next((target.path for target in targets if target.kind == FILE), "")
