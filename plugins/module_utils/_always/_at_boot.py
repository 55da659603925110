# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a boot attaches, by our units and the links that pull them in."""

import os
import re
from typing import Dict, Iterator, List, NamedTuple, Optional

from . import _units
from ._loader import Values
from ._units import HOST_UNIT, SYSTEMD, UNIT

_ATTACHES = re.compile(r"^ExecStart=-?(\S+) -I -S (\S+) attach (\S+) (\S+) (\S+) (\S+)", re.MULTILINE)
_LINK = re.compile(r"tcp-keepalive-(always|except)(?:@(.+))?\.service")


class Boot(NamedTuple):
    """What a boot attaches: ``values`` as the loader's command has them."""

    host: bool
    units: List[str]
    except_units: List[str]
    values: List[str]

    def as_result(self) -> Dict[str, object]:
        numbers = [int(text) if text.isdigit() else None for text in self.values]
        return dict(
            scope="host" if self.host else "units",
            units=self.units,
            except_units=self.except_units,
            **dict(zip(Values._fields, numbers)),
        )


def look(root: str) -> Optional[Boot]:
    """Return what a boot attaches by our units, None for nothing, as where they have nothing to run."""
    found = [match.groups() for match in map(_LINK.fullmatch, map(os.path.basename, links(root))) if match]
    host = ("always", None) in found
    units, excepted = (
        sorted(unit for kind, unit in found if kind == wanted and unit) for wanted in ("always", "except")
    )
    command = _ATTACHES.search(_units.text(root, HOST_UNIT if host else UNIT))
    if not command or not (host or units):
        return None
    python, loader, *values = command.groups()
    if not os.path.exists(root + python) or not os.path.exists(root + loader):
        return None
    return Boot(host, [] if host else units, excepted, values)


def folders(root: str) -> List[str]:
    """Return the folders that may have files of ours."""
    wants = [f"{SYSTEMD}/{name}" for name in _listed(root + SYSTEMD) if name.endswith(".wants")]
    return ["/etc", SYSTEMD, *wants]


def links(root: str) -> List[str]:
    """Return the paths of the links to our units."""
    return [
        f"{folder}/{name}"
        for folder in folders(root)[2:]
        for name in _listed(root + folder)
        if _LINK.fullmatch(name)
    ]


def _listed(folder: str) -> Iterator[str]:
    try:
        return iter(sorted(os.listdir(folder)))
    except OSError:
        return iter(())
