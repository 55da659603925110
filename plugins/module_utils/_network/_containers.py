# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which container a control group belongs to, by the names that engines give to control groups."""

import re
from typing import NamedTuple, Optional

# docker-ID.scope, libpod-ID.scope, libpod-payload-ID, cri-containerd-ID.scope, crio-ID.scope, or
# SLICE:cri-containerd:ID; /docker/ID; of Kubernetes without systemd /kubepods/burstable/podUID/ID.
_BY_ID = re.compile(r"(?:(?:.*:)?([a-z-]+)[-:])?([0-9a-f]{64})(?:\.scope)?")
# lxc.payload.NAME and /lxc/NAME; machine-NAME.scope, systemd-nspawn@NAME.service (systemd-nspawn(1)).
_LXC = re.compile(r"lxc\.payload\.(.+)")
_MACHINE = re.compile(r"(?:machine-|systemd-nspawn@)(.+)\.(?:scope|service)")
_ENGINES = {
    "docker": "docker",
    "libpod": "podman",
    "libpod-payload": "podman",
    "cri-containerd": "containerd",
    "nerdctl": "containerd",
    "crio": "cri-o",
}
# A virtual machine of libvirt's, whose processes are the host's.
_QEMU = "qemu-"
_USER = re.compile(r"/user-([1-9]\d*)\.slice/")
_ESCAPED = re.compile(rb"\\x([0-9a-f]{2})")


class Container(NamedTuple):
    """``id``: 64 digits, None where the engine has none; ``name``: what its user calls it, until that is
    known the first 12 digits of its id; ``pod``: of podman, or NAMESPACE/NAME of Kubernetes; ``project``: of
    Compose; ``user``: who runs it on the host, where that is not root, until the name is known a number."""

    engine: Optional[str]
    id: Optional[str]
    name: str
    image: Optional[str] = None
    pod: Optional[str] = None
    project: Optional[str] = None
    user: Optional[str] = None

    def __str__(self) -> str:
        details = [f"{what} {name}" for what, name in (("pod", self.pod), ("project", self.project)) if name]
        who = f"{self.engine or ''} container {self.name}".lstrip()
        if self.user:
            who += f" of {self.user}"
        return f"{who}, {', '.join(details)}" if details else who


def of_group(path: str) -> Optional[Container]:
    """Return the container that a control group belongs to, the innermost of several; None for none."""
    parts = path.split("/")
    places = [place for place in range(1, len(parts)) if _named(parts[place], parts[place - 1])]
    if not places:
        return None
    # Users that are logged in to a container have slices too, inside.
    user = _USER.search("/".join(parts[: places[0]]) + "/")
    innermost = _named(parts[places[-1]], parts[places[-1] - 1])
    return innermost and innermost._replace(user=user and user.group(1))


def _named(part: str, parent: str) -> Optional[Container]:
    match = _BY_ID.fullmatch(part)
    if match:
        prefix, number = match.groups()
        # Of a monitor, such as libpod-conmon-ID.scope: it is the host's.
        if prefix and prefix.endswith("-conmon"):
            return None
        return Container(_ENGINES.get(prefix or parent), number, number[:12])
    match = _LXC.fullmatch(part)
    if match or parent == "lxc":
        return Container("lxc", None, match.group(1) if match else part)
    match = _MACHINE.fullmatch(part)
    if match:
        name = unescaped(match.group(1))
        return None if name.startswith(_QEMU) else Container("nspawn", None, name)
    return None


def unescaped(name: str) -> str:
    """Undo systemd's escaping (systemd.unit(5)), as in machine-a\\x2db.scope."""
    plain = _ESCAPED.sub(lambda match: bytes([int(match.group(1), 16)]), name.encode())
    return plain.decode(errors="replace")
