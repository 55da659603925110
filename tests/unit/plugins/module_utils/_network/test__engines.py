# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What engines write of their containers, in the shape that they write it. Kubernetes' engines are not run in
any test: their files are as their documentation has them."""

import json
import os
import pwd

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._network import _engines
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._network._containers import Container

ID, INFRA = "3f2a61c0d9be" + "0" * 52, "1b1b1b1b1b1b" + "0" * 52
STORE = "var/lib/containers/storage/overlay-containers/"
VFS = STORE.replace("overlay", "vfs")
CRI, KUBERNETES = "io.kubernetes.cri.", "io.kubernetes."


def row(number, name):
    return {"id": number, "names": [name], "metadata": json.dumps({"image-name": "nginx:1.27", "name": name})}


PODMAN = {STORE + "containers.json": [row(INFRA, "1b1b-infra"), row(ID, "web")]}
IN_POD = dict(
    PODMAN,
    **{
        STORE + ID + "/userdata/config.json": {"annotations": {"io.kubernetes.cri-o.SandboxID": INFRA}},
        STORE + INFRA + "/userdata/config.json": {"hostname": "front", "annotations": {}},
    },
)
DOCKER = {
    "Name": "/shop-db-1",
    "Config": {"Image": "postgres:17", "Labels": {"com.docker.compose.project": "shop"}},
}
CONTAINERD = {
    CRI + "container-name": "app",
    CRI + "image-name": "docker.io/library/app:1",
    CRI + "sandbox-namespace": "default",
    CRI + "sandbox-name": "web-6d4c",
}
SANDBOX = {key: value for key, value in CONTAINERD.items() if "sandbox" in key}
CRIO = {
    KUBERNETES + "container.name": "app",
    KUBERNETES + "cri-o.ImageName": "quay.io/app:1",
    KUBERNETES + "pod.namespace": "default",
    KUBERNETES + "pod.name": "web-6d4c",
}
OF_KUBERNETES = {
    "Name": "/k8s_app_web-6d4c_default_uid_0",
    "Config": {
        "Image": "app:1",
        "Labels": {
            KUBERNETES + "container.name": "app",
            KUBERNETES + "pod.namespace": "default",
            KUBERNETES + "pod.name": "web-6d4c",
        },
    },
}
TASK = "run/containerd/io.containerd.runtime.v2.task/k8s.io/" + ID + "/config.json"
FOUND = [
    ("podman", PODMAN, {"name": "web", "image": "nginx:1.27"}),
    (
        "podman",
        {VFS + "volatile-containers.json": [row(ID, "once")]},
        {"name": "once", "image": "nginx:1.27"},
    ),
    ("podman", IN_POD, {"name": "web", "image": "nginx:1.27", "pod": "front"}),
    (
        "docker",
        {"var/lib/docker/containers/" + ID + "/config.v2.json": DOCKER},
        {"name": "shop-db-1", "image": "postgres:17", "project": "shop"},
    ),
    (
        "docker",
        {"var/lib/docker/containers/" + ID + "/config.v2.json": OF_KUBERNETES},
        {"name": "app", "image": "app:1", "pod": "default/web-6d4c"},
    ),
    (
        "containerd",
        {TASK.replace("run/", "run/k3s/", 1): {"annotations": SANDBOX}},
        {"name": "pause", "pod": "default/web-6d4c"},
    ),
    (
        "containerd",
        {TASK: {"annotations": CONTAINERD}},
        {"name": "app", "image": "docker.io/library/app:1", "pod": "default/web-6d4c"},
    ),
    ("containerd", {TASK: {"annotations": SANDBOX}}, {"name": "pause", "pod": "default/web-6d4c"}),
    (
        "cri-o",
        {"run/containers/storage/overlay-containers/" + ID + "/userdata/config.json": {"annotations": CRIO}},
        {"name": "app", "image": "quay.io/app:1", "pod": "default/web-6d4c"},
    ),
]


def write(root, files):
    for name, content in files.items():
        path = os.path.join(str(root), name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(content if isinstance(content, str) else json.dumps(content))


@pytest.mark.parametrize("engine, files, found", FOUND)
def test_what_the_files_tell(tmp_path, engine, files, found):
    write(tmp_path, files)
    container = Container(engine, ID, "3f2a61c0d9be")
    assert _engines.described(str(tmp_path), container) == container._replace(**found)


@pytest.mark.parametrize("engine, files, found", FOUND)
def test_engines_that_the_control_group_does_not_tell(tmp_path, engine, files, found):
    write(tmp_path, files)
    container = Container(None, ID, "3f2a61c0d9be")
    assert _engines.described(str(tmp_path), container) == container._replace(engine=engine, **found)


def test_the_first_container_of_a_pod(tmp_path):
    write(tmp_path, IN_POD)
    assert _engines.described(str(tmp_path), Container("podman", INFRA, "1b1b1b1b1b1b")).pod == "front"


@pytest.mark.parametrize(
    "engine, files, found", [found for found in FOUND if found[0] in ("podman", "docker")]
)
def test_of_a_user(tmp_path, engine, files, found):
    own = pwd.getpwuid(os.getuid())
    data = own.pw_dir.lstrip("/") + "/.local/share/"
    write(tmp_path, {data + path[len("var/lib/") :]: content for path, content in files.items()})
    container = Container(engine, ID, "3f2a61c0d9be", user=str(os.getuid()))
    assert _engines.described(str(tmp_path), container) == container._replace(user=own.pw_name, **found)


def test_the_name_of_a_user_is_told_without_files(tmp_path):
    of_lxc = Container("lxc", None, "web1", user=str(os.getuid()))
    assert _engines.described(str(tmp_path), of_lxc).user == pwd.getpwuid(os.getuid()).pw_name
    of_nobody = of_lxc._replace(user="987654321")
    assert _engines.described(str(tmp_path), of_nobody) == of_nobody


@pytest.mark.parametrize(
    "folder, engine",
    [
        ("var/lib/incus", "incus"),
        ("var/lib/lxd", "lxd"),
        ("var/snap/lxd/common/lxd", "lxd"),
        ("var/lib/lxc", "lxc"),
    ],
)
def test_who_made_a_container_of_lxc(tmp_path, folder, engine):
    os.makedirs(str(tmp_path / folder / "containers/web1"))
    assert _engines.described(str(tmp_path), Container("lxc", None, "web1")).engine == engine


@pytest.mark.parametrize("engine, path", [(engine, next(iter(files))) for engine, files, _found in FOUND])
@pytest.mark.parametrize(
    "text", ["", "[]", "{}", "null", "[1]", '[{"id": 1}]', '{"annotations": null}', "\x00"]
)
def test_files_that_are_not_as_expected(tmp_path, engine, path, text):
    write(tmp_path, {path: text})
    container = Container(engine, ID, "3f2a61c0d9be")
    assert _engines.described(str(tmp_path), container) == container


@pytest.mark.parametrize("engine", ["podman", "docker", "containerd", "cri-o", "lxc", "nspawn", None])
def test_no_files(tmp_path, engine):
    container = Container(engine, ID, "3f2a61c0d9be")
    assert _engines.described(str(tmp_path), container) == container
