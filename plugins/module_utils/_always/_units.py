# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The units that a boot starts: one for the whole host, or one for each chosen unit of others."""

import os
import re
from typing import Optional

LOADER = "/etc/tcp-keepalive-always.py"
SYSTEMD = "/etc/systemd/system"
HOST_UNIT = "tcp-keepalive-always.service"
UNIT, EXCEPTION = "tcp-keepalive-always@.service", "tcp-keepalive-except@.service"
WANTED_BY = "sysinit.target"
# The system's own Python is not replaced under a running host.
PYTHONS = ("/usr/bin/python3", "/usr/libexec/platform-python")
# Of the system's manager, with the first to win at the top (systemd.unit(5)).
FOLDERS = (
    "/etc/systemd/system.control",
    "/run/systemd/system.control",
    "/run/systemd/transient",
    "/run/systemd/generator.early",
    SYSTEMD,
    "/run/systemd/system",
    "/run/systemd/generator",
    "/usr/local/lib/systemd/system",
    "/usr/lib/systemd/system",
    "/lib/systemd/system",
    "/run/systemd/generator.late",
)

_RUN = """\
Type=oneshot
ExecStart=-{python} -I -S {loader} {command}
TimeoutStartSec=5min
LimitMEMLOCK=infinity
"""
# The boot waits no longer than the job may take; the loader goes on, and turns on what was opened meanwhile.
_HOST_TEXT = """\
# Managed by Ansible: netops.tcp_keepalive.tcp_keepalive_always
[Unit]
Description=TCP keepalive for applications that never ask
DefaultDependencies=no
After={after}
Before=sysinit.target network-pre.target shutdown.target
Conflicts=shutdown.target
JobRunningTimeoutSec=8s

[Service]
{run}RemainAfterExit=yes
ExecReload={python} -I -S {loader} {command}
ExecStop={python} -I -S {loader} stop

[Install]
WantedBy=sysinit.target
"""
# PartOf: a unit that starts again meanwhile has a new control group, for which this starts again too.
_UNIT_TEXT = """\
# Managed by Ansible: netops.tcp_keepalive.tcp_keepalive_always
[Unit]
Description=TCP keepalive for applications of %i that {what}
DefaultDependencies=no
After=%i
PartOf=%i
StartLimitIntervalSec=0

[Service]
{run}
[Install]
WantedBy=%i
"""


def for_host(root: str, command: str) -> str:
    # ufw writes sysctls too. Ordered after sysinit.target, as it is elsewhere, it would close a circle.
    early = re.search(r"^DefaultDependencies=no$", text(root, "ufw.service"), re.MULTILINE)
    after = "systemd-sysctl.service ufw.service" if early else "systemd-sysctl.service"
    return _HOST_TEXT.format(
        run=_run(root, command), after=after, python=python(root), loader=LOADER, command=command
    )


def for_unit(root: str, command: str, what: str) -> str:
    return _UNIT_TEXT.format(run=_run(root, command), what=what)


def _run(root: str, command: str) -> str:
    return _RUN.format(python=python(root), loader=LOADER, command=command)


def python(root: str) -> Optional[str]:
    return next((path for path in PYTHONS if os.path.exists(root + path)), None)


def text(root: str, unit: str) -> str:
    """Return the text of a unit's file, "" where it has none."""
    for folder in FOLDERS:
        path = f"{root}{folder}/{unit}"
        if os.path.lexists(path):
            try:
                with open(path, encoding="utf-8", errors="replace") as file:
                    return file.read()
            except OSError:
                return ""
    return ""


def is_known(root: str, unit: str) -> bool:
    """Return whether systemd has a file for a unit. A slice needs none."""
    names = {unit, re.sub(r"@.*\.", "@.", unit)}
    return any(os.path.lexists(f"{root}{folder}/{name}") for folder in FOLDERS for name in names)


def alias_of(root: str, unit: str) -> Optional[str]:
    """Return the unit that a name is only another name of: its control group has the unit's own name."""
    for folder in FOLDERS:
        path = f"{root}{folder}/{unit}"
        if os.path.islink(path):
            name = os.path.basename(os.readlink(path))
            of_template = re.sub(r"@.*\.", "@.", unit)
            return (
                name if name not in (unit, of_template) and name.endswith(os.path.splitext(unit)[1]) else None
            )
    return None
