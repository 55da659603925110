# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Our own file as a task finds it, and the attributes that the task asks for."""

from typing import Any, Callable, ContextManager, Dict, NamedTuple, Optional, Tuple


class FileAttributes:
    """Owner, group, mode, SELinux context and attributes of chattr(1), as the task asks for them.

    The module implements it with AnsibleModule (modules/tcp_keepalive.py).
    """

    # Sets the attributes of chattr(1), which a temporary name cannot have; None if none are asked for.
    finish: Optional[Callable[[], Any]] = None

    def differ(self, exists: bool) -> Tuple[bool, Dict[str, Any]]:
        """Return whether the file differs from what is asked for, and a diff. Changes nothing."""
        raise NotImplementedError

    def set(self, staged: str) -> None:
        """Set all but the attributes of chattr(1) on a new file, before it is in place."""
        raise NotImplementedError

    def failing_by_exception(self) -> ContextManager[None]:
        """Make a failure to set attributes a KeepaliveError instead of the end of the process."""
        raise NotImplementedError


class OurFile(NamedTuple):
    """``path`` as boot tools see it; ``before``: its contents, None: no file; ``backup``: keep them."""

    path: str
    before: Optional[bytes]
    backup: bool
    attributes: FileAttributes
