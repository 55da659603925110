# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is attached to the host's control groups: the program, and the exceptions from it."""

import os
from contextlib import suppress
from typing import Dict, FrozenSet, List, NamedTuple, Optional, Tuple

from . import _loader
from ._loader import EXCEPTION, RULE, Values

HOST = "."

# A control group, and the name of our program on it.
Place = Tuple[str, bytes]


class State(NamedTuple):
    """``values``: those that the program sets, None where there is none; ``places``: where it is, and where
    exceptions from it are; ``pinned``: there is a pin, by which units share it; ``outdated``: it is not the
    program of this version; ``turned_on``: how many connections it has turned on, ``blindly``: some without
    their values, which this kernel does not let it set; ``given``: all that were open when it was attached
    have the values too; ``earlier``: values that open connections may have by the program."""

    values: Optional[Values]
    places: FrozenSet[Place]
    pinned: bool = False
    outdated: bool = False
    turned_on: int = 0
    blindly: bool = False
    given: bool = False
    earlier: Tuple[Values, ...] = ()

    def like(self, other: "State") -> bool:
        return self[:_COMPARED] == other[:_COMPARED]

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


def named(path: str) -> str:
    """Return what people call a control group, by its path below the root."""
    return "the whole host" if path == HOST else os.path.normpath("/" + path)


NONE = State(None, frozenset())
_COMPARED = State._fields.index("outdated") + 1


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
    pinned = _loader.is_pinned(_loader.PINNED) or os.path.lexists(_loader.PINNED + _loader.STAGED)
    program = _loader.ours(root)
    if program is None:
        return NONE._replace(places=frozenset(places), pinned=pinned)
    with _loader.closing(program), _loader.closing(_loader.program_like(program)) as current:
        values, memory = _loader.values_of(program)
        return State(
            values if any(values) else None,
            frozenset(places),
            pinned,
            _loader.info(current).number != _loader.info(program).number,
            memory.turned_on + memory.blindly,
            bool(memory.blindly),
            memory.given == memory.values and not memory.blindly,
            tuple(each for each in (values, _loader.unpacked(memory.given)) if any(each)),
        )


def remember_given(root: int) -> None:
    """Note that all open connections have the values, so that the next run need not look at each."""
    with suppress(OSError):
        program = _loader.ours(root)
        if program is not None:
            with _loader.closing(program):
                _values, memory = _loader.values_of(program)
                memory.given = memory.values
