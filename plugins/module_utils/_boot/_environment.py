# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a prediction depends on besides sysctl files: the kernel's command line and tick rate, and a read-only
/proc/sys."""

import os
import re
from typing import Optional

# The number of the machine's own PID namespace (include/linux/proc_ns.h, PROC_PID_INIT_INO).
_OWN_PID_NAMESPACE = "pid:[4026531836]"
_INITS = ("systemd", "init", "openrc-init")


def command_line(proc: str) -> str:
    """Return the kernel's command line; "" in a container, since it applies to the machine's own namespaces
    only."""
    try:
        own = os.readlink(os.path.join(proc, "self/ns/pid")) == _OWN_PID_NAMESPACE
        own = own and os.readlink(os.path.join(proc, "self/ns/net")) == os.readlink(
            os.path.join(proc, "1/ns/net")
        )
        with open(os.path.join(proc, "cmdline"), encoding="utf-8", errors="surrogateescape") as file:
            return file.read() if own else ""
    except OSError:
        return ""


def sysctls_read_only(proc: str) -> bool:
    """Return whether this is a booted container whose /proc/sys/net is read-only.

    No boot tool can set anything there, and systemd-sysctl does not even start. Without an init running, the
    files may be for another system's boot.
    """
    try:
        with open(os.path.join(proc, "1/comm"), encoding="utf-8", errors="surrogateescape") as file:
            booted = file.read().strip() in _INITS
        return booted and bool(os.statvfs(os.path.join(proc, "sys/net")).f_flag & os.ST_RDONLY)
    except OSError:
        return False


def hz(root: str) -> Optional[int]:
    """Return the running kernel's ticks per second, None if its configuration is not in /boot."""
    try:
        with open(os.path.join(root, "boot/config-" + os.uname().release), encoding="ascii") as file:
            configured = re.search(r"^CONFIG_HZ=(\d+)$", file.read(), re.MULTILINE)
            return int(configured.group(1)) if configured else None
    except OSError:
        return None
