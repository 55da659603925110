# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which services a boot starts: links of systemd (systemctl enable), OpenRC and sysvinit."""

import re

from ._tree import NULL, Tree

_SYSTEMD = ("/etc/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system")
_RUNLEVELS = ("/etc/runlevels/sysinit", "/etc/runlevels/boot", "/etc/runlevels/default")
_RC = ("/etc/rcS.d", "/etc/rc2.d", "/etc/rc3.d", "/etc/rc5.d")


def starts(tree: Tree, service: str) -> bool:
    """Return whether a boot starts the service: some target wants it, and it is not masked."""
    unit = service + ".service"
    if any(
        tree.follow(folder + "/" + unit).kind == NULL
        for folder in ("/etc/systemd/system", "/run/systemd/system")
    ):
        return False
    for folder in _SYSTEMD:
        for name in tree.names(folder):
            if name.endswith((".wants", ".requires")) and unit in tree.names(folder + "/" + name):
                return True
    if any(service in tree.names(folder) for folder in _RUNLEVELS):
        return True
    script = re.compile(r"S\d\d" + re.escape(service))
    return any(script.fullmatch(name) for folder in _RC for name in tree.names(folder))
