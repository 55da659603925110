# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the info module tells of tcp_keepalive_always: what is attached, and what a boot attaches."""

from typing import Any, Dict, Optional

from . import _at_boot, _attached, _loader


def report(root: str, proc: str) -> Optional[Dict[str, Any]]:
    """Return {program, boot, turned_on}, None where it may not be seen what is attached."""
    try:
        with _loader.closing(_loader.open_root(proc)) as groups:
            state = _attached.look(groups)
    except OSError:
        return None
    boot = _at_boot.look(root)
    return {"program": state.as_result(), "boot": boot and boot.as_result(), "turned_on": state.turned_on}
