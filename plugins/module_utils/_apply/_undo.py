# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way back from a half-finished change."""

from typing import Any, Callable, List, Tuple

from .._settings import KeepaliveError


class Undo:
    """The steps back, in the order in which they were added. A step that fails does not stop the others."""

    def __init__(self) -> None:
        self._steps: List[Tuple[Callable[..., Any], Tuple[Any, ...]]] = []

    def add(self, step: Callable[..., Any], *arguments: Any) -> None:
        self._steps.append((step, arguments))

    def run(self) -> List[str]:
        """Take all steps, the last one first; return what went wrong, one message for each."""
        problems = []
        while self._steps:
            step, arguments = self._steps.pop()
            try:
                step(*arguments)
            except (OSError, KeepaliveError) as error:
                problems.append(str(error))
        return problems
