# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The programs that are on the host's control groups: looked at, and changed in a transaction."""

import os
from contextlib import ExitStack, suppress
from functools import partial
from typing import Any, Callable, Dict, FrozenSet, Iterator, List, NamedTuple, Optional, Tuple

from .._apply._transaction import Running
from .._apply._undo import Undo
from .._settings import KeepaliveError
from . import _loader
from ._loader import EXCEPTION, RULE, Values

HOST = "."

# A control group, and the name of our program on it.
Place = Tuple[str, bytes]
_NO_VALUES = Values(0, 0, 0)
_WORDS = {RULE: "tcp_keepalive", EXCEPTION: "its exception"}


class State(NamedTuple):
    """``values``: those that the program sets, None where there is none; ``places``: where it is, and where
    exceptions from it are; ``outdated``: it is not the program of this version; ``turned_on``: how many
    connections it has turned on; ``given``: all that were open when it was attached have the values too."""

    values: Optional[Values]
    places: FrozenSet[Place]
    outdated: bool = False
    turned_on: int = 0
    given: bool = False

    def like(self, other: "State") -> bool:
        return (self.values, self.places, self.outdated) == (other.values, other.places, other.outdated)

    def paths(self, name: bytes) -> List[str]:
        return sorted(path for path, program in self.places if program == name)

    def units(self, name: bytes) -> List[str]:
        return sorted(os.path.basename(path) for path in self.paths(name) if path != HOST)

    def as_result(self) -> Optional[Dict[str, object]]:
        if self.values is None or not self.places:
            return None
        return dict(
            scope="host" if (HOST, RULE) in self.places else "units",
            units=self.units(RULE),
            except_units=self.units(EXCEPTION),
            **dict(self.values._asdict(), user_timeout=self.values.user_timeout or None),
        )


NONE = State(None, frozenset())


def look(root: int) -> State:
    """Return what is attached; OSError where that may not be seen."""
    places = set()
    for path in (HOST, *_loader.unit_groups(root)):
        with suppress(FileNotFoundError), _loader.group_of(root, path) as group:
            for name in (RULE, EXCEPTION):
                program = _loader.find(group, name)
                if program is not None:
                    os.close(program)
                    places.add((path, name))
    program = _loader.ours(root)
    if program is None:
        return NONE._replace(places=frozenset(places))
    with _loader.closing(program), _loader.closing(_loader.program_like(program)) as current:
        values, memory = _loader.values_of(program)
        return State(
            values if any(values) else None,
            frozenset(places),
            _loader.info(current).number != _loader.info(program).number,
            memory.turned_on + memory.blindly,
            # What was turned on blindly has no values from the program.
            memory.given == memory.values and not memory.blindly,
        )


def remember_given(root: int) -> None:
    """Note that all open connections have the values, so that the next run need not look at each."""
    program = _loader.ours(root)
    if program is not None:
        with _loader.closing(program):
            _values, memory = _loader.values_of(program)
            memory.given = memory.values


class Programs(Running):
    """The change from one state to another. ``root``: the root of the control groups; ``opened`` closes what
    is opened for it, once nothing can have to be undone."""

    def __init__(self, root: int, before: State, after: State, opened: ExitStack) -> None:
        self._root, self._before, self._after, self._opened = root, before, after, opened

    def check(self) -> None:
        for path, _name in self._after.places - self._before.places:
            try:
                _loader.check_group(self._root, path)
            except _loader.Refused as error:
                raise KeepaliveError(f"Nothing was changed, since {error}.")

    def steps(self, undo: Undo) -> Iterator[Callable[[], object]]:
        before, after = self._before, self._after
        earlier = self._keep(_loader.ours(self._root))
        program = self._keep(_loader.program_like(earlier))
        exception = self._keep(_loader.load(_loader.exception(), EXCEPTION))
        now, then = {RULE: program, EXCEPTION: exception}, {RULE: earlier or program, EXCEPTION: exception}
        undo.add(_loader.set_values, program, before.values or _NO_VALUES)
        yield partial(_loader.set_values, program, after.values or _NO_VALUES)
        if os.path.lexists(_loader.PINNED):
            undo.add(_loader.pin, _loader.PINNED, then[RULE])
        else:
            undo.add(_loader.unpin, _loader.PINNED)
        if after.units(RULE):
            yield partial(_loader.pin, _loader.PINNED, program)
        for path, name in sorted(after.places):
            if (path, name) in before.places:
                undo.add(self._attach, path, then[name])
            else:
                undo.add(self._detach, path, name)
            yield partial(self._attach, path, now[name])
        for path, name in sorted(before.places - after.places):
            undo.add(self._attach, path, then[name])
            yield partial(self._detach, path, name)
        if not after.units(RULE):
            yield partial(_loader.unpin, _loader.PINNED)

    def _keep(self, descriptor: Optional[int]) -> Any:
        if descriptor is not None:
            self._opened.callback(os.close, descriptor)
        return descriptor

    def _attach(self, path: str, program: int) -> None:
        with _loader.group_of(self._root, path) as group:
            _loader.attach(group, program)

    def _detach(self, path: str, name: bytes) -> None:
        with _loader.group_of(self._root, path) as group:
            _loader.detach(group, name)

    def unlike_after(self) -> List[str]:
        return self._unlike(self._after)

    def unlike_before(self) -> List[str]:
        return self._unlike(self._before)

    def _unlike(self, wanted: State) -> List[str]:
        seen = look(self._root)
        unlike = [f"{_WORDS[name]} is not on {path}" for path, name in wanted.places - seen.places]
        unlike += [f"{_WORDS[name]} is still on {path}" for path, name in seen.places - wanted.places]
        if seen.values != wanted.values:
            unlike.append(f"the program's values read {seen.values}, not {wanted.values}")
        return unlike
