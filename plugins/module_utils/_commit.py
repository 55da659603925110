# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several files changed as if at once: whenever the host boots in between, it sets all of the old or all of the new."""

import os
import re
from typing import Dict, List, Optional, Tuple

from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._verdict import Verdict
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._next_boot import Changes, NextBoot, values
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import SETTINGS, KeepaliveError
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._sysctl_files import EDITABLE_FILES, EDITABLE_FOLDERS

_PIN = b"# netops.tcp_keepalive: only until the other files are changed too\n"
# Where the file had no line feed at its end, one is put before the pin, and is taken away with it.
_PIN_AND_LINE_FEED = b"\n" + _PIN.replace(b"too", b"too, with the line feed before this line")
_LINES = "".join(setting.key + " = {" + setting.name + "}\n" for setting in SETTINGS)
_PINNED = re.compile(
    b"(?:%s|%s)%s" % (re.escape(_PIN), re.escape(_PIN_AND_LINE_FEED), re.sub(r"{\w+}", r"-?\\d+", _LINES).encode())
)


def in_order(next_boot: NextBoot, changes: Changes, ours: str) -> List[Tuple[str, Optional[bytes]]]:
    """Return the changes, step by step, as (path, data). KeepaliveError where a boot in between would set a mixture.

    One file is changed in one step. Of several, one is first made to set by itself what all of them together will, in lines at
    its end, and is freed of those lines last: one of the others', or else ours.
    """
    if len(changes) < 2:
        return list(changes.items())
    wanted = values(next_boot.foretell(changes))
    for first in sorted(changes, key=lambda path: path == ours):
        others = [(path, other) for path, other in changes.items() if path != first]
        steps = [(first, _pinned(changes[first] or b"", wanted)), *others, (first, changes[first])]
        if all(values(next_boot.foretell(dict(steps[:count]))) == wanted for count in range(1, len(steps))):
            return steps
    raise KeepaliveError(
        "{0} can not be changed so that a boot in between sets all of the old or all of the new values. Change by hand what "
        "is not {1}.".format(" and ".join(sorted(changes)), ours)
    )


def left_over(next_boot: NextBoot, foretold: Verdict, ours: str) -> Dict[str, bytes]:
    """Return the others' files in which a killed run left such lines, with their data without them."""
    files = {one.line.file for one, _value, _wins in foretold.assignments} - {ours}
    found = {}
    for file in sorted(files):
        if os.path.dirname(file) in EDITABLE_FOLDERS or file in EDITABLE_FILES:
            data = next_boot.read(file)
            if _PINNED.search(data):
                found[file] = without_pins(data)
    return found


def without_pins(data: bytes) -> bytes:
    return _PINNED.sub(b"", data)


def _pinned(data: bytes, wanted: Dict[str, int]) -> bytes:
    pin = _PIN if data.endswith(b"\n") or not data else _PIN_AND_LINE_FEED
    return data + pin + _LINES.format(**wanted).encode()
