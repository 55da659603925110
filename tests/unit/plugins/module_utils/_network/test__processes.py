# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import os

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._network import _processes

ID = "3f2a61c0d9be" + "0" * 52

GROUPS = [
    ("0::/\n", None, None),
    ("0::/init.scope\n", "init.scope", None),
    ("0::/system.slice/nginx.service\n", "nginx.service", None),
    ("0::/system.slice/system-getty.slice/getty@tty1.service\n", "getty@tty1.service", None),
    ("0::/user.slice/user-1000.slice/user@1000.service/app.slice/a\\x2db.scope\n", "a-b.scope", None),
    (
        "0::/system.slice/docker-" + ID + ".scope\n",
        "docker-" + ID + ".scope",
        "docker container 3f2a61c0d9be",
    ),
    ("12:cpu:/docker/" + ID + "\n1:name=systemd:/docker/" + ID + "\n", None, "docker container 3f2a61c0d9be"),
    # Without systemd: OpenRC's hierarchy stays where a service is, and others are the engine's.
    ("5:pids:/docker/" + ID + "\n1:name=openrc:/docker\n0::/\n", None, "docker container 3f2a61c0d9be"),
    ("0::/lxc.payload.web1/system.slice/cron.service\n", "cron.service", "lxc container web1"),
    ("", None, None),
]


def process(folder, pid, comm, groups="0::/\n"):
    path = os.path.join(str(folder), str(pid))
    os.makedirs(os.path.join(path, "fd"))
    for name, data in (("comm", comm), ("cgroup", groups)):
        with open(os.path.join(path, name), "w") as file:
            file.write(data)
    return path


@pytest.mark.parametrize("groups, unit, container", GROUPS)
def test_identity(tmp_path, groups, unit, container):
    process(tmp_path, 7, "nginx\n", groups)
    who = _processes.identity("", str(tmp_path), 7)
    assert (who.name, who.unit, who.container and str(who.container)) == ("nginx", unit, container)
    where = container or unit
    assert str(who) == ("nginx (" + where + ")" if where else "nginx")


@pytest.mark.parametrize("name", ["a b)c", "<script>", "a\nb", " ", "ü"])
def test_any_name(tmp_path, name):
    process(tmp_path, 7, name + "\n")
    assert _processes.identity("", str(tmp_path), 7).name == name


def test_process_that_is_gone(tmp_path):
    assert _processes.identity("", str(tmp_path), 7) is None
    assert _processes.sockets(str(tmp_path), 7) == set()


def test_holders(tmp_path):
    for pid, targets in (
        (10, ["socket:[5]", "socket:[6]", "/dev/null", "pipe:[9]"]),
        (9, ["socket:[6]", "anon_inode:[eventpoll]"]),
    ):
        path = process(tmp_path, pid, "x\n")
        for number, target in enumerate(targets):
            os.symlink(target, os.path.join(path, "fd", str(number)))
    assert _processes.holders(str(tmp_path)) == {5: 10, 6: 9}


@pytest.mark.parametrize("name", ["nginx", "a b)c", ") R 1 2"])
def test_start(tmp_path, name):
    path = process(tmp_path, 7, name)
    with open(os.path.join(path, "stat"), "w") as file:
        file.write("7 (" + name + ") S " + " ".join(str(field) for field in range(4, 53)))
    assert _processes.start(str(tmp_path), 7) == 22


def test_start_of_a_process_that_is_gone(tmp_path):
    assert _processes.start(str(tmp_path), 7) == float("inf")
