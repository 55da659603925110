# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The transaction over kernel and files: what is to change, and the way there or back."""

from contextlib import ExitStack
from typing import Any, Callable, Dict, List, NamedTuple, Optional

from ansible_collections.netops.tcp_keepalive.plugins.module_utils import _dropin, _kernel
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import KeepaliveError


class Rewrite(NamedTuple):
    """A file to replace, or to remove (``after`` None), durably.

    ``backup``: the name to keep the earlier file under. ``prepare`` is called with the name of the new file before anyone
    sees it, to give it owner, group, mode and context; ``finish`` when it is in place.
    """

    path: str
    before: Optional[bytes]
    after: Optional[bytes]
    backup: Optional[str]
    prepare: Callable[[str], Any]
    finish: Callable[[], Any]


class Plan(NamedTuple):
    """What is to change: files, and the kernel's values by name. ``runtime``: the kernel's values before, if readable."""

    rewrites: List[Rewrite]
    writes: Dict[str, int]
    runtime: Optional[Dict[str, int]]


def check(plan: Plan, proc: str) -> None:
    """Raise KeepaliveError if the plan can not be carried out here. Changes nothing."""
    for rewrite in plan.rewrites:
        _dropin.check_writable(rewrite.path)
    _kernel.check_writable(proc, plan.writes)


def execute(plan: Plan, proc: str) -> None:
    """Carry out the plan and read everything back, or put back what was there and raise KeepaliveError.

    The renames come after the kernel: a run that is killed earlier leaves the next boot as it was, and the next run has the
    same way to go.
    """
    try:
        with ExitStack() as undo:
            staged = [_stage(rewrite, undo) for rewrite in plan.rewrites]
            for name, value in plan.writes.items():
                undo.callback(_kernel.write, proc, name, plan.runtime[name])
                _kernel.write(proc, name, value)
            for rewrite, new in zip(plan.rewrites, staged):
                _dropin.replace(rewrite.path, new, rewrite.backup, undo)
                if new:
                    rewrite.finish()
            _verify({rewrite.path: rewrite.after for rewrite in plan.rewrites}, plan.writes, proc)
            undo.pop_all()
    except (OSError, KeepaliveError) as error:
        try:
            earlier = {rewrite.path: rewrite.before for rewrite in plan.rewrites}
            _verify(earlier, {name: plan.runtime[name] for name in plan.writes}, proc)
            restored = "Kernel and files are as they were before."
        except (OSError, KeepaliveError) as other:
            restored = "Not all could be put back: {0}.".format(str(other).rstrip("."))
        raise KeepaliveError("Failed half-way: {0}. {1}".format(str(error).rstrip("."), restored))
    for rewrite in plan.rewrites:
        if not rewrite.backup:
            _dropin.forget(rewrite.path)


def _stage(rewrite: Rewrite, undo: ExitStack) -> Optional[str]:
    return None if rewrite.after is None else _dropin.stage(rewrite.path, rewrite.after, rewrite.prepare, undo)


def _verify(files: Dict[str, Optional[bytes]], values: Dict[str, int], proc: str) -> None:
    for path, data in files.items():
        if _dropin.read(path) != data:
            raise KeepaliveError("{0} does not read back as {1}".format(path, "removed" if data is None else "written"))
    found = _kernel.read(proc) if values else {}
    for name, value in values.items():
        if found[name] != value:
            raise KeepaliveError("net.ipv4.tcp_keepalive_{0} reads {1}, not {2}".format(name, found[name], value))
