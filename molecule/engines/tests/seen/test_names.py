# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Containers are called as their engines call them."""

import pytest

NAMES = "ps --format '{{.Names}}'"


@pytest.fixture(scope="module")
def seen(info):
    return info()


def containers(seen, engine, user=None):
    found = [namespace["container"] for namespace in seen["namespaces"] if namespace["container"]]
    return [one for one in found if (one["engine"], one["user"]) == (engine, user)]


def test_podman(seen, listed):
    found = containers(seen, "podman")
    in_pods = {one["name"] for one in found if one["pod"]}
    assert {one["name"] for one in found} == listed(f"podman {NAMES}") - {"in-pod"}
    assert {one["pod"] for one in found if one["pod"]} == listed("podman pod ps --format '{{.Name}}'")
    assert {one["image"] for one in found if one["name"] not in in_pods} == {"localhost/empty:latest"}


def test_podman_of_a_user(seen, listed):
    found = containers(seen, "podman", "ann")
    assert {one["name"] for one in found} == listed(f"podman {NAMES}", of_ann=True) == {"own"}


def test_docker(seen, listed):
    (found,) = containers(seen, "docker")
    assert {found["name"]} == listed(f"docker {NAMES}") - {"on-host"}
    assert (found["image"], found["project"]) == ("empty", "shop")


def test_owners(seen):
    owners = {namespace["owner"] for namespace in seen["namespaces"]}
    assert {
        "podman container web (python3)",
        "podman pod front",
        "podman container quad (python3)",
        "podman container own of ann (python3)",
        "docker container shop-db-1, project shop (python3)",
    } <= owners


def test_a_container_with_the_hosts_network_has_a_row_of_its_own(seen):
    assert "docker container on-host" in [row["container"] for row in seen["sockets"]["processes"]]


def test_connections_are_counted_as_ss_does(host, seen):
    counted = {namespace["pid"]: namespace["sockets"]["established"] for namespace in seen["namespaces"]}
    for pid, established in counted.items():
        lines = host.check_output(f"nsenter --net --target {pid} ss -Htn state established").splitlines()
        assert len(lines) == established
    assert sum(established > 0 for established in counted.values()) == 5
