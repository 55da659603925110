# SPDX-License-Identifier: GPL-3.0-or-later
"""The transaction over kernel and files: what is to change, and the way there or back."""

import os
import signal
from typing import Any, Callable, Dict, List, NamedTuple, Optional

from .. import _dropin, _kernel
from .._settings import KeepaliveError
from . import _durable, _leftovers

_ENDING = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)


class Rewrite(NamedTuple):
    """A file to replace, or to remove (``after`` None), durably.

    ``backup``: the name to keep the earlier file under. ``prepare`` is called with the name of the new file before anyone
    sees it, to give it owner, group, mode and context; ``finish``, if there is one, when all files are in place.
    """

    path: str
    before: Optional[bytes]
    after: Optional[bytes]
    backup: Optional[str]
    prepare: Callable[[str], Any]
    finish: Optional[Callable[[], Any]]


class Plan(NamedTuple):
    """What is to change: files, step by step, and the kernel's values by name. ``runtime``: its values before, if readable."""

    rewrites: List[Rewrite]
    writes: Dict[str, int]
    runtime: Optional[Dict[str, int]]


def hold_signals() -> None:
    """Hold back what would end the process, until it ends; SIGHUP is what a lost SSH connection sends."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)


def check(plan: Plan, proc: str) -> None:
    """Raise KeepaliveError if the plan can not be carried out here. Changes nothing."""
    for rewrite in plan.rewrites:
        _durable.check(rewrite.path, proc)
    _kernel.check_writable(proc, plan.writes)


def execute(plan: Plan, proc: str) -> List[str]:
    """Carry out the plan and read everything back, or put back what was there and raise KeepaliveError.

    Return what could not be tidied up, in words for the user; the next run does that.

    The renames come after the kernel: a run that is killed earlier leaves the next boot as it was, and the next run has the
    same way to go.
    """
    undo = _durable.Undo()
    try:
        _carry_out(plan, proc, undo)
        problems = _differences({one.path: one.after for one in plan.rewrites}, plan.writes, proc)
        if problems:
            raise KeepaliveError(", ".join(problems))
    except Exception as error:
        reason = str(error).rstrip(".") or type(error).__name__
        raise KeepaliveError(f"Failed half-way: {reason}. {_go_back(plan, proc, undo)}")
    untidy = []
    for number, rewrite in enumerate(plan.rewrites):
        try:
            if rewrite.before is not None:
                _durable.forget(rewrite.path, rewrite.backup, number)
        except OSError as error:
            untidy.append(f"The next run will remove what this one could not: {error}.")
    return untidy


def _carry_out(plan: Plan, proc: str, undo: _durable.Undo) -> None:
    staged = []
    for number, one in enumerate(plan.rewrites):
        staged.append(
            None if one.after is None else _durable.stage(one.path, one.after, one.prepare, number, undo)
        )
    for name, value in plan.writes.items():
        _check_signals()
        undo.add(_kernel.write, proc, name, plan.runtime[name])
        _kernel.write(proc, name, value)
    for number, one in enumerate(plan.rewrites):
        _check_signals()
        _durable.replace(one.path, staged[number], one.backup, number, undo)
    # Last, since what makes a file immutable keeps it from being replaced, too.
    for one in {one.path: one for one in plan.rewrites}.values():
        if one.after is not None and one.finish:
            undo.add(_durable.unlock, one.path)
            one.finish()
            _leftovers.sync(one.path)


def _go_back(plan: Plan, proc: str, undo: _durable.Undo) -> str:
    """Put back what was there; return, in words for the user, what was restored, and else what is where."""
    problems = undo.take()
    before = {one.path: one.before for one in reversed(plan.rewrites)}
    differ = _differences(before, {name: plan.runtime[name] for name in plan.writes}, proc)
    if not problems and not differ:
        return "Kernel and files are as they were before."
    first = (
        "Not all could be put back"
        if differ
        else "Kernel and files read as they were before, but putting them back failed"
    )
    return f"{first}: {'; '.join(problems + differ).rstrip('.')}."


def _differences(files: Dict[str, Optional[bytes]], values: Dict[str, int], proc: str) -> List[str]:
    """Return what does not read back, in words for the user."""
    found = []
    for path, data in files.items():
        try:
            if _dropin.read(path) != data:
                state = "has other data than it should" if os.path.lexists(path) else "is gone"
                found.append(f"{path} {'is still there' if data is None else state}")
        except KeepaliveError as error:
            found.append(str(error).rstrip("."))
    try:
        runtime = _kernel.read(proc) if values else {}
    except KeepaliveError as error:
        return [*found, str(error).rstrip(".")]
    expected = [(name, value) for name, value in values.items() if runtime[name] != value]
    return found + [
        f"net.ipv4.tcp_keepalive_{name} reads {runtime[name]}, not {value}" for name, value in expected
    ]


def _check_signals() -> None:
    """Raise KeepaliveError if a signal is waiting that would have ended the process."""
    waiting = [
        one.name for one in _ENDING if one in signal.sigpending() and signal.getsignal(one) != signal.SIG_IGN
    ]
    if waiting:
        raise KeepaliveError("interrupted by " + ", ".join(waiting))
