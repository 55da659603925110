# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The boot tools: programs that load sysctl files when a host boots."""

from typing import NamedTuple, Tuple

SYSTEMD, PROCPS, BUSYBOX = "systemd-sysctl", "procps", "busybox"

# Who calls `sysctl -p` for each file: a script, in an order of its own.
ALPINE, OLD_ALPINE, VOID = "Alpine", "Alpine before 3.14", "Void"


class Tool(NamedTuple):
    """A boot tool.

    ``order``: the script that starts it anew for each file, "" for a tool that finds its files itself;
    ``branch``: the distribution whose rules are not upstream's (_systemd_rules); ``first``: a file that
    it loads before all others, in a process of its own.
    """

    name: str
    version: Tuple[int, ...]
    order: str = ""
    branch: str = ""
    first: str = ""

    def __str__(self) -> str:
        parts = [self.name, ".".join(map(str, self.version))]
        parts += [f"of {self.branch}"] if self.branch else []
        parts += [f"and {self.first}"] if self.first else []
        return " ".join(parts)
