# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a boot needs: a unit for the whole host, or one for each chosen unit, and the loader that they run."""

import inspect
import os
import stat
from contextlib import suppress
from typing import Callable, Dict, Optional

from .._apply._file import Content, Link, read
from .._apply._transaction import Plan, Rewrite, Running
from .._settings import KeepaliveError
from . import _loader, _units
from ._at_boot import Boot, links
from ._request import Request
from ._units import EXCEPTION, HOST_UNIT, LOADER, SYSTEMD, UNIT, WANTED_BY


def asked(request: Request) -> Optional[Boot]:
    """Return what a boot is to attach."""
    if request.absent:
        return None
    return Boot(not request.units, request.units, request.except_units, request.values)


def changes(root: str, request: Request) -> Dict[str, Optional[Content]]:
    """Return the files that differ from what they are to be, by path: None for one that goes. KeepaliveError
    where no boot can attach anything."""
    wanted = _wanted(root, request)
    return {
        path: content
        for path, content in wanted.items()
        if read(root + path) != content or (content is not None and not _is_ours_alone(root + path))
    }


def plan(
    root: str, changes: Dict[str, Optional[Content]], running: Running, reload: Callable[[], object]
) -> Plan:
    """Return the changes as a transaction: at no time a link leads to a unit that is not there. ``reload``
    lets systemd read its units anew."""
    order = [path for path, content in changes.items() if content is not None]
    order += reversed([path for path, content in changes.items() if content is None])
    rewrites = [
        Rewrite(root + path, read(root + path), changes[path], None, _set_mode, None) for path in order
    ]
    needed = dict.fromkeys(os.path.dirname(root + path) for path in order if changes[path] is not None)
    missing = [folder for folder in needed if not os.path.isdir(folder)]
    return Plan(rewrites, running, missing, reload if rewrites and is_booted(root) else None)


def tidy(root: str, changes: Dict[str, Optional[Content]]) -> None:
    """Remove the folders that removed links leave empty."""
    for path, content in changes.items():
        if content is None and path.endswith(".service") and os.path.dirname(path) != SYSTEMD:
            with suppress(OSError):
                os.rmdir(root + os.path.dirname(path))


def _wanted(root: str, request: Request) -> Dict[str, Optional[Content]]:
    """Return all files that there are, or are to be: the loader, units, links."""
    paths = [LOADER, *(f"{SYSTEMD}/{name}" for name in (HOST_UNIT, UNIT, EXCEPTION))]
    wanted: Dict[str, Optional[Content]] = {
        path: None for path in paths + links(root) if os.path.lexists(root + path)
    }
    if request.absent:
        return wanted
    _check(root)
    wanted[LOADER] = inspect.getsource(_loader).encode()
    command = " ".join(["attach", *request.values])
    if not request.units:
        wanted.update(_enabled(HOST_UNIT, WANTED_BY, _units.for_host(root, command)))
    for unit in request.units:
        wanted.update(_enabled(UNIT, unit, _units.for_unit(root, command + " %i", "never ask")))
    for unit in request.except_units:
        wanted.update(_enabled(EXCEPTION, unit, _units.for_unit(root, "except %i", "are left alone")))
    return wanted


def _set_mode(staged: str) -> None:
    os.chmod(staged, 0o644)


def is_booted(root: str) -> bool:
    """Return whether systemd is the running init (sd_booted(3))."""
    return os.path.isdir(root + "/run/systemd/system")


def _check(root: str) -> None:
    init = os.path.realpath(root + "/sbin/init")
    if not is_booted(root) and not init.endswith("/systemd"):
        raise KeepaliveError(
            "This host does not boot with systemd, and only for that a boot can be prepared. Nothing was "
            'changed. Attach it now ("persist: false"), and again after each boot.'
        )
    if not _units.python(root):
        raise KeepaliveError(
            f"A boot needs {' or '.join(_units.PYTHONS)}, and there is neither. Nothing was changed. "
            'Install Python, or attach it now only ("persist: false").'
        )


def _enabled(name: str, wanted_by: str, text: str) -> Dict[str, Optional[Content]]:
    """Return a unit's file and, as `systemctl enable` makes it, the link that pulls it in."""
    instance = name.replace("@.", f"@{wanted_by}.")
    return {
        f"{SYSTEMD}/{name}": text.encode(),
        f"{SYSTEMD}/{wanted_by}.wants/{instance}": Link(f"{SYSTEMD}/{name}"),
    }


def _is_ours_alone(path: str) -> bool:
    status = os.lstat(path)
    return stat.S_ISLNK(status.st_mode) or (
        status.st_uid == os.geteuid() and stat.S_IMODE(status.st_mode) == 0o644
    )
