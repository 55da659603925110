# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit has every container, by its name: in its data, on its page and in its metrics."""

import json
import os
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def audit():
    """Return the folder that the audit has written."""
    return Path(os.environ["MOLECULE_EPHEMERAL_DIRECTORY"], "audit")


@pytest.fixture(scope="module")
def result(audit):
    (audited,) = json.loads((audit / "audit.json").read_text())["hosts"]
    return audited["result"]


def test_containers(audit, result):
    namespaces = [namespace for namespace in result["namespaces"] if namespace["container"]]
    containers = [namespace["container"] for namespace in namespaces]
    assert {one["name"] for one in containers if not one["pod"]} == {"web", "quad", "own", "shop-db-1"}
    assert {one["pod"] for one in containers if one["pod"]} == {"front"}
    page = (audit / "audit.html").read_text()
    names = ["docker container on-host", *(namespace["owner"] for namespace in namespaces)]
    assert [name for name in names if name not in page] == []


def test_all_connections_are_protected(result):
    counted = [namespace["sockets"] for namespace in result["namespaces"]]
    assert sum(sockets["keepalive"] for sockets in counted) == 10
    assert sum(sockets["unprotected"] for sockets in counted) == 0


def test_metrics(audit, host, result):
    metrics = (audit / "audit.prom").read_text().splitlines()
    name = host.backend.get_hostname()
    namespaces = len(result["namespaces"])
    assert f'tcp_keepalive_namespaces{{host="{name}",differ="no"}} {namespaces}' in metrics
    assert f'tcp_keepalive_always_on{{host="{name}",when="now"}} 1' in metrics
    assert f'tcp_keepalive_always_on{{host="{name}",when="boot"}} 1' in metrics
