# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a prediction depends on besides sysctl files: the kernel's command line and tick rate."""

import os
import re
from typing import Optional

from ._container import OWN_PID_NAMESPACE


def command_line(proc: str) -> str:
    """Return the kernel's command line; "" in a container, since it applies to the machine's own namespaces
    only."""
    try:
        own = os.readlink(os.path.join(proc, "self/ns/pid")) == OWN_PID_NAMESPACE
        own = own and os.readlink(os.path.join(proc, "self/ns/net")) == os.readlink(
            os.path.join(proc, "1/ns/net")
        )
        with open(os.path.join(proc, "cmdline"), encoding="utf-8", errors="surrogateescape") as file:
            return file.read() if own else ""
    except OSError:
        return ""


def hz(root: str) -> Optional[int]:
    """Return the running kernel's ticks per second, None if its configuration is not in /boot."""
    try:
        with open(os.path.join(root, "boot/config-" + os.uname().release), encoding="ascii") as file:
            configured = re.search(r"^CONFIG_HZ=(\d+)$", file.read(), re.MULTILINE)
            return int(configured.group(1)) if configured else None
    except OSError:
        return None
