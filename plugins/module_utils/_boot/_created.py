# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a container that boots starts with, before its boot tool runs: not always the kernel's defaults."""

from typing import Dict, Set

from ._container import Container
from ._prediction import Prediction

_UNKNOWN = (
    "no file sets it, and whether its value comes from what creates this container (lxc.sysctl, --sysctl) "
    "cannot be seen from inside"
)


def set_by_files(prediction: Prediction) -> Set[str]:
    """Return the names of the settings that are not left as they are when the boot tool starts."""
    return {name for name, entry in prediction.boot.items() if entry is None or entry.writer is not None}


def corrected(
    prediction: Prediction, container: Container, runtime: Dict[str, int], by_files: Set[str]
) -> Prediction:
    """Return the prediction with what no file sets as this container starts with it.

    ``by_files``: the names of the settings that files set as they are now: the value of such a one tells
    nothing about the creator, which is taken to set none.
    """
    boot, unknown = dict(prediction.boot), dict(prediction.unknown)
    for name in boot.keys() - set_by_files(prediction):
        entry = boot[name]
        if container.host_network and entry:
            boot[name] = entry._replace(value=runtime[name])
        elif entry and name not in by_files and runtime[name] != entry.value and not container.created_plain:
            boot[name], unknown[name] = None, _UNKNOWN
    return prediction._replace(boot=boot, unknown=unknown)
