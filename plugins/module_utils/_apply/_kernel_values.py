# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kernel's three values, as a transaction changes them."""

from functools import partial
from typing import Callable, Dict, Iterator, List

from .. import _kernel
from .._settings import KeepaliveError
from ._transaction import Running
from ._undo import Undo


class KernelValues(Running):
    """``writes``: the values to set, by name; ``before``: those that it has, all of ``writes`` among them."""

    def __init__(self, proc: str, writes: Dict[str, int], before: Dict[str, int]) -> None:
        self._proc, self._writes, self._before = proc, writes, before

    def check(self) -> None:
        _kernel.check_writable(self._proc, self._writes)

    def steps(self, undo: Undo) -> Iterator[Callable[[], object]]:
        for name, value in self._writes.items():
            undo.add(_kernel.write, self._proc, name, self._before[name])
            yield partial(_kernel.write, self._proc, name, value)

    def unlike_after(self) -> List[str]:
        return self._unlike(self._writes)

    def unlike_before(self) -> List[str]:
        return self._unlike({name: self._before[name] for name in self._writes})

    def _unlike(self, values: Dict[str, int]) -> List[str]:
        try:
            runtime = _kernel.read(self._proc) if values else {}
        except KeepaliveError as error:
            return [str(error).rstrip(".")]
        return [
            f"net.ipv4.tcp_keepalive_{name} reads {runtime[name]}, not {value}"
            for name, value in values.items()
            if runtime[name] != value
        ]
