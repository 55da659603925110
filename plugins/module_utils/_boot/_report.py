# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the info module tells of the next boot."""

from typing import Any, Callable, Dict, Optional, TypeVar

from .._settings import KeepaliveError
from ._next_boot import NextBoot, PredictedAssignment, Returning, SkippedLine

Warn = Callable[[str], object]

Result = TypeVar("Result")


def report(root: str, proc: str, runtime: Dict[str, int], warn: Warn) -> Dict[str, Any]:
    """Return the part of the module's result that is about the next boot: None or empty where it cannot be
    told, and ``warn`` gets the reason. ``runtime``: the kernel's values by name, where they are known."""
    result: Dict[str, Any] = dict(
        boot=None,
        boot_tool=None,
        assignments=[],
        skipped_lines=[],
        drift=[],
        later_writers=[],
        container=None,
        mentions=[],
        returning=[],
        unread=[],
    )
    next_boot = _attempt(lambda: NextBoot(root, proc), warn)
    if not next_boot:
        return result
    container = next_boot.container
    if container:
        result["container"] = {
            "boots": container.boots,
            "writable": container.writable,
            "host_network": container.host_network,
        }
        if container.notice:
            warn(container.notice)
    writers = _attempt(next_boot.later_writers, warn) or []
    result.update(boot_tool=next_boot.tool_name, later_writers=[dict(writer._asdict()) for writer in writers])
    mentions = next_boot.mentions()
    result["mentions"] = [dict(mention._asdict()) for mention in mentions.found]
    if mentions.unread:
        warn(f"Not searched for what may write the settings: {'; '.join(mentions.unread)}.")
    prediction = _attempt(next_boot.predict, warn)
    if prediction:
        for problem in prediction.problems():
            warn(problem)
        result.update(
            boot=prediction.as_result(),
            assignments=[_assignment(predicted) for predicted in prediction.assignments],
            skipped_lines=[_skipped(line) for line in prediction.skipped],
            returning=[_returning(line) for line in next_boot.returning(prediction)],
            unread=[dict(line._asdict()) for line in next_boot.unread(prediction)],
            drift=[name for name, value in prediction.values().items() if runtime.get(name, value) != value],
        )
    return result


def _attempt(look: Callable[[], Result], warn: Warn) -> Optional[Result]:
    try:
        return look()
    except KeepaliveError as error:
        warn(str(error))
        return None


def _assignment(predicted: PredictedAssignment) -> Dict[str, Any]:
    line = predicted.assignment.line
    return {
        "setting": predicted.assignment.setting.name,
        "value": predicted.value,
        "file": line.file,
        "line": line.number,
        "wins": predicted.wins,
    }


def _returning(line: Returning) -> Dict[str, Any]:
    return {key: value for key, value in line._asdict().items() if key != "sets"}


def _skipped(skipped_line: SkippedLine) -> Dict[str, Any]:
    line = skipped_line.line
    return {"file": line.file, "line": line.number, "reason": skipped_line.reason}
