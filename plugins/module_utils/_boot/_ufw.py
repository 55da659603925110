# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""ufw loads a file of its own with `sysctl -p` whenever it starts (ufw(8), ufw-init-functions)."""

import re
from typing import Callable, List, Optional

from . import _init, _tool
from ._errors import CannotPredict
from ._lines import Assignment
from ._outcome import Outcome
from ._prediction import LaterWriter
from ._tree import Tree

_CONFIGURATION = "/etc/ufw/ufw.conf"
# The shell reads them in this order (ufw-init-functions).
_SOURCED = ("/etc/default/ufw", _CONFIGURATION)


def run(tree: Tree, outcome: Outcome) -> None:
    """Write what ufw's file sets, by the rules of the host's sysctl(8), if ufw is on."""
    if _variable(tree, "ENABLED") not in ("yes", "YES"):
        return
    # Words of the variable are files, and a file that is empty or missing is skipped.
    files = [file for file in (_variable(tree, "IPT_SYSCTL") or "").split() if tree.read(file)]
    if not files:
        return
    ways = [_loaded(tree, files, tool) for tool in _sysctls(tree)]
    outcome.either("versions of sysctl(8) differ, and that of this host could not be read", *ways)


def _sysctls(tree: Tree) -> List[_tool.Tool]:
    """Return the host's sysctl(8), or candidates for it; ufw needs one, wherever it may be."""
    return _init.sysctl(tree, "ufw") or [_tool.Tool(_tool.PROCPS, (4, 0, 4))]


def _loaded(tree: Tree, files: List[str], tool: _tool.Tool) -> Callable[[Outcome], None]:
    def load(outcome: Outcome) -> None:
        writes = _writes(tree, files, tool, outcome)
        for assignment in writes:
            line = assignment.line
            outcome.write(assignment.setting, assignment.value, "ufw", line.file, line.number)
        if not writes:
            outcome.writers.append(LaterWriter("ufw", files[0], None, None, None))

    return load


def _writes(tree: Tree, files: List[str], tool: _tool.Tool, outcome: Outcome) -> List[Assignment]:
    if tool.name == _tool.BUSYBOX:
        from . import _busybox

        return _busybox.read(tree, files, tool.version, outcome.kernel_value).writes
    from . import _procps

    return _procps.read_files(tree, files, tool.version).writes


def _variable(tree: Tree, name: str) -> Optional[str]:
    """Return what a variable is after the shell has read ufw's files. CannotPredict if it depends on more."""
    value = None
    for file in _SOURCED:
        text = tree.read(file).decode("utf-8", "surrogateescape")
        for line in re.findall(r"^[ \t]*(?:export[ \t]+)?" + name + r"=(.*)$", text, re.MULTILINE):
            match = re.match(r"""(?:"([^"$`\\]*)"|'([^']*)'|([^\s"'$`\\;&|<>()]*))(?:[ \t;].*)?\Z""", line)
            if not match:
                raise CannotPredict(f"{file} sets {name} in a way that only a shell can read: {line[:80]}")
            value = next((group for group in match.groups() if group is not None), "")
    return value
