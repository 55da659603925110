# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an administrator made of systemd-sysctl.service: masked, replaced, or changed by a drop-in
(systemd.unit(5))."""

import re
from typing import Dict, Iterator, List, Tuple

from ._errors import CannotPredict
from ._tree import FILE, NULL, Tree

_UNIT = "systemd-sysctl.service"
_LOCAL = ("/etc/systemd/system", "/run/systemd/system", "/usr/local/lib/systemd/system")
_FOLDERS = (*_LOCAL, "/usr/lib/systemd/system", "/lib/systemd/system")
_DROPINS = (_UNIT + ".d", "systemd-.service.d", "service.d")

# What changes neither whether the unit runs, nor what it runs, nor what that sees.
_HARMLESS = re.compile(
    r"(Description|Documentation|After|Before|Wants|Conflicts|DefaultDependencies|RequiresMountsFor"
    r"|Type=oneshot|RemainAfterExit|Timeout\w+|StartLimit\w+|Standard(Output|Error)|Syslog\w+|Log\w+|Nice|OOM\w+"
    r"|CPU\w+|IO\w+|Memory\w+|Tasks\w+|Slice|Environment=\"?SYSTEMD_LOG_\w+=\w+\"?$"
    r"|ConditionPathIsReadWrite=/proc/sys/net/?$|(Import|Load)Credential=sysctl\.(\*|extra)$"
    r"|ExecStart=(/usr)?/lib/systemd/systemd-sysctl$)(?==|$)"
)
# SUSE's drop-in: it loads the kernel's own file before all others.
_PRELOAD = re.compile(r"ExecStartPre=-?(?:/usr)?/lib/systemd/systemd-sysctl (/boot/sysctl\.conf-)%v$")


def is_masked(tree: Tree) -> bool:
    """Return whether the unit is masked: its file in a folder of the administrator's is empty."""
    for folder in _LOCAL:
        kind = tree.follow(f"{folder}/{_UNIT}").kind
        if kind == NULL or (kind == FILE and not tree.read(f"{folder}/{_UNIT}")):
            return True
        if kind == FILE:
            break
    return False


def preloads(tree: Tree) -> List[str]:
    """Return the start of the names of kernels' files that the unit loads first, those of drop-ins.

    CannotPredict where a line may change what the unit does.
    """
    found = []
    for path in _files(tree):
        for number, line in _lines(tree.read(path)):
            preload = _PRELOAD.match(line)
            if preload:
                found.append(preload.group(1))
            elif not _HARMLESS.match(line):
                raise CannotPredict(f"{path}, line {number}, may change what {_UNIT} does: {line[:80]}")
    return found


def _files(tree: Tree) -> Iterator[str]:
    """Yield the unit's file, if it is the administrator's, and its drop-ins."""
    own = [f"{folder}/{_UNIT}" for folder in _LOCAL if tree.follow(f"{folder}/{_UNIT}").kind == FILE]
    yield from own[:1]
    for dropins in _DROPINS:
        chosen: Dict[str, str] = {}
        for folder in _FOLDERS:
            for name in tree.names(f"{folder}/{dropins}"):
                if name.endswith(".conf"):
                    chosen.setdefault(name, f"{folder}/{dropins}/{name}")
        yield from (chosen[name] for name in sorted(chosen))


def _lines(data: bytes) -> Iterator[Tuple[int, str]]:
    """Yield the assignments of a unit file, with the number of the line in which each ends."""
    joined = ""
    for number, line in enumerate(data.decode("utf-8", "replace").split("\n"), start=1):
        text = line.strip()
        if text.startswith(("#", ";")):
            continue
        joined += text
        if joined.endswith("\\"):
            joined = joined[:-1] + " "
            continue
        if joined and not joined.startswith("["):
            yield number, re.sub(r"\s*=\s*", "=", joined, count=1)
        joined = ""
