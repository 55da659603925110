# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The prediction against what the real tools did with recorded file trees (tests/differential/cases.json)."""

import base64
import json
import os
import re

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._prediction import predict
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._tool import (
    ALPINE,
    BUSYBOX,
    PROCPS,
    SYSTEMD,
    Tool,
)
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._tree import Tree

RECORD = os.path.join(os.path.dirname(__file__), "../../../../differential/cases.json")
with open(RECORD, encoding="utf-8") as record:
    CASES = json.load(record)


def put(root, path, node):
    os.makedirs(os.path.dirname(root + path), exist_ok=True)
    if isinstance(node, dict) and "link" in node:
        os.symlink(node["link"], root + path)
    elif isinstance(node, dict) and "dir" in node:
        os.mkdir(root + path)
    else:
        with open(root + path, "wb") as file:
            file.write(data(node))


def data(node):
    if isinstance(node, str):
        return node.encode()
    if "b64" in node:
        return base64.b64decode(node["b64"])
    return b"".join(text.encode() * count for text, count in node["parts"])


def tool(column):
    """Return the tool of a column of the record, as in "procps 4.0.2 sysctl --system"."""
    version = tuple(int(part) for part in re.search(r"[\d.]+", column).group().split("."))
    name = {"systemd-sysctl": SYSTEMD, "procps": PROCPS, "busybox": BUSYBOX}[column.split(" ", 1)[0]]
    return Tool(name, version, ALPINE if column.endswith("Alpine order") else "")


@pytest.mark.parametrize("case", CASES["cases"], ids=[case["id"] for case in CASES["cases"]])
def test_case(tmp_path, case):
    root = str(tmp_path)
    (tmp_path / "usr/lib").mkdir(parents=True)
    (tmp_path / "lib").symlink_to("usr/lib")
    for path, node in case["tree"].items():
        put(root, path, node)
    if "cred" in case:
        put(root, "/etc/credstore/sysctl.extra", case["cred"])
    for column, (time, intvl, probes, _status) in case["results"].items():
        prediction = predict(Tree(root), tool(column), hz=lambda: CASES["hz"])
        assert prediction.values() == {"time": time, "intvl": intvl, "probes": probes}, column
        for entry in prediction.boot.values():
            where = "{0}:{1}".format(entry.file, entry.line)
            assert entry.file is None or where == case.get("where", {}).get(str(entry.value), where), column
