# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a prediction depends on besides sysctl files: the kernel's command line and tick rate, and a read-only
/proc/sys."""

import os
import re
import stat
from typing import Optional

# The number of the machine's own PID namespace (include/linux/proc_ns.h, PROC_PID_INIT_INO).
_OWN_PID_NAMESPACE = "pid:[4026531836]"
_INITS = ("systemd", "init", "openrc-init")
_LARGEST_CONFIGURATION = 16 << 20


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


def hz(root: str, proc: str) -> Optional[int]:
    """Return the running kernel's ticks per second, None if no file holds its configuration.

    Debian, RHEL and SUSE keep it in /boot, Fedora and Arch with the modules; a kernel with
    CONFIG_IKCONFIG_PROC has its own (kernel/configs.c).
    """
    release = os.uname().release
    for path in (
        os.path.join(root, "boot/config-" + release),
        os.path.join(root, "lib/modules", release, "config"),
        os.path.join(proc, "config.gz"),
    ):
        configured = re.search(rb"^CONFIG_HZ=(\d+)$", _configuration(path), re.MULTILINE)
        if configured:
            return int(configured.group(1))
    return None


def _configuration(path: str) -> bytes:
    """Return a kernel's configuration, b"" if it cannot be read; a FIFO in its place never blocks."""
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return b""
            if not path.endswith(".gz"):
                return file.read(_LARGEST_CONFIGURATION)
            import gzip

            with gzip.GzipFile(fileobj=file) as unpacked:
                return unpacked.read(_LARGEST_CONFIGURATION)
    # Damaged data raises EOFError or, a subclass of Exception alone, zlib.error.
    except Exception:
        return b""


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK)
