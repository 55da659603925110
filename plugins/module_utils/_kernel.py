# SPDX-License-Identifier: GPL-3.0-or-later
"""The live values: what the kernel holds for the network namespace of this process."""

import os
import re
from typing import Dict, Iterable, Optional

from ._settings import SETTINGS, KeepaliveError

# The number of the machine's own PID namespace (include/linux/proc_ns.h, PROC_PID_INIT_INO).
_OWN_PID_NAMESPACE = "pid:[4026531836]"
_INITS = ("systemd", "init", "openrc-init")


def read(proc: str) -> Dict[str, int]:
    """Return the three values under ``proc`` (/proc on a live host); KeepaliveError where one can't be read."""
    values = {}
    for setting in SETTINGS:
        path = _path(proc, setting.name)
        try:
            with open(path, encoding="ascii") as file:
                values[setting.name] = int(file.read())
        except FileNotFoundError:
            raise KeepaliveError(
                f"This kernel has no {setting.key}: {path} does not exist. Nothing can be set now; "
                '"apply: false" writes the file only.'
            )
        except (OSError, ValueError) as error:
            raise KeepaliveError(f"{path} could not be read: {error}.")
    return values


def check_writable(proc: str, names: Iterable[str]) -> None:
    """Raise KeepaliveError unless each named value could be written. Opening one for writing changes nothing."""
    for name in names:
        path = _path(proc, name)
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CLOEXEC))
        except OSError as error:
            reason = error.strerror + (' (run as root: "become: true")' if os.geteuid() else "")
            raise KeepaliveError(
                f'{path} can not be written: {reason}. Mend that, or write the file only ("apply: false").'
            )


def write(proc: str, name: str, value: int) -> None:
    """Set one value; OSError where the kernel refuses."""
    descriptor = os.open(_path(proc, name), os.O_WRONLY | os.O_TRUNC | os.O_CLOEXEC)
    try:
        os.write(descriptor, f"{value}\n".encode())
    finally:
        os.close(descriptor)


def as_text(values: Optional[Dict[str, int]]) -> str:
    """Return the values as sysctl(8) prints them, for a diff."""
    return "".join(f"{setting.key} = {values[setting.name]}\n" for setting in SETTINGS) if values else ""


def command_line(proc: str) -> str:
    """Return the kernel's command line, nothing in a container: its parameters hold for the machine's own namespaces."""
    try:
        own = os.readlink(os.path.join(proc, "self/ns/pid")) == _OWN_PID_NAMESPACE
        own = own and os.readlink(os.path.join(proc, "self/ns/net")) == os.readlink(
            os.path.join(proc, "1/ns/net")
        )
        with open(os.path.join(proc, "cmdline"), encoding="utf-8", errors="surrogateescape") as file:
            return file.read() if own else ""
    except OSError:
        return ""


def sealed(proc: str) -> bool:
    """Tell whether this is a booted container whose /proc/sys/net is read-only: no boot tool can set anything in there, and
    systemd-sysctl does not even start. Where no init runs, files may be for the boot of another system."""
    try:
        with open(os.path.join(proc, "1/comm"), encoding="utf-8", errors="surrogateescape") as file:
            booted = file.read().strip() in _INITS
        return booted and bool(os.statvfs(os.path.join(proc, "sys/net")).f_flag & os.ST_RDONLY)
    except OSError:
        return False


def hz(root: str) -> Optional[int]:
    """Return the running kernel's ticks to a second, None where its configuration is not at hand."""
    try:
        with open(os.path.join(root, "boot/config-" + os.uname().release), encoding="ascii") as file:
            found = re.search(r"^CONFIG_HZ=(\d+)$", file.read(), re.MULTILINE)
            return int(found.group(1)) if found else None
    except OSError:
        return None


def _path(proc: str, name: str) -> str:
    return os.path.join(proc, "sys/net/ipv4/tcp_keepalive_" + name)
