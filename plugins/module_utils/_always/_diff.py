# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The diff of a task, in the form that Ansible shows under --diff."""

from typing import Any, Dict, List, Optional

from .._apply._file import Content, Link
from .._apply._transaction import Rewrite
from ._attached import State, named
from ._loader import EXCEPTION, RULE


def diff(before: State, after: State, rewrites: List[Rewrite]) -> List[Dict[str, Any]]:
    """Return what is attached, and each file that changes."""
    parts = [_part("control groups", _state(before), _state(after))]
    return parts + [_part(each.path, _text(each.before), _text(each.after)) for each in rewrites]


def _part(header: str, before: str, after: str) -> Dict[str, Any]:
    return {"before_header": header, "after_header": header, "before": before, "after": after}


def _state(state: State) -> str:
    if not state.values:
        return ""
    lines = [f"{name} = {value}" for name, value in state.values._asdict().items() if value]
    lines += [f"on {named(path)}" for path in state.paths(RULE)]
    lines += [f"not on {named(path)}" for path in state.paths(EXCEPTION)]
    lines += ["by an older version"] if state.outdated else []
    return "".join(line + "\n" for line in lines)


def _text(content: Optional[Content]) -> str:
    if isinstance(content, Link):
        return f"link to {content.target}\n"
    return (content or b"").decode("utf-8", "surrogateescape")
