# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order in which files change: a boot in between sets either all of the old values or all of the new."""

import os
import re
from typing import Dict, List, Optional, Tuple

from .._boot._next_boot import EDITABLE_FILES, EDITABLE_FOLDERS, Changes, NextBoot, Prediction
from .._settings import SETTINGS, KeepaliveError

Step = Tuple[str, Optional[bytes]]

# It starts with a line feed, for a file that does not end in one, and is removed together with that.
_PIN = "\n# netops.tcp_keepalive: only until the other files are changed too\n"
_PIN_LINES = {setting.name: setting.key + " = {}\n" for setting in SETTINGS}
_PINNED = re.compile(
    (_PIN + "".join(f"(?:{line.format('-?[0-9]+')})?" for line in _PIN_LINES.values())).encode()
)


def in_order(next_boot: NextBoot, changes: Changes, ours: str) -> List[Step]:
    """Return the changes as steps; KeepaliveError where a boot in between would set a mixture.

    One file changes in one step. Of several files, one is first pinned: given lines at its end that set what
    all the changes together will set. Those lines are removed last. The pinned file is one that is not ours
    where that works.
    """
    if len(changes) < 2:
        return list(changes.items())
    wanted = next_boot.predict(changes).values()
    pin = (_PIN + "".join(_PIN_LINES[name].format(value) for name, value in wanted.items())).encode()
    for first in sorted(changes, key=lambda path: path == ours):
        others = [(path, data) for path, data in changes.items() if path != first]
        last = changes[first]
        # A file that goes keeps its other settings until then.
        pinned = (without_pins(next_boot.read(first)) if last is None else last) + pin
        steps = [(first, pinned), *others, (first, last)]
        if all(next_boot.predict(dict(steps[:count])).values() == wanted for count in range(1, len(steps))):
            return steps
    raise KeepaliveError(
        f"{' and '.join(sorted(changes))} cannot be changed without a moment in which a boot would set a "
        f"mixture of old and new values. Change the files other than {ours} by hand."
    )


def pinned_files(next_boot: NextBoot, prediction: Prediction, ours: str) -> Dict[str, bytes]:
    """Return the other files in which a killed run left such lines, with their contents without them."""
    files = {predicted.assignment.line.file for predicted in prediction.assignments}
    by_ufw = {entry.file for entry in prediction.boot.values() if entry and entry.writer == "ufw"}
    pinned = {}
    for file in sorted((files | {file for file in by_ufw if file}) - {ours}):
        if os.path.dirname(file) in EDITABLE_FOLDERS or file in EDITABLE_FILES or file in by_ufw:
            data = next_boot.read(file)
            if _PINNED.search(data):
                pinned[file] = without_pins(data)
    return pinned


def without_pins(data: bytes) -> bytes:
    return _PINNED.sub(b"", data)
