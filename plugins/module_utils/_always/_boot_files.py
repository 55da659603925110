# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a boot needs: a unit for the whole host, or one for each chosen unit, and the loader that they run."""

import inspect
import os
import re
import stat
import subprocess
from contextlib import suppress
from typing import Dict, Iterator, List, NamedTuple, Optional

from .._apply._file import Content, Link, read
from .._apply._transaction import Plan, Rewrite, Running
from .._settings import KeepaliveError
from . import _loader, _units
from ._request import Request
from ._units import EXCEPTION, HOST_UNIT, LOADER, SYSTEMD, UNIT, WANTED_BY

_ATTACHES = re.compile(r"^ExecStart=.* attach (\S+) (\S+) (\S+) (\S+)", re.MULTILINE)
_LINK = re.compile(r"tcp-keepalive-(always|except)(?:@(.+))?\.service")
_SECONDS = 60


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
            **dict(zip(_loader.Values._fields, numbers)),
        )


def look(root: str) -> Optional[Boot]:
    """Return what a boot attaches by our units, None for nothing."""
    links = [match.groups() for match in map(_LINK.fullmatch, map(os.path.basename, _links(root))) if match]
    host = ("always", None) in links
    units, excepted = (
        sorted(unit for kind, unit in links if kind == wanted and unit) for wanted in ("always", "except")
    )
    command = _ATTACHES.search(_units.text(root, HOST_UNIT if host else UNIT))
    return (
        Boot(host, [] if host else units, excepted, list(command.groups()))
        if command and (host or units)
        else None
    )


def asked(request: Request) -> Optional[Boot]:
    """Return what a boot is to attach."""
    if request.absent:
        return None
    return Boot(not request.units, request.units, request.except_units, request.values)


def folders(root: str) -> List[str]:
    """Return the folders that may have files of ours."""
    wants = [f"{SYSTEMD}/{name}" for name in _listed(root + SYSTEMD) if name.endswith(".wants")]
    return ["/etc", SYSTEMD, *wants]


def changes(root: str, request: Request) -> Dict[str, Optional[Content]]:
    """Return the files that differ from what they are to be, by path: None for one that goes. KeepaliveError
    where no boot can attach anything."""
    wanted = _wanted(root, request)
    return {
        path: content
        for path, content in wanted.items()
        if read(root + path) != content or (content is not None and not _is_ours_alone(root + path))
    }


def plan(root: str, changes: Dict[str, Optional[Content]], running: Running) -> Plan:
    """Return the changes as a transaction: at no time a link leads to a unit that is not there."""
    order = [path for path, content in changes.items() if content is not None]
    order += reversed([path for path, content in changes.items() if content is None])
    rewrites = [
        Rewrite(root + path, read(root + path), changes[path], None, _set_mode, None) for path in order
    ]
    needed = dict.fromkeys(os.path.dirname(root + path) for path in order if changes[path] is not None)
    missing = [folder for folder in needed if not os.path.isdir(folder)]
    return Plan(rewrites, running, missing, _reload if rewrites and is_booted(root) else None)


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
        path: None for path in paths + _links(root) if os.path.lexists(root + path)
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


def _reload() -> None:
    """Let systemd read its units anew."""
    done = subprocess.run(
        ["systemctl", "daemon-reload"], timeout=_SECONDS, stderr=subprocess.PIPE, check=False
    )
    if done.returncode:
        reason = done.stderr.decode("utf-8", "replace").strip()
        raise KeepaliveError(f"systemctl daemon-reload failed: {reason or done.returncode}")


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


def _links(root: str) -> List[str]:
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


def _is_ours_alone(path: str) -> bool:
    status = os.lstat(path)
    return stat.S_ISLNK(status.st_mode) or (
        status.st_uid == os.geteuid() and stat.S_IMODE(status.st_mode) == 0o644
    )
