# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The three values, and what they are planned from, as the modules that set them document them."""


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  time:
    description:
      - Seconds of silence before the first probe, from 1 to 32767.
      - A whole number in plain decimal. The strings V(010), V(0x10), V(6e2) and V(yes) are refused, since
        Python, YAML and the kernel each read them differently; this is why the type is not C(int). An
        unquoted C(010) is 8 to YAML and reaches the module as 8.
      - A value that is not given is planned where O(crosses) or O(detect_within) is given. Otherwise
        M(netops.tcp_keepalive.tcp_keepalive) leaves it alone (a setting that its file used to set and no
        longer does gets, in the kernel, the value that the next boot would load), and
        M(netops.tcp_keepalive.tcp_keepalive_always) takes the host's own, at the run and at each boot.
    type: raw
    aliases: [idle]
  intvl:
    description: Seconds between unanswered probes, from 1 to 32767; a number as for O(time).
    type: raw
    aliases: [interval]
  probes:
    description: Unanswered probes before the connection is reset, from 1 to 127; a number as for O(time).
    type: raw
    aliases: [count]
  crosses:
    description:
      - What idle connections cross, as for the filter P(netops.tcp_keepalive.plan#filter), a list of known
        names and numbers of seconds. The values that are not given are planned from it, on the controller.
      - An empty list stands for the NAT gateways and load balancers of the large clouds, the shortest of
        which forgets a connection after 60 seconds.
    type: raw
    version_added: 0.2.0
  detect_within:
    description:
      - Seconds after which a peer that vanished must have been given up. The values that are not given are
        planned for that, on the controller.
    type: raw
    version_added: 0.2.0
"""
