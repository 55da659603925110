# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a host runs by itself, at boot or later, apart from systemd's units: scripts, jobs and hooks."""

import re
from typing import Iterator

from ._readable import Readable

# Run where they are executable.
_SCRIPTS = (
    *("/etc/rc.local", "/etc/rc.d/rc.local", "/etc/init.d/boot.local", "/etc/init.d/after.local"),
    *("/etc/ppp/ip-up", "/etc/ppp/ip-up.local", "/sbin/ifup-local"),
)
_SCRIPT_FOLDERS = (
    "/etc/local.d",
    *("/etc/cron.hourly", "/etc/cron.daily", "/etc/cron.weekly", "/etc/cron.monthly"),
    *("/etc/network/if-pre-up.d", "/etc/network/if-up.d"),
    *("/etc/network/if-down.d", "/etc/network/if-post-down.d"),
    *("/etc/ppp/ip-up.d", "/etc/ppp/ip-down.d", "/etc/ppp/ipv6-up.d", "/etc/ppp/ipv6-down.d"),
    *("/etc/NetworkManager/dispatcher.d", "/usr/lib/NetworkManager/dispatcher.d"),
    *("/etc/NetworkManager/dispatcher.d/" + folder for folder in ("pre-up.d", "pre-down.d", "no-wait.d")),
    "/var/lib/cloud/scripts/per-boot",
)
# Its folders are the states of an interface (networkd-dispatcher(8)).
_DISPATCHER = "/etc/networkd-dispatcher"
# Read whatever their mode: commands of init, cron, ifupdown, udev, modprobe.d(5), tmpfiles.d(5), cloud-init.
_TABLES = ("/etc/inittab", "/etc/crontab", "/etc/anacrontab", "/etc/network/interfaces")
_TABLE_FOLDERS = (
    "/etc/cron.d",
    *("/var/spool/cron", "/var/spool/cron/crontabs", "/var/spool/cron/tabs", "/etc/crontabs"),
    "/etc/network/interfaces.d",
    *("/etc/udev/rules.d", "/etc/modprobe.d", "/etc/tmpfiles.d", "/etc/cloud/cloud.cfg.d"),
    *("/etc/dhcp/dhclient-enter-hooks.d", "/etc/dhcp/dhclient-exit-hooks.d"),
)
_STARTED = re.compile(r"S\d\d")
_RC_FOLDERS = tuple(f"{above}/rc{level}.d" for above in ("/etc", "/etc/rc.d") for level in "S2345")
_RUNLEVELS = ("sysinit", "boot", "default")
# What editors and packages leave, which nothing runs.
_LEFT_OVER = re.compile(r"\.|.*(~|\.(dpkg-\w+|rpmsave|rpmnew|rpmorig|bak|swp|disabled))\Z")


def files_run(files: Readable) -> Iterator[str]:
    """Return the paths of what runs; each may be there under several."""
    for path in _SCRIPTS:
        if files.real(path) and files.executable(path):
            yield path
    states = [f"{_DISPATCHER}/{name}" for name in files.names(_DISPATCHER)]
    for folder in [*_SCRIPT_FOLDERS, *states]:
        yield from (path for path in _inside(files, folder) if files.executable(path))
    yield from filter(files.real, _TABLES)
    for folder in _TABLE_FOLDERS:
        yield from _inside(files, folder)
    for folder in _RC_FOLDERS:
        yield from (f"{folder}/{name}" for name in files.names(folder) if _STARTED.match(name))
    for level in _RUNLEVELS:
        for name in files.names("/etc/runlevels/" + level):
            yield "/etc/init.d/" + name


def _inside(files: Readable, folder: str) -> Iterator[str]:
    return (f"{folder}/{name}" for name in files.names(folder) if not _LEFT_OVER.match(name))
