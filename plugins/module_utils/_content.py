# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What our file says: rendering it, reading it, and checking that it sets exactly what was asked."""

from typing import Dict, NamedTuple, Optional

from ansible_collections.netops.tcp_keepalive.plugins.module_utils import _sysctl_files
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import SETTINGS, KeepaliveError, from_kernel_text

_SETTING_OF_KEY = {setting.key: setting for setting in SETTINGS}


class Entry(NamedTuple):
    """What a file sets one setting to: the number that the kernel will hold, and the line, counted from 1."""

    value: int
    line: int


def render(wanted: Dict[str, int]) -> bytes:
    """Return a file that sets ``wanted`` (name to number) and nothing else."""
    lines = ["# Managed by Ansible: netops.tcp_keepalive.tcp_keepalive"]
    lines += ["{0} = {1}".format(setting.key, wanted[setting.name]) for setting in SETTINGS if setting.name in wanted]
    return ("\n".join(lines) + "\n").encode()


def entries(data: Optional[bytes]) -> Dict[str, Entry]:
    """Return what a file (None: no file) sets, by name. The last line wins; one that the kernel refuses sets nothing."""
    found = {}
    for line in _sysctl_files.read((data or b"").decode("utf-8", "surrogateescape")):
        setting = _SETTING_OF_KEY.get(line.key)
        if setting:
            value = from_kernel_text(setting, line.value)
            found.pop(setting.name, None)
            if value is not None:
                found[setting.name] = Entry(value, line.number)
    return found


def check(data: bytes, wanted: Dict[str, int]) -> None:
    """Raise KeepaliveError, which names the line, unless ``data`` sets exactly ``wanted`` under every boot tool."""
    for line in _sysctl_files.read(data.decode("utf-8", "surrogateescape")):
        setting = _SETTING_OF_KEY.get(line.key)
        if line.problem:
            raise _refusal(line.number, line.problem + ".")
        if not setting:
            raise _refusal(line.number, "sets {0}: this file may set the keepalive settings only.".format(line.key))
        if setting.name not in wanted:
            raise _refusal(
                line.number,
                'sets {0}, but the task does not: give the option "{1}", or drop the line.'.format(line.key, setting.name),
            )
    found = entries(data)
    for name, value in wanted.items():
        if name not in found:
            raise KeepaliveError(
                'content does not set net.ipv4.tcp_keepalive_{0} to {1}, as the option "{0}" asks.'.format(name, value)
            )
        if found[name].value != value:
            problem = 'sets net.ipv4.tcp_keepalive_{0} to {1}, but the option "{0}" asks for {2}.'
            raise _refusal(found[name].line, problem.format(name, found[name].value, value))


def _refusal(number: int, problem: str) -> KeepaliveError:
    return KeepaliveError("content, line {0}: {1}".format(number, problem))
