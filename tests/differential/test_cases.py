"""The verdict against the real tools, and against what was recorded of them, over file trees each made for one rule."""

import base64
import json
import re
from pathlib import Path

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._tool import BUSYBOX, PROCPS, SYSTEMD, Tool
from tools import foretold, mismatches

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


def tool(name: str) -> Tool:
    """Return the tool that a column of the record is of, as in "procps 4.0.2 sysctl --system"."""
    version = tuple(int(part) for part in re.search(r"[\d.]+", name).group().split("."))
    kind = {"systemd-sysctl": SYSTEMD, "procps": PROCPS, "busybox": BUSYBOX}[name.split(maxsplit=1)[0]]
    return Tool(kind, version, name.endswith("Alpine order"))


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_case(suites, case):
    tree = {path: node(recorded) for path, recorded in case["tree"].items()}
    assert not mismatches(suites, tree, case.get("cred"))
    for name, result in case["results"].items():
        credential = case.get("cred") if name.startswith(SYSTEMD) else None
        values, lines = foretold(tool(name), tree, credential, merged_usr=True)
        assert values == result[:3], name
        for value, line in zip(values, lines.values(), strict=True):
            assert line in (case.get("where", {}).get(str(value), line), "None:None"), name
