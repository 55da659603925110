# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How versions of systemd-sysctl differ, 208 to 262, with the branches of Red Hat and SUSE.

Sources: src/sysctl/sysctl.c, src/shared/sysctl-util.c, src/basic/conf-files.c and src/basic/fileio.c at each
version's tag; redhat-plumbers/systemd-rhel7 and -rhel8, openSUSE/systemd.
"""

from typing import NamedTuple

# Releases of distributions whose systemd is not upstream's.
RHEL_7_OLD, RHEL_7 = "RHEL 7.3 and earlier", "RHEL 7.4 and later"
RHEL_8_OLD, RHEL_8 = "RHEL 8.5 and earlier", "RHEL 8.6 and later"
SUSE = "SUSE"


class Rules(NamedTuple):
    """What one version does; each is named after what it does."""

    # Files
    reads_sysctl_conf_last: bool
    takes_only_files_and_links: bool
    skips_unresolvable_links: bool
    reads_credential: bool
    # Lines
    cut_at: int  # bytes of a line that are read at once, 0: all; the rest is a line of its own
    line_ends: str  # besides the line feed
    semicolon_is_comment: bool
    # Keys
    ignores_minus: bool
    ignores_blanks_after_minus: bool
    knows_patterns: bool
    simplifies_keys: bool
    refuses_dot_dot: bool
    compares_keys_as_paths: bool
    keeps_order: bool


def rules(version: int, branch: str = "") -> Rules:
    """Return the rules of a version; ``branch``: one of those above, or "" for upstream's."""
    if branch == SUSE and version < 236:
        # SUSE took over the line reader, and before 232 the ordered table.
        return _upstream(236)
    upstream = _upstream(version)
    if branch in (RHEL_7_OLD, RHEL_7):
        return upstream._replace(reads_sysctl_conf_last=True, keeps_order=branch == RHEL_7)
    if branch == RHEL_8:
        return upstream._replace(ignores_minus=True, compares_keys_as_paths=False)
    return upstream


def _upstream(version: int) -> Rules:
    return Rules(
        reads_sysctl_conf_last=False,
        takes_only_files_and_links=version < 239,
        skips_unresolvable_links=version >= 258,
        reads_credential=version >= 252,
        cut_at=2047 if version < 236 else 0,
        line_ends="" if version < 236 else "\0" if version < 240 else "\r\0",
        semicolon_is_comment=version < 259,
        ignores_minus=version >= 243,
        ignores_blanks_after_minus=version >= 245,
        knows_patterns=version >= 245,
        simplifies_keys=version >= 245,
        refuses_dot_dot=version >= 250,
        compares_keys_as_paths=238 <= version < 243,
        keeps_order=version >= 232,
    )
