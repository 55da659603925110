# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task of tcp_keepalive_always, from its request to its result: look, change what differs, read it back."""

import errno
import os
from contextlib import ExitStack
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

from .._apply import _leftovers, _lock, _transaction
from .._apply._transaction import Running
from .._settings import SETTINGS, KeepaliveError
from .._utf8 import in_utf8
from . import _at_boot, _attached, _boot_files, _connections, _loader, _open, _request, _trial, _units
from ._attached import State
from ._loader import EXCEPTION, RULE
from ._programs import Programs
from ._request import Request

_ELSEWHERE = (
    "Nothing was changed. In a container, attach it on the container's host, which reaches its containers "
    'too. To only change the next boot: "apply: false".'
)
_ONLY_ON = (
    f"This kernel ({os.uname().release}) can turn keepalive on for new connections, but cannot set their "
    "values or user_timeout, as Linux can from 6.1 on. They have the values of their network namespace."
)

# Of a kernel that has no such programs, no control groups of version 2, or not even the system call.
_IMPOSSIBLE = (errno.ENOSYS, errno.EINVAL, errno.ENODEV)


class Task(NamedTuple):
    """A call of the module. ``root`` is a prefix of paths, "" for /; ``proc``: the host's /proc; ``reload``
    lets systemd read its units anew."""

    request: Request
    root: str
    proc: str
    check_mode: bool
    diff: bool
    warn: Callable[[str], Any]
    reload: Callable[[], object]


class Unfinished(Exception):
    """What could not be done after programs and files were changed."""


def run(task: Task) -> Dict[str, Any]:
    """Return the task's result. KeepaliveError or OSError where it fails, with programs and files as they
    were before; Unfinished where only open connections could not be reached. Those that were turned on stay
    so."""
    with ExitStack() as opened:
        if not task.check_mode:
            opened.enter_context(_lock.held(task.root + "/etc"))
            if task.request.persist:
                for folder in _at_boot.folders(task.root):
                    _leftovers.sweep(task.root + folder)
        return _converge(task, opened)


def _converge(task: Task, opened: ExitStack) -> Dict[str, Any]:
    request = task.request
    boot = _at_boot.look(task.root)
    changes = _boot_files.changes(task.root, request) if request.persist else {}
    root = _root_of_groups(task, opened) if request.apply else None
    before, after = _states(task, root) if root is not None else (_attached.NONE, _attached.NONE)
    attaches = root is not None and not before.like(after)
    running = Programs(root, before, after, opened) if root is not None and attaches else Running()
    plan = _boot_files.plan(task.root, changes, running, task.reload)
    _transaction.check(plan, task.proc)
    if root is not None and after.places - before.places:
        _try_kernel(task, root)
    elif after.places and before.blindly:
        task.warn(_ONLY_ON)
    if request.open:
        _open.check(task.proc)

    result: Dict[str, Any] = {}
    if task.diff:
        from . import _diff

        result["diff"] = _diff.diff(before, after, plan.rewrites)
    if (changes or attaches) and not task.check_mode:
        _transaction.hold_signals()
        for problem in _transaction.execute(plan):
            task.warn(in_utf8(problem))
        _boot_files.tidy(task.root, changes)
    connections = None
    if request.open and root is not None and after.values:
        groups = _connections.groups(root, after.paths(RULE), after.paths(EXCEPTION))
        given = before.given and not attaches
        try:
            connections = _open.turn_on(
                task.root, task.proc, groups, after.values, before.earlier, given, task.check_mode, task.warn
            )
        except OSError as error:
            raise Unfinished(
                f"Open connections could not all be reached: {error.strerror or error}. New ones have it. "
                "Run again."
            )
        if not given and not task.check_mode:
            _attached.remember_given(root)
    boot_after = _boot_files.asked(request) if request.persist else boot
    return dict(
        result,
        changed=bool(changes or attaches or (connections and connections.changed)),
        program={"before": before.as_result(), "after": after.as_result()},
        boot={"before": boot and boot.as_result(), "after": boot_after and boot_after.as_result()},
        connections=connections and connections.as_result(),
    )


def _root_of_groups(task: Task, opened: ExitStack) -> Optional[int]:
    """Return the root of the control groups, held until the end; None where nothing can be attached, and
    nothing is to be."""
    try:
        root = opened.enter_context(_loader.root_group(task.proc))
        _attached.look(root)
        return root
    except OSError as error:
        if task.request.absent and error.errno in _IMPOSSIBLE:
            return None
        raise _no_programs(error)


def _no_programs(error: OSError) -> KeepaliveError:
    advice = _ELSEWHERE if os.geteuid() == 0 else 'Nothing was changed. Run as root ("become: true").'
    return KeepaliveError(f"BPF programs cannot be used here: {error.strerror or error}. {advice}")


def _try_kernel(task: Task, root: int) -> None:
    """Raise KeepaliveError where a program could not do anything; warn where it cannot do all of it."""
    try:
        only_on = _trial.only_turns_on(root)
    except OSError as error:
        raise _no_programs(error)
    if only_on:
        task.warn(_ONLY_ON)


def _states(task: Task, root: int) -> Tuple[State, State]:
    """Return what is attached, and what is to be."""
    request = task.request
    before = _attached.look(root)
    if request.absent:
        return before, _attached.NONE._replace(turned_on=before.turned_on)
    try:
        values = _loader.chosen(request.values, task.proc)
    except _loader.Refused as error:
        raise KeepaliveError(f"Nothing was changed, since {error}. Give the value.")
    own = [_loader.host_value(setting.name, task.proc) for setting in SETTINGS]
    for problem in _request.check_user_timeout(values) + _request.check_sysctls(values, own):
        task.warn(problem)
    running = _running(task, root, request.units)
    places = {(path, RULE) for path in running or ([] if request.units else [_attached.HOST])}
    places |= {(path, EXCEPTION) for path in _running(task, root, request.except_units)}
    return before, State(
        values if places else None, frozenset(places), bool(running), turned_on=before.turned_on
    )


def _running(task: Task, root: int, units: List[str]) -> List[str]:
    """Return the control groups of those units that run. KeepaliveError for a unit that is not known, or that
    nothing could be done for."""
    paths = []
    if units and not any(_loader.unit_groups(root)):
        raise KeepaliveError(
            "systemd's units have no control groups of version 2 here, which single units need. Nothing was "
            "changed. Use it for the whole host, or boot with systemd.unified_cgroup_hierarchy=1."
        )
    for unit in units:
        unit_itself = _units.alias_of(task.root, unit)
        if unit_itself:
            raise KeepaliveError(
                f"{unit} is another name of {unit_itself}. Nothing was changed. Name the unit itself."
            )
        path = _loader.find_unit(root, unit)
        if path:
            paths.append(path)
        elif unit.endswith(".slice") and not _units.is_known(task.root, unit) and task.request.persist:
            task.warn(f"There is no {unit} yet: nothing is turned on until it is there. Check its name.")
        elif not _units.is_known(task.root, unit):
            raise KeepaliveError(f"systemd knows no unit {unit}. Nothing was changed. Check its name.")
        elif not task.request.persist:
            raise KeepaliveError(
                f'{unit} does not run, and "persist" is off: there is nothing to do for it. Nothing was '
                "changed. Start it first, or leave it out."
            )
    return paths
