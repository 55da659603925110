# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs on control groups, changed in a transaction."""

import os
from contextlib import ExitStack, suppress
from functools import partial
from typing import Any, Callable, Iterator, List, Optional

from .._apply._transaction import Running
from .._apply._undo import Undo
from .._settings import KeepaliveError
from . import _attached, _loader
from ._attached import State
from ._loader import EXCEPTION, NO_VALUES, RULE

_WORDS = {RULE: "tcp_keepalive", EXCEPTION: "its exception"}


class Programs(Running):
    """The change from one state to another. ``root``: the root of the control groups; ``opened`` closes what
    is opened for it, once nothing can have to be undone."""

    def __init__(self, root: int, before: State, after: State, opened: ExitStack) -> None:
        self._root, self._before, self._after, self._opened = root, before, after, opened

    def check(self) -> None:
        folder = os.path.dirname(_loader.PINNED)
        if self._after.units(RULE) and not os.path.ismount(folder):
            raise KeepaliveError(
                f"Nothing was changed, since units share their program by a file in {folder}, where no BPF "
                "file system is mounted. systemd does so at boot; by hand: "
                f'"mount -t bpf -o mode=0700 none {folder}".'
            )
        try:
            if self._after.units(RULE):
                _loader.check_pin()
            for path, _name in self._after.places - self._before.places:
                _loader.check_group(self._root, path)
        except _loader.Refused as error:
            raise KeepaliveError(f"Nothing was changed, since {error}.")

    def steps(self, undo: Undo) -> Iterator[Callable[[], object]]:
        before, after = self._before, self._after
        earlier = self._keep(_loader.ours(self._root))
        program = self._keep(_loader.program_like(earlier))
        exception = self._keep(_loader.load(_loader.exception(), EXCEPTION))
        now, then = {RULE: program, EXCEPTION: exception}, {RULE: earlier or program, EXCEPTION: exception}
        undo.add(_loader.set_values, program, before.values or NO_VALUES)
        yield partial(_loader.set_values, program, after.values or NO_VALUES)
        if before.pinned:
            undo.add(_loader.pin, _loader.PINNED, then[RULE])
        else:
            undo.add(_loader.unpin, _loader.PINNED)
        if after.units(RULE):
            yield partial(_loader.pin, _loader.PINNED, program)
        # At no time the rule is on what is to be left alone.
        for path, name in sorted(after.places, key=lambda place: (place[1] == RULE, place)):
            if (path, name) in before.places:
                undo.add(self._attach, path, then[name])
            else:
                undo.add(self._detach, path, name)
            yield partial(self._attach, path, now[name])
        for path, name in sorted(before.places - after.places, key=lambda place: (place[1] != RULE, place)):
            undo.add(self._attach, path, then[name])
            yield partial(self._detach, path, name)
        if not after.units(RULE):
            yield partial(_loader.unpin, _loader.PINNED)

    def _keep(self, descriptor: Optional[int]) -> Any:
        if descriptor is not None:
            self._opened.callback(os.close, descriptor)
        return descriptor

    # A unit may end at any moment, and its group with it. Its next start has our unit follow it.
    def _attach(self, path: str, program: int) -> None:
        with suppress(FileNotFoundError), _loader.group_of(self._root, path) as group:
            _loader.attach(group, program)

    def _detach(self, path: str, name: bytes) -> None:
        with suppress(FileNotFoundError), _loader.group_of(self._root, path) as group:
            _loader.detach(group, name)

    def unlike_after(self) -> List[str]:
        return self._unlike(self._after)

    def unlike_before(self) -> List[str]:
        return self._unlike(self._before)

    def _unlike(self, wanted: State) -> List[str]:
        try:
            seen = _attached.look(self._root)
        except OSError as error:
            return [f"what is attached cannot be read ({error})"]
        there = {_attached.HOST, *_loader.unit_groups(self._root)}
        missing = [place for place in wanted.places - seen.places if place[0] in there]
        unlike = [f"{_WORDS[name]} is not on {_attached.named(path)}" for path, name in missing]
        unlike += [
            f"{_WORDS[name]} is still on {_attached.named(path)}"
            for path, name in seen.places - wanted.places
        ]
        if seen.values != wanted.values:
            unlike.append(f"the program's values read {seen.values}, not {wanted.values}")
        return unlike
