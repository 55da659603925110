# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that would set the values if a boot tool read them: why a default applies that nobody expects."""

import re
from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple

from .._settings import from_kernel_text
from ._errors import CannotPredict
from ._prediction import Prediction
from ._search_order import SEARCH_FOLDERS, SYSCTL_CONF
from ._tree import FILE, Tree

# A backup, or a file that its owner put aside, is not meant to be read.
_PUT_ASIDE = re.compile(r"\.|README|.*(~|\.(dpkg-\w+|rpmsave|rpmnew|rpmorig|bak|old|orig|swp|disabled))\Z")


class UnreadLine(NamedTuple):
    """The last line for a setting in such a file; ``reason`` follows "but"."""

    file: str
    line: int
    setting: str
    value: int
    reason: str


def unread(tree: Tree, tool: Optional[str], prediction: Prediction) -> List[UnreadLine]:
    """Return the lines of files that ``tool``, the boot tool's name, does not read by ``prediction``."""
    read = {predicted.assignment.line.file for predicted in prediction.assignments}
    read.update(skipped.line.file for skipped in prediction.skipped)
    read.update(value.file for value in prediction.boot.values() if value and value.file)
    found: List[UnreadLine] = []
    try:
        for path, reason in _candidates(tree, tool):
            if tree.follow(path).kind == FILE and tree.follow(path).path not in read:
                found += _lines(tree, path, reason)
    except CannotPredict:
        # What a boot tool would read as well makes the prediction say so.
        pass
    return found


def _candidates(tree: Tree, tool: Optional[str]) -> Iterator[Tuple[str, str]]:
    """Return (path, reason): most files of a host are none, and are not opened."""
    if tool is None:
        yield SYSCTL_CONF, "nothing loads it at boot"
    else:
        yield SYSCTL_CONF, f"{tool} reads it only where a link in a sysctl.d leads to it"
    above: Dict[str, str] = {}
    for folder in SEARCH_FOLDERS:
        for name in tree.names(folder):
            path = f"{folder}/{name}"
            if tool is None:
                yield path, "nothing loads it at boot"
            elif name.endswith(".conf") and name in above:
                yield path, f"{above[name]} takes its name"
            elif not name.endswith(".conf") and not _PUT_ASIDE.match(name):
                yield path, "its name does not end in .conf"
            above.setdefault(name, path)


def _lines(tree: Tree, path: str, reason: str) -> List[UnreadLine]:
    if b"tcp_keepalive_" not in tree.read(path):
        return []
    from . import _procps

    last: Dict[str, UnreadLine] = {}
    for write in _procps.read_files(tree, [path], (4, 0, 4)).writes:
        value, name = from_kernel_text(write.setting, write.value), write.setting.name
        if value is not None:
            last[name] = UnreadLine(path, write.line.number, name, value, reason)
    return list(last.values())
