# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The transaction over kernel and files: everything changes, or nothing does."""

import os
import signal
from typing import Dict, List, NamedTuple, Optional

from .. import _kernel
from .._settings import KeepaliveError
from . import _chattr, _dropin, _durable, _obstacles, _sync
from ._rewrites import Rewrite
from ._undo import Undo

_ENDING = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)


class Plan(NamedTuple):
    """What is to change: ``rewrites`` of files, in order, and ``writes`` to the kernel, by name.

    ``runtime``: the kernel's values before; empty where they cannot be read, and then nothing is written to
    it.
    """

    rewrites: List[Rewrite]
    writes: Dict[str, int]
    runtime: Dict[str, int]


def hold_signals() -> None:
    """Block the signals that would end the process, until it ends; a lost SSH connection sends SIGHUP."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)


def check(plan: Plan, proc: str) -> None:
    """Raise KeepaliveError if the plan cannot be carried out here. Changes nothing."""
    for rewrite in plan.rewrites:
        _obstacles.check(rewrite.path, proc)
    _kernel.check_writable(proc, plan.writes)


def execute(plan: Plan, proc: str) -> List[str]:
    """Carry out the plan and read everything back, or put back what was there and raise KeepaliveError.

    Return what could not be tidied up, one message for each; the next run does that.

    Files are renamed into place after the kernel is set: a run that is killed earlier leaves the next boot as
    it was, and the next run starts from the same state.
    """
    undo = Undo()
    try:
        _carry_out(plan, proc, undo)
        problems = _mismatches({rewrite.path: rewrite.after for rewrite in plan.rewrites}, plan.writes, proc)
        if problems:
            raise KeepaliveError(", ".join(problems))
    except Exception as error:
        reason = str(error).rstrip(".") or type(error).__name__
        raise KeepaliveError(f"Failed half-way: {reason}. {_put_back(plan, proc, undo)}")
    untidy = []
    for number, rewrite in enumerate(plan.rewrites):
        try:
            if rewrite.before is not None:
                _durable.forget(rewrite.path, rewrite.backup, number)
        except OSError as error:
            untidy.append(f"The next run will remove what this one could not: {error}.")
    return untidy


def _carry_out(plan: Plan, proc: str, undo: Undo) -> None:
    staged = [
        None
        if rewrite.after is None
        else _durable.stage(rewrite.path, rewrite.after, rewrite.prepare, number, undo)
        for number, rewrite in enumerate(plan.rewrites)
    ]
    for name, value in plan.writes.items():
        _check_signals()
        undo.add(_kernel.write, proc, name, plan.runtime[name])
        _kernel.write(proc, name, value)
    for number, rewrite in enumerate(plan.rewrites):
        _check_signals()
        _durable.replace(rewrite.path, staged[number], rewrite.backup, number, undo)
    # Last, since a file that is made immutable can no longer be replaced.
    for rewrite in {rewrite.path: rewrite for rewrite in plan.rewrites}.values():
        if rewrite.after is not None and rewrite.finish:
            undo.add(_chattr.unlock, rewrite.path)
            rewrite.finish()
            _sync.sync(rewrite.path)


def _put_back(plan: Plan, proc: str, undo: Undo) -> str:
    """Put back what was there; return, in words for the user, what was restored and what was not."""
    problems = undo.run()
    before = {rewrite.path: rewrite.before for rewrite in reversed(plan.rewrites)}
    mismatches = _mismatches(before, {name: plan.runtime[name] for name in plan.writes}, proc)
    if not problems and not mismatches:
        return "Kernel and files are as they were before."
    if mismatches:
        return f"Not everything could be put back: {'; '.join(problems + mismatches).rstrip('.')}."
    failed = "; ".join(problems).rstrip(".")
    return f"Kernel and files read as they were before, but putting them back failed: {failed}."


def _mismatches(files: Dict[str, Optional[bytes]], values: Dict[str, int], proc: str) -> List[str]:
    """Return what does not read back as given, in words for the user."""
    mismatches = []
    for path, data in files.items():
        try:
            if _dropin.read(path) != data:
                mismatches.append(_mismatch(path, data))
        except KeepaliveError as error:
            mismatches.append(str(error).rstrip("."))
    try:
        runtime = _kernel.read(proc) if values else {}
    except KeepaliveError as error:
        return [*mismatches, str(error).rstrip(".")]
    return mismatches + [
        f"net.ipv4.tcp_keepalive_{name} reads {runtime[name]}, not {value}"
        for name, value in values.items()
        if runtime[name] != value
    ]


def _mismatch(path: str, data: Optional[bytes]) -> str:
    if data is None:
        return f"{path} is still there"
    return f"{path} has other contents than it should" if os.path.lexists(path) else f"{path} is gone"


def _check_signals() -> None:
    """Raise KeepaliveError if a signal is pending that would have ended the process."""
    pending = signal.sigpending()
    ending = [one.name for one in _ENDING if one in pending and signal.getsignal(one) != signal.SIG_IGN]
    if ending:
        raise KeepaliveError("interrupted by " + ", ".join(ending))
