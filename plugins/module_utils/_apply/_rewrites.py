# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Changes of files as the transaction takes them: contents before and after, attributes, backups."""

import os
from typing import Any, Callable, Dict, List, Optional

from .._boot._next_boot import NextBoot
from .._settings import KeepaliveError
from . import _durable, _names
from ._order import Step, without_pins
from ._our_file import OurFile
from ._request import Host
from ._transaction import Rewrite


def rewrites(
    host: Host, next_boot: NextBoot, steps: List[Step], ours: OurFile, warn: Callable[[str], Any]
) -> List[Rewrite]:
    """Return the rewrites for the steps, (path, contents), each starting from what the one before leaves."""
    contents: Dict[str, Optional[bytes]] = {}
    planned = []
    for path, data in steps:
        disk = host.on_disk(path)
        if path == ours.path:
            first = path not in contents
            planned.append(_of_our_file(disk, contents.get(path, ours.before), data, ours, first, warn))
        else:
            planned.append(_of_other_file(next_boot, path, disk, contents.get(path), data))
        contents[path] = data
    return planned


def _of_our_file(
    disk: str,
    before: Optional[bytes],
    after: Optional[bytes],
    ours: OurFile,
    first: bool,
    warn: Callable[[str], Any],
) -> Rewrite:
    """Return a change of our file; the first one may leave a backup."""
    exists = os.path.lexists(disk)

    def prepare(staged: str) -> None:
        # A relative mode such as g+w starts from that of the earlier file.
        if exists:
            _durable.copy_attributes(disk, staged)
        ours.attributes.set(staged)

    if before is not None and first and _durable.other_links(disk):
        warn(f"{disk} has another name (a hard link), which keeps the earlier contents.")
    keep = ours.backup and before is not None and first
    return Rewrite(
        disk, before, after, _names.backup(disk) if keep else None, prepare, ours.attributes.finish
    )


def _of_other_file(
    next_boot: NextBoot, path: str, disk: str, current: Optional[bytes], data: Optional[bytes]
) -> Rewrite:
    """Return a change of a file that is not ours: it keeps its attributes, and a backup of removed lines."""
    exists = os.path.lexists(disk)

    def prepare(staged: str) -> None:
        if exists:
            _durable.copy_attributes(disk, staged)
        else:
            os.chmod(staged, 0o644)

    before, backup = current, None
    if current is None and exists:
        if _durable.other_links(disk):
            raise KeepaliveError(
                f"{path} has another name (a hard link), and is not changed. Edit it by hand."
            )
        before = next_boot.read(path)
        if data is not None and not data.startswith(without_pins(before)):
            backup = _names.backup(disk)
    return Rewrite(disk, before, data, backup, prepare, None)
