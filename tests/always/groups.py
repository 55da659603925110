# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Control groups named as systemd names those of its units, and being in one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ansible_collections.netops.tcp_keepalive.plugins.module_utils._always import _loader


def top() -> Path:
    """Return the root of the control groups, as this test's own host has it."""
    with _loader.root_group() as root:
        return Path(os.readlink(f"/proc/self/fd/{root}"))


@contextmanager
def unit(path: str) -> Iterator[Path]:
    """Make the group of a running unit, such as system.slice/app.service."""
    made = [top() / parent for parent in [*reversed(Path(path).parents), Path(path)][1:]]
    made = [folder for folder in made if not folder.is_dir()]
    for folder in made:
        folder.mkdir()
    try:
        yield top() / path
    finally:
        for folder in reversed(made):
            folder.rmdir()


@contextmanager
def inside(group: Path) -> Iterator[None]:
    """Be in a group, as a process of a unit is."""
    (group / "cgroup.procs").write_text(str(os.getpid()))
    try:
        yield
    finally:
        (top() / "cgroup.procs").write_text(str(os.getpid()))


def programs(group: Path) -> list[str]:
    """Return the names of our programs on a group."""
    descriptor = os.open(group, os.O_RDONLY)
    with _loader.closing(descriptor):
        found = {name: _loader.find(descriptor, name) for name in (_loader.RULE, _loader.EXCEPTION)}
    for program in filter(None, found.values()):
        os.close(program)
    return [name.decode() for name, program in found.items() if program]
