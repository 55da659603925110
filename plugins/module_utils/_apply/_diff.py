# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The diff of a task, in the form that Ansible shows under --diff."""

from typing import Any, Dict, List, Optional, Tuple

from .. import _kernel
from .._boot._next_boot import Changes, NextBoot
from ._request import Request

Values = Optional[Dict[str, int]]
Contents = Optional[bytes]


def diff(
    request: Request,
    next_boot: NextBoot,
    changes: Changes,
    file: Tuple[Contents, Contents],
    runtime: Tuple[Values, Values],
    attributes: Dict[str, Any],
) -> List[Dict[str, Any]]:
    """Return our file and the kernel, and other files and our file's attributes where they change.

    Has to be called before anything changes, since it reads the other files.
    """
    parts = [_part(request.path, *map(_text, file)), _part("kernel", *map(_kernel.as_text, runtime))]
    parts += [
        _part(path, _text(next_boot.read(path)), _text(data))
        for path, data in changes.items()
        if path != request.path
    ]
    if attributes:
        parts.append(_part(request.path + " (attributes)", attributes["before"], attributes["after"]))
    return parts


def _part(header: str, before: Any, after: Any) -> Dict[str, Any]:
    return {"before_header": header, "after_header": header, "before": before, "after": after}


def _text(data: Contents) -> str:
    return (data or b"").decode("utf-8", "surrogateescape")
