# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which init a host has, and which boot tool it runs: recognised by files, for images that do not run too."""

import re
from typing import List

from . import _unit, _versions
from ._errors import CannotPredict
from ._tool import ALPINE, BUSYBOX, OLD_ALPINE, PROCPS, SYSTEMD, VOID, Tool
from ._tree import FILE, FOLDER, Tree

# OpenRC's other runlevels are for a shutdown and for a rescue.
_BOOT_RUNLEVELS = ("sysinit", "boot", "default")
_LOADERS = ("/usr/lib/systemd/systemd-sysctl", "/lib/systemd/systemd-sysctl")
_VOIDS_SCRIPT = "/etc/runit/core-services/08-sysctl.sh"
_MAY_SET = re.compile(rb"keepalive|[*?\[]")


def find(tree: Tree) -> List[Tool]:
    """Return the tool that loads sysctl files when this host boots: several candidates where its version is
    unknown, none where nothing loads them. CannotPredict where the init cannot be read."""
    init = _first(tree, "/sbin/init", "/usr/sbin/init", "/bin/init", "/usr/bin/init", "/init")
    loader = _first(tree, *_LOADERS)
    running = tree.follow("/run/systemd/system").kind == FOLDER
    # Without an init, boot scripts prove little: Debian's procps installs its own next to systemd too.
    if running or init.endswith("/systemd") or (loader and not init):
        return _systemd(tree, loader)
    if _first(tree, "/sbin/openrc", "/usr/sbin/openrc", "/usr/bin/openrc"):
        # OpenRC ignores the links of sysvinit, which Debian's packages make in any case.
        return _openrc(tree)
    if init.endswith("/runit-init") or tree.follow(_VOIDS_SCRIPT).kind == FILE:
        return sysctl(tree, _order_of(_VOIDS_SCRIPT, tree.read(_VOIDS_SCRIPT)))
    if tree.follow("/etc/rcS.d").kind == FOLDER:
        enabled = any(re.match(r"S\d\d(procps|sysctl)", name) for name in tree.names("/etc/rcS.d"))
        return sysctl(tree, "") if enabled else []
    if init:
        raise CannotPredict(f"what the init {init} does at boot cannot be read")
    return []


def _systemd(tree: Tree, loader: str) -> List[Tool]:
    if not loader and not _first(tree, "/usr/lib/systemd/systemd", "/lib/systemd/systemd"):
        raise CannotPredict("systemd is not where it usually is, as on NixOS, and neither are its files")
    if not loader or _unit.is_masked(tree):
        return []
    prefixes = _unit.preloads(tree)
    return [
        Tool(SYSTEMD, version, branch=branch, first=first)
        for version, branch in _versions.candidates(tree, SYSTEMD, loader)
        for first in _first_files(tree, prefixes)
    ]


def _first_files(tree: Tree, prefixes: List[str]) -> List[str]:
    """Return what may be loaded before all other files: SUSE's kernels have a file each (suse-module-tools).

    Which kernel boots next is not known; only files that may set something count.
    """
    units = "/usr/lib/systemd/system/"
    if tree.follow(units + "boot-sysctl.service").kind == FILE:
        prefixes = [*prefixes, "/boot/sysctl.conf-"]
    releases = tree.names("/usr/lib/modules") if prefixes else []
    with_modules = tree.follow(units + "kernel-sysctl.service").kind == FILE
    found = []
    for release in releases:
        own = f"/usr/lib/modules/{release}/sysctl.conf"
        in_boot = [prefix + release for prefix in prefixes]
        files = [path for path in ([own] if with_modules else []) + in_boot if tree.follow(path).kind == FILE]
        found.append(files[0] if files and _MAY_SET.search(tree.read(files[0])) else "")
    return sorted(set(found)) or [""]


def _openrc(tree: Tree) -> List[Tool]:
    """OpenRC's own service and Debian's (procps) run `sysctl --system`; Alpine's has an order of its own.

    A script that nobody may execute is no service (src/librc/librc.c, rc_service_exists).
    """
    for name in ("sysctl", "procps"):
        path = "/etc/init.d/" + name
        script = tree.read(path) if tree.executable(path) else b""
        if script and any(name in tree.names("/etc/runlevels/" + level) for level in _BOOT_RUNLEVELS):
            return sysctl(tree, _order_of(path, script))
    return []


def _order_of(path: str, script: bytes) -> str:
    """Return the order in which a script loads files, "" if it leaves that to the tool."""
    if b"--system" in script:
        return ""
    if b"vsysctl.d" in script:
        return VOID
    if not re.search(rb"\bsysctl\b.*-p", script) or path == _VOIDS_SCRIPT:
        raise CannotPredict(f"{path} loads sysctl files in a way of its own, or none")
    return OLD_ALPINE if b"/usr/local/lib/sysctl.d" in script else ALPINE


def sysctl(tree: Tree, order: str) -> List[Tool]:
    """Return the host's sysctl(8), started in that order: several candidates where its version is unknown."""
    binary = _first(tree, "/sbin/sysctl", "/usr/sbin/sysctl", "/bin/sysctl", "/usr/bin/sysctl")
    name = BUSYBOX if binary.endswith("/busybox") else PROCPS
    # busybox knows no --system: it prints its usage, and loads nothing.
    if not binary or (name == BUSYBOX and not order):
        return []
    return [Tool(name, version, order) for version, _branch in _versions.candidates(tree, name, binary)]


def _first(tree: Tree, *paths: str) -> str:
    """Return where the first of the paths that leads to a file leads, "" if none does."""
    targets = (tree.follow(path) for path in paths)
    return next((target.path for target in targets if target.kind == FILE), "")
