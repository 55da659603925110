# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The prediction against the real tools, over recorded file trees, each made for one rule."""

import base64
import json
from pathlib import Path

import pytest
from tools import compare

CASES = json.loads((Path(__file__).parent / "cases.json").read_text())["cases"]


def node(recorded) -> dict:
    """Return a node of a recorded case as sandbox.py takes it."""
    if isinstance(recorded, str):
        return {"data": recorded.encode().decode("latin-1")}
    if "b64" in recorded:
        return {"data": base64.b64decode(recorded["b64"]).decode("latin-1")}
    if "parts" in recorded:
        return {"data": "".join(text * count for text, count in recorded["parts"])}
    return {"folder": True} if "dir" in recorded else {"link": recorded["link"]}


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_case(suites, case):
    assert not compare(
        suites, {path: node(recorded) for path, recorded in case["tree"].items()}, case.get("cred")
    ).mismatches
