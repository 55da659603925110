# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task asks for, and where: the module's options, checked and typed."""

import os
from typing import Any, Callable, Dict, Mapping, NamedTuple, Optional

from ansible.module_utils.common.text.converters import to_bytes

from .._dropin_path import check_path
from .._settings import SETTINGS, KeepaliveError, from_option
from . import _dropin
from ._our_file import FileAttributes


class Request(NamedTuple):
    """``values``: by name, empty for state absent; ``data``: the file's contents, None for state absent."""

    values: Dict[str, int]
    data: Optional[bytes]
    path: str
    persist: bool
    apply: bool
    overrides: str
    backup: bool

    @property
    def absent(self) -> bool:
        return self.data is None

    @property
    def promises_boot(self) -> bool:
        """Whether the next boot is to set the values."""
        return self.persist and not self.absent


class Host(NamedTuple):
    """The host's file system and kernel: where its / and its /proc are."""

    root: str
    proc: str

    def on_disk(self, path: str) -> str:
        return os.path.join(self.root, path.lstrip("/"))


class Task(NamedTuple):
    """A call of the module; ``attributes`` returns those of our file, given its path on disk."""

    request: Request
    host: Host
    check_mode: bool
    diff: bool
    attributes: Callable[[str], FileAttributes]
    warn: Callable[[str], Any]


def from_options(options: Mapping[str, Any]) -> Request:
    """Return the request that the module's options make; KeepaliveError where they make none."""
    if not options["persist"] and not options["apply"]:
        raise KeepaliveError(
            '"persist" and "apply" are both off, which leaves nothing to do. Leave one of them on.'
        )
    check_path(options["path"])
    values, data = {}, None
    if options["state"] != "absent":
        given = [setting for setting in SETTINGS if options[setting.name] is not None]
        values = {setting.name: from_option(setting, options[setting.name]) for setting in given}
        data = _contents(values, options["content"])
    return Request(
        values=values,
        data=data,
        path=options["path"],
        persist=options["persist"],
        apply=options["apply"],
        overrides=options["overrides"],
        backup=options["backup"],
    )


def _contents(values: Dict[str, int], content: Optional[str]) -> bytes:
    if not values:
        raise KeepaliveError('Nothing to set: give at least one of "time", "intvl" and "probes".')
    data = _dropin.render(values) if content is None else bytes(to_bytes(content))
    _dropin.check_content(data, values)
    return data
