# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task means for the next boot."""

from typing import List, NamedTuple, Optional, Sequence

from .._boot._next_boot import Changes, Prediction
from ._overrides import Override, Restored


class Decision(NamedTuple):
    """``before`` and ``after`` are None where no boot can be predicted; ``changes``: of all files;
    ``restored``: lines that were commented out, and come back."""

    before: Optional[Prediction]
    after: Optional[Prediction]
    overrides: List[Override]
    changes: Changes
    warnings: List[str]
    restored: Sequence[Restored] = ()
