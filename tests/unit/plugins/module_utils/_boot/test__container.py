# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import os

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot import _container

OWN, OTHER = _container.OWN_PID_NAMESPACE, "pid:[4026532417]"
HOST_NETWORK = "/proc/sys/net/core/dev_weight"
SAME_ROOT, OTHER_ROOT = {"/proc/1/root": "../.."}, {"/proc/1/root": "../../usr"}


def put(host, pid_1, namespace, files=(), links=None):
    host.put("/proc/1/comm", pid_1 + b"\n")
    for path in files:
        host.put(path, b"")
    for path, target in dict(links or {}, **{"/proc/self/ns/pid": namespace}).items():
        os.makedirs(os.path.dirname(host.root + path), exist_ok=True)
        os.symlink(target, host.root + path)
    return _container.find(host.root, host.proc)


@pytest.mark.parametrize(
    "pid_1, namespace, files, links",
    [
        (b"systemd", OWN, [HOST_NETWORK], {}),
        (b"my-own-init", OWN, [HOST_NETWORK], {}),
        # A /proc of other processes.
        (b"my-own-init", OTHER, [], {"/proc/1/ns/pid": OWN}),
        # Machines made from an image; a chroot.
        (b"my-own-init", OWN, ["/.dockerenv"], OTHER_ROOT),
        (b"systemd", OWN, ["/.dockerenv"], SAME_ROOT),
        (b"systemd", OWN, ["/.dockerenv"], {}),
        (b"systemd", OWN, [], OTHER_ROOT),
    ],
)
def test_machine_is_no_container(host, pid_1, namespace, files, links):
    assert put(host, pid_1, namespace, files, links) is None


@pytest.mark.parametrize(
    "pid_1, namespace, files, links, expected",
    [
        (b"systemd", OTHER, [], {}, (True, True, False)),
        (b"init", OTHER, [], {}, (True, True, False)),
        (b"openrc-init", OTHER, [HOST_NETWORK], {}, (True, True, True)),
        (b"nginx", OTHER, [], {}, (False, True, False)),
        (b"docker-init", OTHER, [HOST_NETWORK], {"/proc/1/ns/pid": OTHER}, (False, True, True)),
        (b"systemd", OWN, ["/.dockerenv", HOST_NETWORK], OTHER_ROOT, (False, True, True)),
        (b"systemd", OTHER, ["/run/.containerenv"], SAME_ROOT, (True, True, False)),
    ],
)
def test_containers(host, pid_1, namespace, files, links, expected):
    assert put(host, pid_1, namespace, files, links)[:3] == expected


@pytest.mark.parametrize(
    "mounts, contained",
    [
        (b"22 1 254:1 / / rw,relatime - ext4 /dev/vda1 rw\n", False),
        (b"22 1 0:30 / / rw - overlay overlay rw,lowerdir=/run/live/docker.squashfs\n", False),
        (
            b"22 1 254:1 / / rw - ext4 /dev/vda1 rw\n"
            b"90 22 0:50 / /var/lib/docker/overlay2/1/merged rw - overlay overlay rw,"
            b"lowerdir=/var/lib/docker/overlay2/l/A\n",
            False,
        ),
        (
            b"604 585 0:55 / / rw,relatime master:155 - overlay overlay rw,lowerdir="
            b"/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/1/fs\n",
            True,
        ),
    ],
)
def test_pod_with_its_hosts_processes_has_no_marker_but_layers(host, mounts, contained):
    host.put("/proc/self/mountinfo", mounts)
    found = put(host, b"systemd", OWN, [HOST_NETWORK], OTHER_ROOT)
    assert (found is not None and not found.boots) is contained


def test_podmans_old_init_is_none(host):
    host.put("/proc/1/cmdline", b"/dev/init\0--\0sleep\0")
    assert not put(host, b"init", OTHER).boots


def test_processes_that_cannot_be_seen_prove_nothing(host):
    assert _container.find(host.root, host.proc) is None


def test_init_that_cannot_write_is_a_containers(host, read_only_sysctls):
    assert _container.find(host.root, host.proc)[:3] == (True, False, False)
    host.put("/proc/1/comm", b"nginx\n")
    assert _container.find(host.root, host.proc) is None


@pytest.mark.parametrize(
    "boots, writable, host_network, says, not_says",
    [
        (True, True, True, ["are the host's"], ["--sysctl"]),
        (True, False, False, ["read-only", "--sysctl"], ["on the host"]),
        (True, False, True, ["read-only", "set them on the host"], ["--sysctl"]),
        (False, True, False, ["PID 1 is sh", "--sysctl", "securityContext.sysctls"], ["on the host"]),
        (False, True, True, ["PID 1 is sh", "set them on the host"], ["--sysctl"]),
        (False, False, False, ["read-only", "--sysctl"], ["PID 1", "persist"]),
    ],
)
def test_notice_names_the_one_place(boots, writable, host_network, says, not_says):
    notice = _container.Container(boots, writable, host_network, "its PID 1 is sh, not an init").notice
    assert [words for words in says if words not in notice] == []
    assert [words for words in not_says if words in notice] == []


def test_container_that_loads_files_needs_no_notice():
    assert _container.Container(True, True, False, "").notice is None
