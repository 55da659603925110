# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connections of every container are armed: those that were open, and those of containers that started
since."""

CONTAINERS = [
    "podman container web",
    "podman pod front",
    "podman container quad",
    "podman container own of ann",
]
CONTAINERS += ["docker container shop-db-1, project shop"]


def test_connections_of_containers(info, comes_to):
    def look():
        sockets = {
            namespace["owner"].partition(" (")[0]: namespace["sockets"] for namespace in info()["namespaces"]
        }
        return {name: (sockets.get(name) or {}).get("keepalive") for name in CONTAINERS}

    comes_to(look, dict.fromkeys(CONTAINERS, 2))


def test_a_container_with_the_hosts_network(info):
    rows = {row["container"]: row for row in info()["sockets"]["processes"]}
    assert (
        rows["docker container on-host"]["established"],
        rows["docker container on-host"]["keepalive"],
    ) == (2, 2)


def test_it_is_on(info):
    always = info()["always"]
    assert always["program"] == always["boot"]
    assert always["program"]["scope"] == "host"
