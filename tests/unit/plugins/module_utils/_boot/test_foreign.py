# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The prediction against what boot tools of other distributions made of 436 file trees, each really run."""

import gzip
import json
import os

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot import _systemd_rules
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._candidates import predict
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._errors import CannotPredict
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._tool import SYSTEMD
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._tree import Tree
from test_cases import CASES, put, tool

HERE = os.path.dirname(__file__)
with gzip.open(os.path.join(HERE, "foreign.json.gz")) as record:
    FOREIGN = json.loads(record.read().decode())

BRANCHES = {
    "systemd-sysctl 219 (RHEL 7.9)": _systemd_rules.RHEL_7,
    "systemd-sysctl 234 (SLE 15)": _systemd_rules.SUSE,
    "systemd-sysctl 239 (RHEL 8.0)": _systemd_rules.RHEL_8_OLD,
    "systemd-sysctl 239 (RHEL 8.7)": _systemd_rules.RHEL_8,
    "systemd-sysctl 239 (RHEL 8.10)": _systemd_rules.RHEL_8,
}
COLUMNS = sorted(FOREIGN["ordinary"][0]["results"])


def cases(kind):
    """Return the (tree, credential, results) of a kind; those of "cases" are trees of the other record."""
    if kind == "cases":
        trees = {case["id"]: case for case in CASES["cases"]}
        return [
            (trees[name]["tree"], trees[name].get("cred"), results)
            for name, results in FOREIGN["cases"].items()
        ]
    return [(case["tree"], case["cred"], case["results"]) for case in FOREIGN[kind]]


def build(root, tree, credential):
    os.makedirs(root + "/usr/lib")
    os.symlink("usr/lib", root + "/lib")
    for path, node in tree.items():
        if "data" in node:
            os.makedirs(os.path.dirname(root + path), exist_ok=True)
            with open(root + path, "wb") as file:
                file.write(node["data"].encode("latin-1"))
        elif "folder" in node:
            os.makedirs(root + path, exist_ok=True)
        else:
            put(root, path, node)
    if credential:
        put(root, "/etc/credstore/sysctl.extra", {"parts": [[credential, 1]]})


def test_nothing_was_lost_from_the_record():
    assert len(COLUMNS) == 22
    assert [len(cases(kind)) for kind in ("cases", "ordinary", "odd")] == [107, 83, 246]
    assert {len(results) for kind in ("cases", "ordinary", "odd") for _t, _c, results in cases(kind)} == {22}


@pytest.mark.parametrize("kind, most_unknown", [("cases", 0), ("ordinary", 0), ("odd", 0.1)])
def test_no_prediction_is_wrong(tmp_path, kind, most_unknown):
    predicted = dict.fromkeys(COLUMNS, 0)
    wrong = []
    for number, (tree, credential, results) in enumerate(cases(kind)):
        root = str(tmp_path / str(number))
        build(root, tree, credential)
        for column, real in results.items():
            found = tool(column)
            if found.name == SYSTEMD:
                found = found._replace(branch=BRANCHES.get(column, ""))
            try:
                prediction = predict(Tree(root), [found], hz=lambda: 250)
            except CannotPredict:
                continue
            predicted[column] += 1
            if prediction.values() != dict(zip(("time", "intvl", "probes"), real)):
                wrong.append((column, number, prediction.values(), real))
    assert not wrong
    assert min(predicted.values()) >= len(cases(kind)) * (1 - most_unknown)
