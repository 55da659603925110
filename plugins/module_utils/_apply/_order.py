# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps of a change of files, taken as if at once: a boot in between sets all of the old or all of the new."""

import os
import re
from typing import Any, Callable, Dict, List, Optional, Tuple

from .._boot._next_boot import EDITABLE_FILES, EDITABLE_FOLDERS, Changes, NextBoot, Prediction
from .._dropin import Ours
from .._settings import SETTINGS, KeepaliveError
from . import _durable, _leftovers, _transaction

# The line feed in front, for a file without one at its end, is taken away with the rest.
_PIN = "\n# netops.tcp_keepalive: only until the other files are changed too\n"
_PIN += "".join(setting.key + " = {" + setting.name + "}\n" for setting in SETTINGS)
_PINNED = re.compile(re.sub(r"{\w+}", r"-?\\d+", _PIN).encode())


def in_order(next_boot: NextBoot, changes: Changes, ours: str) -> List[Tuple[str, Optional[bytes]]]:
    """Return the changes, step by step, as (path, data). KeepaliveError where a boot in between would set a mixture.

    One file is changed in one step. Of several, one is first made to set by itself what all of them together will, in lines at
    its end, and is freed of those lines last: one of the others', or else ours.
    """
    if len(changes) < 2:
        return list(changes.items())
    wanted = next_boot.predict(changes).values()
    pin = _PIN.format(**wanted).encode()
    for first in sorted(changes, key=lambda path: path == ours):
        others = [(path, other) for path, other in changes.items() if path != first]
        steps = [(first, (changes[first] or b"") + pin), *others, (first, changes[first])]
        if all(next_boot.predict(dict(steps[:count])).values() == wanted for count in range(1, len(steps))):
            return steps
    raise KeepaliveError(
        f"{' and '.join(sorted(changes))} can not be changed so that a boot in between sets all of the old or all of the new "
        f"values. Change by hand what is not {ours}."
    )


def left_over(next_boot: NextBoot, predicted: Prediction, ours: str) -> Dict[str, bytes]:
    """Return the others' files in which a killed run left such lines, with their data without them."""
    files = {one.line.file for one, _value, _wins in predicted.assignments} - {ours}
    found = {}
    for file in sorted(files):
        if os.path.dirname(file) in EDITABLE_FOLDERS or file in EDITABLE_FILES:
            data = next_boot.read(file)
            if _PINNED.search(data):
                found[file] = without_pins(data)
    return found


def without_pins(data: bytes) -> bytes:
    return _PINNED.sub(b"", data)


def rewrites(
    root: str,
    next_boot: NextBoot,
    steps: List[Tuple[str, Optional[bytes]]],
    ours: Ours,
    warn: Callable[[str], Any],
) -> List[_transaction.Rewrite]:
    """Return the rewrites for the steps, (path, data), each from what the one before it leaves."""
    held, found = {ours.path: ours.before}, []
    for path, data in steps:
        disk = os.path.join(root, path.lstrip("/"))
        if path == ours.path:
            first = path not in dict(steps[: len(found)])
            found.append(_of_ours(disk, held[path], data, ours, first, warn))
        else:
            found.append(_of_others(next_boot, path, disk, held.get(path), data))
        held[path] = data
    return found


def _of_ours(
    disk: str,
    before: Optional[bytes],
    after: Optional[bytes],
    ours: Ours,
    first: bool,
    warn: Callable[[str], Any],
) -> _transaction.Rewrite:
    """Return a change of our file; the first one may leave a backup."""
    exists = os.path.lexists(disk)

    def prepare(staged: str) -> None:
        # What is asked in relation (mode g+w) starts from the earlier file's.
        if exists:
            _durable.copy_attributes(disk, staged)
        ours.attributes.give(staged)

    if before is not None and first and _durable.other_names(disk):
        warn(f"{disk} has another name (a hard link), which keeps the earlier text.")
    keep = ours.backup and before is not None and first
    return _transaction.Rewrite(
        disk, before, after, _leftovers.backup_path(disk) if keep else None, prepare, ours.attributes.finish
    )


def _of_others(
    next_boot: NextBoot, path: str, disk: str, held: Optional[bytes], data: Optional[bytes]
) -> _transaction.Rewrite:
    """Return a change of a file of others, which keeps its attributes; what the first change takes away is in a backup."""
    if held is None and _durable.other_names(disk):
        raise KeepaliveError(f"{path} has another name (a hard link), and is not changed. Mend it by hand.")
    before = next_boot.read(path) if held is None else held
    loses = held is None and not data.startswith(without_pins(before))
    backup = _leftovers.backup_path(disk) if loses else None
    return _transaction.Rewrite(
        disk, before, data, backup, lambda staged: _durable.copy_attributes(disk, staged), None
    )
