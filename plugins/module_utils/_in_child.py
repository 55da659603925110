# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task in a child process: the namespace or the control group that it enters is left with its end."""

import json
import os
from typing import Any, Callable, Dict


class ChildError(Exception):
    """What went wrong in the child, in words."""


def in_child(task: Callable[[], Any]) -> Any:
    """Return what ``task`` returns in a child process, as JSON carries it; ChildError where it fails."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        with os.fdopen(writer, "w") as pipe:
            json.dump(_answer(task), pipe)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        text = pipe.read()
    os.waitpid(pid, 0)
    answer = json.loads(text) if text else {"error": "its process ended early"}
    if "error" in answer:
        raise ChildError(answer["error"])
    return answer["result"]


def _answer(task: Callable[[], Any]) -> Dict[str, Any]:
    try:
        return {"result": task()}
    except Exception as error:
        return {"error": str(error) or type(error).__name__}
