# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task can do in a container: where no file counts, it is refused with what would work."""

from typing import List

from .._boot._next_boot import Container, NextBoot
from .._settings import KeepaliveError
from ._request import Request


def check(request: Request, next_boot: NextBoot, container: Container) -> List[str]:
    """Return warnings for a task that sets values in a container; KeepaliveError to refuse it."""
    shared = [container.shared_notice] if request.apply and container.shared_notice else []
    if container.loads_files or (not request.persist and container.writable):
        return shared
    if not next_boot.keeps_values:
        return [f"This container does not boot: {request.path} counts only on a host that boots these files."]
    held = next_boot.predict().values()
    # What nothing inside can change was set by the container's creator, and comes back with it.
    if not container.writable and all(held[name] == value for name, value in request.values.items()):
        return []
    if not request.persist:
        raise KeepaliveError(f"{container.notice} Nothing was changed.")
    problem = f"{container.notice} {request.path} would have no effect."
    if request.overrides == "warn" and (container.writable or not request.apply):
        return [problem, *shared]
    raise KeepaliveError(f"{problem} Nothing was changed. {_choices(container)}")


def _choices(container: Container) -> str:
    if container.boots:
        return 'To write the file anyway: "apply: false" with "overrides: warn".'
    choices = 'To write it into an image that other hosts boot: "apply: false".'
    return f'To set the running kernel only: "persist: false". {choices}' if container.writable else choices
