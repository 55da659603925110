# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The transaction over kernel and file: what there is, what is to be, and the way there or back."""

from contextlib import ExitStack
from typing import Any, Callable, Dict, Iterable, NamedTuple, Optional

from ansible_collections.netops.tcp_keepalive.plugins.module_utils import _content, _dropin, _kernel
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import DEFAULTS, KeepaliveError


class State(NamedTuple):
    """Both lives: the kernel's three values (None: not readable) and our file's data (None: no file)."""

    runtime: Optional[Dict[str, int]]
    data: Optional[bytes]


class Want(NamedTuple):
    """What the task asks: ``data`` None for no file, ``values`` by name, and which of the two lives to change."""

    values: Dict[str, int]
    data: Optional[bytes]
    persist: bool
    apply: bool


class Plan(NamedTuple):
    """The way from one state to another. ``rewrite``: the file is replaced or removed; ``writes``: kernel values."""

    before: State
    after: State
    rewrite: bool
    writes: Dict[str, int]


def boot(path: str, data: Optional[bytes]) -> Dict[str, Dict[str, Any]]:
    """Return what the next boot sets by our file alone: value, file and line of each (file None: kernel default)."""
    found = _content.entries(data)
    return {
        name: {"value": found[name].value, "file": path, "line": found[name].line}
        if name in found
        else {"value": default, "file": None, "line": None}
        for name, default in DEFAULTS.items()
    }


def plan(have: State, want: Want, attributes_differ: bool) -> Plan:
    """Return the way from ``have`` to ``want``. Pure: nothing is read or changed."""
    data = want.data if want.persist else have.data
    rewrite = data != have.data or (data is not None and want.persist and attributes_differ)
    writes = {}
    if want.apply:
        at_boot = {name: entry["value"] for name, entry in boot("", data).items()}
        if want.data is None:
            targets = at_boot
        else:
            dropped = set(_content.entries(have.data)) - set(_content.entries(data))
            targets = dict({name: at_boot[name] for name in dropped}, **want.values)
        writes = {name: targets[name] for name in DEFAULTS if name in targets and targets[name] != have.runtime[name]}
    runtime = have.runtime and dict(have.runtime, **writes)
    return Plan(have, State(runtime, data), rewrite, writes)


def check(planned: Plan, path: str, proc: str) -> None:
    """Raise KeepaliveError if the plan can not be carried out here. Changes nothing."""
    if planned.rewrite:
        _dropin.check_writable(path)
    _kernel.check_writable(proc, planned.writes)


def execute(
    planned: Plan, path: str, proc: str, backup: Optional[str], prepare: Callable[[str], Any], finish: Callable[[], Any]
) -> None:
    """Carry out the plan and read both lives back, or put back what was there and raise KeepaliveError.

    ``backup`` is the name to keep the earlier file under; ``prepare`` is as for _dropin.stage; ``finish`` is called when
    a new file is in place. The rename comes after the kernel: a run that is killed earlier leaves the next boot as
    it was, and the next run has the same way to go.
    """
    try:
        with ExitStack() as undo:
            staged = None
            if planned.rewrite and planned.after.data is not None:
                staged = _dropin.stage(path, planned.after.data, prepare, undo)
            for name, value in planned.writes.items():
                undo.callback(_kernel.write, proc, name, planned.before.runtime[name])
                _kernel.write(proc, name, value)
            if planned.rewrite:
                _dropin.replace(path, staged, backup, undo)
            if staged:
                finish()
            _verify(planned.after, planned.writes, path, proc)
            undo.pop_all()
    except (OSError, KeepaliveError) as error:
        try:
            _verify(planned.before, planned.writes, path, proc)
            restored = "Kernel and file are as they were before."
        except (OSError, KeepaliveError) as other:
            restored = "Not all could be put back: {0}.".format(str(other).rstrip("."))
        raise KeepaliveError("Failed half-way: {0}. {1}".format(str(error).rstrip("."), restored))
    if planned.rewrite and not backup:
        _dropin.forget(path)


def _verify(state: State, names: Iterable[str], path: str, proc: str) -> None:
    if _dropin.read(path) != state.data:
        raise KeepaliveError("{0} does not read back as {1}".format(path, "removed" if state.data is None else "written"))
    found = _kernel.read(proc) if names else {}
    for name in names:
        if found[name] != state.runtime[name]:
            raise KeepaliveError("net.ipv4.tcp_keepalive_{0} reads {1}, not {2}".format(name, found[name], state.runtime[name]))
