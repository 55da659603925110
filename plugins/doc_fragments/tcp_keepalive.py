# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that the modules' documentation shares."""


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  path:
    description:
      - The drop-in file that holds the settings. The collection owns the whole file.
      - It must be in C(/etc/sysctl.d), C(/usr/local/lib/sysctl.d), C(/usr/lib/sysctl.d) or C(/lib/sysctl.d),
        and its name must end in C(.conf). Boot tools read no other files.
    type: path
    default: /etc/sysctl.d/99-tcp-keepalive.conf
"""
