# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules' documentation has in common."""


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  path:
    description:
      - The drop-in file that holds the settings. This file is the collection's own, as a whole.
      - It must lie in C(/etc/sysctl.d), C(/usr/local/lib/sysctl.d), C(/usr/lib/sysctl.d) or C(/lib/sysctl.d), and its
        name must end in C(.conf), or no boot tool would read it.
    type: path
    default: /etc/sysctl.d/99-tcp-keepalive.conf
attributes:
  check_mode:
    description: Can run in C(check_mode) and return the changed status prediction without modifying the target.
  diff_mode:
    description: Will return details on what has changed (or possibly needs changing in C(check_mode)), when in diff mode.
  platform:
    description: Target systems that the module can run on.
    support: full
    platforms: linux
"""
