# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether this is a container, whether it boots, and who can set its values: seen in /proc alone."""

import os
import re
from typing import NamedTuple, Optional

# The number of the machine's own PID namespace (include/linux/proc_ns.h, PROC_PID_INIT_INO).
OWN_PID_NAMESPACE = "pid:[4026531836]"
# Whatever else is PID 1 of a container (the application, docker-init, catatonit, pause) loads no files.
_INITS = ("systemd", "init", "openrc-init", "runit", "runit-init", "dinit", "finit", "shepherd")
# podman before 4.0 starts its --init, which is none, under this name.
_PODMAN_INIT = "/dev/init\0"
# Engines leave these in a container's root, or make that root of layers that they keep under their own name.
_MARKERS = (".dockerenv", "run/.containerenv")
_LAYERS = re.compile(
    r"^\S+ \S+ \S+ / / .* - \S*overlay\S* .*/(?:docker|containerd|containers)/", re.MULTILINE
)

_CREATED = (
    "Set them where the container is created: --sysctl of docker and podman, sysctls of a Compose file, "
    "securityContext.sysctls of a Pod. They are then set at each of its starts."
)
_HOST = "It has its host's network: set them on the host."
_SHARED = "This container has its host's network: the values that are set in it are the host's."


class Container(NamedTuple):
    """``boots``: its first process is an init; ``writable``: its /proc/sys/net is; ``host_network``: it has
    the network namespace of the machine; ``first``: its first process, for the user; ``created_plain``: what
    creates it cannot set its values."""

    boots: bool
    writable: bool
    host_network: bool
    first: str
    created_plain: bool = False

    @property
    def loads_files(self) -> bool:
        """Whether its boot can set anything; if not, it starts with what its creator sets."""
        return self.boots and self.writable

    @property
    def shared_notice(self) -> Optional[str]:
        return _SHARED if self.host_network and self.writable else None

    @property
    def notice(self) -> Optional[str]:
        """Return what the user has to know of such a container, None for nothing."""
        if self.loads_files:
            return self.shared_notice
        reason = (
            "/proc/sys/net is read-only in this container: nothing inside can set the values, now or later"
        )
        if self.writable:
            reason = f"This container does not boot ({self.first}): no file sets the values when it starts"
        return f"{reason}. {_HOST if self.host_network else _CREATED}"


def find(root: str, proc: str) -> Optional[Container]:
    """Return the container in which this process runs, None for a machine."""
    name = _text(os.path.join(proc, "1/comm")).strip()
    init = name in _INITS and not _text(os.path.join(proc, "1/cmdline")).startswith(_PODMAN_INIT)
    writable = not _read_only(os.path.join(proc, "sys/net"))
    # Only the machine's own network namespace has this one (net/core/sysctl_net_core.c, net_core_table).
    host_network = os.path.exists(os.path.join(proc, "sys/net/core/dev_weight"))
    own_processes = _has_processes_of_its_own(proc)
    if init and not own_processes and _shares_processes(root, proc):
        return Container(False, writable, host_network, "it shares its host's processes")
    # An init that cannot write there is a container's, also where /proc hides its namespaces.
    if own_processes or (init and not writable):
        first = f"its PID 1 is {name or 'unknown'}, not an init"
        return Container(init, writable, host_network, first, _by_nspawn(root, proc))
    return None


def _has_processes_of_its_own(proc: str) -> bool:
    """Return whether ``proc`` shows a PID namespace other than the machine's, and this process is in it."""
    own = _link(os.path.join(proc, "self/ns/pid"))
    # Only root may read that of PID 1.
    return bool(own) and own != OWN_PID_NAMESPACE and _link(os.path.join(proc, "1/ns/pid")) in ("", own)


def _shares_processes(root: str, proc: str) -> bool:
    """Return whether the init is the host's (--pid host): an engine's marker, and a root other than its own.

    A marker alone proves nothing: a machine may have been made from a container's image.
    """
    marked = any(os.path.exists(os.path.join(root, marker)) for marker in _MARKERS)
    if not marked and not _LAYERS.search(_text(os.path.join(proc, "self/mountinfo"))):
        return False
    try:
        return not os.path.samefile(os.path.join(proc, "1/root"), root)
    except OSError:
        return False


def _by_nspawn(root: str, proc: str) -> bool:
    """Return whether systemd-nspawn made the container (https://systemd.io/CONTAINER_INTERFACE)."""
    # Only root may read the one, only systemd writes the other.
    environment = _text(os.path.join(proc, "1/environ")).split("\0")
    manager = _text(os.path.join(root, "run/systemd/container")).strip()
    return manager == "systemd-nspawn" or "container=systemd-nspawn" in environment


def _read_only(path: str) -> bool:
    try:
        return bool(os.statvfs(path).f_flag & os.ST_RDONLY)
    except OSError:
        return False


def _link(path: str) -> str:
    try:
        return os.readlink(path)
    except OSError:
        return ""


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return file.read()
    except OSError:
        return ""
