# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real tools, each with its version, and the prediction for the same tree."""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._errors import CannotPredict
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._prediction import (
    Prediction,
    predict,
)
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._tool import (
    ALPINE,
    BUSYBOX,
    PROCPS,
    SYSTEMD,
    Tool,
)
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._tree import Tree
from hosts import images

SANDBOX = Path(__file__).parent / "sandbox.py"
NAMES = ("time", "intvl", "probes")
HZ = 250
DEFAULTS = [7200, 75, 9]

# Debian's name for the release, and the versions of systemd, procps and busybox in it.
SUITES = ["bullseye", "bookworm", "trixie", "sid"]


class Suite:
    """The boot tools of one Debian, in a sandbox process."""

    def __init__(self, name: str):
        self.root = images.tree(name)
        # How many predictions were asked for, and how many of them were refused.
        self.asked = self.unpredicted = 0
        self.scratch = tempfile.TemporaryDirectory(prefix="sandbox-")
        self.tools = {
            "systemd-sysctl": Tool(
                SYSTEMD, self._version("lib/systemd/systemd-sysctl", rb"libsystemd-shared-(\d+)")
            ),
            "procps": Tool(PROCPS, self._version("sbin/sysctl", rb"procps-ng (\d+)\.(\d+)\.(\d+)")),
            "busybox in Alpine's order": Tool(
                BUSYBOX, self._version("bin/busybox", rb"BusyBox v(\d+)\.(\d+)\.(\d+)"), ALPINE
            ),
        }
        self.tools["procps in Alpine's order"] = self.tools["procps"]._replace(order=ALPINE)
        self.process = subprocess.Popen(
            [
                *(
                    "setpriv",
                    "--pdeathsig",
                    "KILL",
                    "unshare",
                    "--net",
                    "--mount",
                    "--propagation",
                    "private",
                ),
                *(sys.executable, SANDBOX, self.root, self.scratch.name),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
        self.scratch.cleanup()

    def ask(self, tree: dict, credential: str | None) -> None:
        case = {"tree": tree, "credential": credential, "tools": list(self.tools)}
        self.process.stdin.write(json.dumps(case) + "\n")
        self.process.stdin.flush()

    def answer(self) -> dict:
        """Return what the kernel held after each of the tools: {tool: [time, intvl, probes]}."""
        return json.loads(self.process.stdout.readline())

    def _version(self, binary: str, expression: bytes) -> tuple[int, ...]:
        return tuple(int(part) for part in re.search(expression, (self.root / binary).read_bytes()).groups())


def predicted(tool: Tool, tree: dict, credential: str | None, merged_usr: bool) -> Prediction:
    """Return the prediction for a tree."""
    with tempfile.TemporaryDirectory(prefix="tree-") as root:
        if merged_usr:
            Path(root, "usr/lib").mkdir(parents=True)
            Path(root, "lib").symlink_to("usr/lib")
        if credential is not None:
            tree = {**tree, "/run/credentials/@system/sysctl.extra": {"data": credential}}
        for name, node in tree.items():
            path = Path(root + name)
            path.parent.mkdir(parents=True, exist_ok=True)
            if "link" in node:
                path.symlink_to(node["link"])
            elif "folder" in node:
                path.mkdir()
            else:
                path.write_bytes(node["data"].encode("latin-1"))
        return predict(Tree(root), tool, hz=lambda: HZ)


class Outcome(NamedTuple):
    """``mismatches``: a line for each tool that differs from its prediction.

    ``sets``: a tool set something other than the kernel's defaults; ``competes``: a tool reads lines that set
    one setting to different values.
    """

    mismatches: list[str]
    sets: bool
    competes: bool


def compare(suites: list[Suite], tree: dict, credential: str | None) -> Outcome:
    """Run every tool of every suite over the tree. A refused prediction is no mismatch, but counted."""
    for suite in suites:
        suite.ask(tree, credential)
    found, sets, competes = [], False, False
    for suite in suites:
        merged_usr = (suite.root / "lib").is_symlink()
        for name, real in suite.answer().items():
            tool = suite.tools[name]
            suite.asked += 1
            sets = sets or real != DEFAULTS
            # The plain tools know no credentials: only systemd hands one over.
            try:
                prediction = predicted(tool, tree, credential if tool.name == SYSTEMD else None, merged_usr)
            except CannotPredict:
                suite.unpredicted += 1
                continue
            distinct = {(each.assignment.setting, each.value) for each in prediction.assignments}
            competes = competes or len(distinct) > len({setting for setting, _value in distinct})
            values = [prediction.values()[name] for name in NAMES]
            if values != real:
                lines = [f"{value.file}:{value.line}" for value in prediction.boot.values()]
                found.append(f"{tool} ({name}): real {real}, predicted {values} by {lines}")
    return Outcome(found, sets, competes)
