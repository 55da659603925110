# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The transaction over kernel and files: everything changes, or nothing does."""

import os
import signal
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Sequence

from .._settings import KeepaliveError
from . import _chattr, _durable, _file, _obstacles, _sync
from ._file import Content, Link
from ._undo import Undo

_ENDING = (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM)


class Rewrite(NamedTuple):
    """A file to replace, or to remove (``after`` None), durably.

    ``backup``: the name under which to keep the earlier file. ``prepare`` is called with the name of the new
    file before it is in place, to set owner, group, mode and context; ``finish``, if given, when all files
    are in place.
    """

    path: str
    before: Optional[Content]
    after: Optional[Content]
    backup: Optional[str]
    prepare: Callable[[str], Any]
    finish: Optional[Callable[[], Any]]


class Running:
    """Changes of the running kernel, beside files: this class has none."""

    def check(self) -> None:
        """Raise KeepaliveError where they cannot be made. Changes nothing."""

    def steps(self, undo: Undo) -> Iterator[Callable[[], object]]:
        """Yield the steps; the way back from each is added to ``undo`` before it is yielded."""
        return iter(())

    def unlike_after(self) -> List[str]:
        """Return what does not read back as changed, in words for the user."""
        return []

    def unlike_before(self) -> List[str]:
        """Return what does not read back as it was before, in words for the user."""
        return []


class Plan(NamedTuple):
    """What is to change: ``rewrites`` of files, in order; ``folders`` that are made for them where they are
    missing; and what is ``running``. ``reload``, if given, is called when files have changed or are back."""

    rewrites: List[Rewrite]
    running: Running
    folders: Sequence[str] = ()
    reload: Optional[Callable[[], Any]] = None


def hold_signals() -> None:
    """Block the signals that would end the process, until it ends; a lost SSH connection sends SIGHUP."""
    signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)


def check(plan: Plan, proc: str) -> None:
    """Raise KeepaliveError if the plan cannot be carried out here. Changes nothing."""
    for folder in plan.folders:
        _obstacles.check(folder, proc)
    for rewrite in plan.rewrites:
        if os.path.dirname(rewrite.path) not in plan.folders:
            _obstacles.check(rewrite.path, proc, isinstance(rewrite.before, Link))
    plan.running.check()


def execute(plan: Plan) -> List[str]:
    """Carry out the plan and read everything back, or put back what was there and raise KeepaliveError.

    Return what could not be tidied up, one message for each; the next run does that.

    Files are renamed into place after the kernel is set: a run that is killed earlier leaves the next boot as
    it was, and the next run starts from the same state.
    """
    undo = Undo()
    try:
        _carry_out(plan, undo)
        problems = _unlike({rewrite.path: rewrite.after for rewrite in plan.rewrites})
        problems += plan.running.unlike_after()
        if problems:
            raise KeepaliveError(", ".join(problems))
    except Exception as error:
        reason = str(error).rstrip(".") or type(error).__name__
        raise KeepaliveError(f"Failed half-way: {reason}. {_put_back(plan, undo)}")
    untidy = []
    for number, rewrite in enumerate(plan.rewrites):
        try:
            if rewrite.before is not None:
                _durable.forget(rewrite.path, rewrite.backup, number)
        except OSError as error:
            untidy.append(f"The next run will remove what this one could not: {error}.")
    return untidy


def _carry_out(plan: Plan, undo: Undo) -> None:
    for folder in plan.folders:
        _durable.make_folder(folder, undo)
    staged = [
        None
        if rewrite.after is None
        else _durable.stage(rewrite.path, rewrite.after, rewrite.prepare, number, undo)
        for number, rewrite in enumerate(plan.rewrites)
    ]
    for step in plan.running.steps(undo):
        _check_signals()
        step()
    if plan.reload:
        undo.add(plan.reload)
    for number, rewrite in enumerate(plan.rewrites):
        _check_signals()
        _durable.replace(rewrite.path, staged[number], rewrite.backup, number, undo)
    # Last, since a file that is made immutable can no longer be replaced.
    for rewrite in {rewrite.path: rewrite for rewrite in plan.rewrites}.values():
        if rewrite.after is not None and rewrite.finish:
            undo.add(_chattr.unlock, rewrite.path)
            rewrite.finish()
            _sync.sync(rewrite.path)
    if plan.reload:
        plan.reload()


def _put_back(plan: Plan, undo: Undo) -> str:
    """Put back what was there; return, in words for the user, what was restored and what was not."""
    problems = undo.run()
    mismatches = _unlike({rewrite.path: rewrite.before for rewrite in reversed(plan.rewrites)})
    mismatches += plan.running.unlike_before()
    if not problems and not mismatches:
        return "Kernel and files are as they were before."
    if mismatches:
        return f"Not everything could be put back: {'; '.join(problems + mismatches).rstrip('.')}."
    failed = "; ".join(problems).rstrip(".")
    return f"Kernel and files read as they were before, but putting them back failed: {failed}."


def _unlike(files: Dict[str, Optional[Content]]) -> List[str]:
    """Return which files do not read back as given, in words for the user."""
    unlike = []
    for path, content in files.items():
        try:
            if _file.read(path) != content:
                unlike.append(_mismatch(path, content))
        except KeepaliveError as error:
            unlike.append(str(error).rstrip("."))
    return unlike


def _mismatch(path: str, content: Optional[Content]) -> str:
    if content is None:
        return f"{path} is still there"
    return f"{path} has other contents than it should" if os.path.lexists(path) else f"{path} is gone"


def _check_signals() -> None:
    """Raise KeepaliveError if a signal is pending that would have ended the process."""
    pending = signal.sigpending()
    ending = [one.name for one in _ENDING if one in pending and signal.getsignal(one) != signal.SIG_IGN]
    if ending:
        raise KeepaliveError("interrupted by " + ", ".join(ending))
