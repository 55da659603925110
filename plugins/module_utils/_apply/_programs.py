# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Overrides by a program that writes after the boot tool: in words for the user, and what can be changed."""

from .._settings import KeepaliveError
from ._decision import Override

_LATER = {
    "ufw": "which ufw loads later, ",
    "tuned": "which TuneD applies later, ",
    "saptune": "which saptune applies later, ",
}
# Their formats are not those of a boot tool, and they have ways of their own for local changes.
_ADVICE = {
    "tuned": "Change the profile, or choose another (tuned-adm profile), or set reapply_sysctl = 1 in "
    "/etc/tuned/tuned-main.conf, with which TuneD applies files in /etc/sysctl.d after its profile.",
    "saptune": "Set the value, or leave it empty, in the section [sysctl] of a file of the note's name in "
    "/etc/saptune/override, or revert the note (saptune note revert).",
}


def clause(override: Override) -> str:
    """Return how the line comes to win, to follow "FILE, line NUMBER, "; "" for the boot tool."""
    return _LATER.get(override.writer or "", "")


def may_edit(override: Override) -> bool:
    """Return whether a line outside a boot tool's own files may be commented out: ufw's file is plain.
    KeepaliveError, with advice, for one in a file of another format."""
    if override.writer in _ADVICE:
        raise KeepaliveError(
            f"{override.file}, line {override.line}, is not commented out, since it is part of what "
            f"{override.writer} applies. {_ADVICE[override.writer]}"
        )
    return override.writer == "ufw"
