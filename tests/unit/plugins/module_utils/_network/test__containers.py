# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Control groups as engines name them; those of podman, docker and LXC were seen on real hosts."""

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._network import _containers
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._network._containers import Container

ID, OTHER = "3f2a61c0d9be" + "0" * 52, "1b1b1b1b1b1b" + "0" * 52
USER = "/user.slice/user-1000.slice/user@1000.service/"

GROUPS = [
    ("/system.slice/docker-{}.scope", "docker", None),
    ("/docker/{}", "docker", None),
    ("/machine.slice/libpod-{}.scope/container", "podman", None),
    ("/machine.slice/machine-libpod_pod_" + OTHER + ".slice/libpod-{}.scope", "podman", None),
    (USER + "user.slice/libpod-{}.scope/container", "podman", "1000"),
    # Quadlet, and --cgroups=split.
    ("/system.slice/quad.service/libpod-payload-{}", "podman", None),
    (USER + "app.slice/quad.service/libpod-payload-{}", "podman", "1000"),
    ("/libpod_parent/" + OTHER + "/libpod-{}", "podman", None),
    ("/kubepods.slice/kubepods-pod1.slice/cri-containerd-{}.scope", "containerd", None),
    ("/kubepods.slice/kubepods-pod1.slice:cri-containerd:{}", "containerd", None),
    ("/kubepods/besteffort/pod1/{}", None, None),
    ("/system.slice/nerdctl-{}.scope", "containerd", None),
    # Of root's own service manager.
    ("/user.slice/user-0.slice/user@0.service/app.slice/quad.service/libpod-payload-{}", "podman", None),
    ("/kubepods.slice/kubepods-pod1.slice/crio-{}.scope", "cri-o", None),
    ("/made-by-hand/{}", None, None),
    # The innermost: kind's nodes, docker in docker, an engine in a container of LXC's.
    ("/docker/" + OTHER + "/kubelet.slice/cri-containerd-{}.scope", "containerd", None),
    ("/docker/" + OTHER + "/docker/{}", "docker", None),
    ("/lxc.payload.web1/system.slice/docker-{}.scope", "docker", None),
    ("/lxc.payload.web1" + USER + "user.slice/libpod-{}.scope", "podman", None),
    (USER + "user.slice/libpod-" + OTHER + ".scope/container/docker/{}", "docker", "1000"),
]
NAMES = [
    ("/lxc.payload.web1/system.slice/cron.service", "lxc", "web1"),
    ("/lxc/web1/init.scope", "lxc", "web1"),
    ("/lxc.payload.web1" + USER + "app.slice/app.service", "lxc", "web1"),
    ("/machine.slice/machine-caf\\xc3\\xa9.scope/payload", "nspawn", "café"),
    ("/machine.slice/machine-\\xff.scope/payload", "nspawn", "\ufffd"),
    ("/machine.slice/machine-web\\x2d1.scope/payload", "nspawn", "web-1"),
    ("/machine.slice/systemd-nspawn@web1.service/payload/init.scope", "nspawn", "web1"),
]


@pytest.mark.parametrize("path, engine, user", GROUPS)
def test_by_id(path, engine, user):
    assert _containers.of_group(path.format(ID)) == Container(engine, ID, "3f2a61c0d9be", user=user)


@pytest.mark.parametrize("path, engine, name", NAMES)
def test_by_name(path, engine, name):
    assert _containers.of_group(path) == Container(engine, None, name)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "",
        "/system.slice/nginx.service",
        "/machine.slice/libpod-conmon-" + ID + ".scope",
        "/machine.slice/crio-conmon-" + ID + ".scope",
        "/machine.slice/machine-qemu\\x2d1\\x2dvm.scope/libvirt/emulator",
        "/system.slice/" + "g" * 64,
    ],
)
def test_none(path):
    assert _containers.of_group(path) is None


@pytest.mark.parametrize(
    "container, words",
    [
        (Container(None, ID, "3f2a61c0d9be"), "container 3f2a61c0d9be"),
        (Container("docker", ID, "shop-db-1", project="shop"), "docker container shop-db-1, project shop"),
        (Container("podman", ID, "web", pod="front", user="ann"), "podman container web of ann, pod front"),
    ],
)
def test_words(container, words):
    assert str(container) == words
