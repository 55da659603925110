# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the users of a container engine call a container, from the engine's own files."""

import json
import os
import pwd
from contextlib import suppress
from glob import escape, glob
from typing import Any, Callable, Dict, Optional

from ._containers import Container

# Where engines store what they know, each in a folder of its own: root's, and those of users in their home.
_DATA, _HOME_DATA = "/var/lib", "/.local/share"
# overlay-containers, vfs-containers: by the driver that stores their files.
_BY_DRIVER = "/*-containers"
_CRIO = "/run/containers/storage"
# The second: of k3s and RKE2.
_CONTAINERD = ("/run/containerd", "/run/k3s/containerd")
_TASKS = "/io.containerd.runtime.v2.task/k8s.io"
# Incus and LXD name control groups as LXC does. The last: of LXD as a snap.
_LXC = (
    ("incus", "/var/lib/incus/containers"),
    ("lxd", "/var/lib/lxd/containers"),
    ("lxd", "/var/snap/lxd/common/lxd/containers"),
)


def described(root: str, container: Container) -> Container:
    """Return a container with what its engine's files tell of it; as it is where they cannot be read, or are
    not as they are expected. ``root`` is a prefix of paths, "" for /."""
    data = root + _DATA
    if container.user is not None:
        with suppress(KeyError):
            user = pwd.getpwuid(int(container.user))
            container, data = container._replace(user=user.pw_name), root + user.pw_dir + _HOME_DATA
    # A control group that was chosen by hand, or by Kubernetes, does not tell the engine.
    for engine in [container.engine] if container.engine else list(_READERS):
        # Files of engines, whose versions to come may write anything.
        with suppress(OSError, ValueError, LookupError, TypeError, AttributeError):
            return _READERS[engine](root, data, container._replace(engine=engine))
    return container


def _podman(_root: str, data: str, container: Container) -> Container:
    """Read podman's store, of root or of a user (containers-storage.conf(5))."""
    for path in glob(escape(data) + "/containers/storage" + _BY_DRIVER + "/*containers.json"):
        for row in _json(path):
            if row["id"] == container.id:
                name, image = row["names"][0], json.loads(row["metadata"])["image-name"]
                pod = _pod(os.path.dirname(path), row["id"], name)
                return container._replace(name=name, image=image, pod=pod)
    raise LookupError(container.id)


def _pod(folder: str, number: str, name: str) -> Optional[str]:
    """Return the name of podman's pod that a container is in: the host name of the pod's first container."""
    with suppress(OSError, ValueError, LookupError):
        notes = _json(os.path.join(folder, number, "userdata/config.json")).get("annotations") or {}
        first = notes.get("io.kubernetes.cri-o.SandboxID") or (number if name.endswith("-infra") else None)
        if first:
            pod: str = _json(os.path.join(folder, first, "userdata/config.json"))["hostname"]
            return pod
    return None


def _docker(_root: str, data: str, container: Container) -> Container:
    config = _json(os.path.join(data, "docker/containers", str(container.id), "config.v2.json"))
    labels = config["Config"].get("Labels") or {}
    kubernetes = "io.kubernetes."
    namespace, pod = labels.get(kubernetes + "pod.namespace"), labels.get(kubernetes + "pod.name")
    return container._replace(
        name=labels.get(kubernetes + "container.name") or config["Name"].lstrip("/"),
        image=config["Config"]["Image"],
        pod=f"{namespace}/{pod}" if pod else None,
        project=labels.get("com.docker.compose.project"),
    )


def _containerd(root: str, _data: str, container: Container) -> Container:
    """Read what containerd's CRI plugin notes in the container's runtime configuration."""
    folders = (f"{root}{folder}{_TASKS}/{container.id}" for folder in _CONTAINERD)
    notes = _json(os.path.join(next(filter(os.path.isdir, folders), ""), "config.json"))["annotations"]
    cri = "io.kubernetes.cri."
    return container._replace(
        name=notes.get(cri + "container-name", "pause"),
        image=notes.get(cri + "image-name"),
        pod="{}/{}".format(notes[cri + "sandbox-namespace"], notes[cri + "sandbox-name"]),
    )


def _crio(root: str, _data: str, container: Container) -> Container:
    (path,) = glob(f"{escape(root + _CRIO)}{_BY_DRIVER}/{container.id}/userdata/config.json")
    notes = _json(path)["annotations"]
    kubernetes = "io.kubernetes."
    return container._replace(
        name=notes[kubernetes + "container.name"],
        image=notes.get(kubernetes + "cri-o.ImageName"),
        pod="{}/{}".format(notes[kubernetes + "pod.namespace"], notes[kubernetes + "pod.name"]),
    )


def _lxc(root: str, _data: str, container: Container) -> Container:
    for engine, folder in _LXC:
        if os.path.lexists(os.path.join(root + folder, container.name)):
            return container._replace(engine=engine)
    raise LookupError(container.name)


_READERS: Dict[str, Callable[[str, str, Container], Container]] = {
    "podman": _podman,
    "docker": _docker,
    "containerd": _containerd,
    "cri-o": _crio,
    "lxc": _lxc,
}


def _json(path: str) -> Any:
    with open(path, encoding="utf-8") as file:
        return json.load(file)
