# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of a change as rewrites of files: ours, and those of others."""

import os
from typing import Any, Callable, List, NamedTuple, Optional, Tuple

from ansible_collections.netops.tcp_keepalive.plugins.module_utils import _commit, _converge, _durable, _leftovers
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._next_boot import NextBoot
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import KeepaliveError


class Ours(NamedTuple):
    """Our file: its path as the boot tools see it, its data (None: there is none), and whether to keep that in a backup.

    ``give`` is called with the name of a new file, to give it owner, group, mode and context; ``finish``, if there is one,
    when all files are in place.
    """

    path: str
    before: Optional[bytes]
    backup: bool
    give: Callable[[str], Any]
    finish: Optional[Callable[[], Any]]


def in_steps(
    root: str, next_boot: NextBoot, steps: List[Tuple[str, Optional[bytes]]], ours: Ours, warn: Callable[[str], Any]
) -> List[_converge.Rewrite]:
    """Return the rewrites for the steps, (path, data), each from what the one before it leaves."""
    held, rewrites = {ours.path: ours.before}, []
    for path, data in steps:
        disk = os.path.join(root, path.lstrip("/"))
        if path == ours.path:
            first = path not in dict(steps[: len(rewrites)])
            rewrites.append(_of_ours(disk, held[path], data, ours, first, warn))
        else:
            rewrites.append(_of_others(next_boot, path, disk, held.get(path), data))
        held[path] = data
    return rewrites


def _of_ours(
    disk: str, before: Optional[bytes], after: Optional[bytes], ours: Ours, first: bool, warn: Callable[[str], Any]
) -> _converge.Rewrite:
    """Return a change of our file; the first one may leave a backup."""
    exists = os.path.lexists(disk)

    def prepare(staged: str) -> None:
        # What is asked in relation (mode g+w) starts from the earlier file's.
        if exists:
            _durable.copy_attributes(disk, staged)
        ours.give(staged)

    if before is not None and first and _durable.other_names(disk):
        warn("{0} has another name (a hard link), which keeps the earlier text.".format(disk))
    keep = ours.backup and before is not None and first
    return _converge.Rewrite(disk, before, after, _leftovers.backup_path(disk) if keep else None, prepare, ours.finish)


def _of_others(next_boot: NextBoot, path: str, disk: str, held: Optional[bytes], data: Optional[bytes]) -> _converge.Rewrite:
    """Return a change of a file of others, which keeps its attributes; what the first change takes away is in a backup."""
    if held is None and _durable.other_names(disk):
        raise KeepaliveError("{0} has another name (a hard link), and is not changed. Mend it by hand.".format(path))
    before = next_boot.read(path) if held is None else held
    loses = held is None and not data.startswith(_commit.without_pins(before))
    backup = _leftovers.backup_path(disk) if loses else None
    return _converge.Rewrite(disk, before, data, backup, lambda staged: _durable.copy_attributes(disk, staged), None)
