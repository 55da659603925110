# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter plan: keepalive values from what the connections cross."""

DOCUMENTATION = r"""
name: plan
short_description: TCP keepalive values from what the connections cross
version_added: 0.2.0
author: the netops.tcp_keepalive authors
description:
  - Plans values that keep idle connections alive across the given hops, even when two probes in a row are
    lost, with no more traffic than that needs.
  - The shortest timeout decides. Timers of the Linux kernel fire up to an eighth late, so
    C((time + 2 * intvl) * 9/8) is less than it, C((time + intvl * probes) * 9/8) is at most O(detect_within),
    and there are at least three probes.
  - A proxy is refused with the reason. It ends TCP connections itself, so that TCP keepalive does not count.
positional: _input
options:
  _input:
    description:
      - A list of hops, each the number of seconds after which it forgets an idle connection, 4 or more, or
        the name of a known one, such as V(aws_nat_gateway), V(azure_load_balancer) or V(linux_ipvs). The
        documentation of the collection lists them.
    type: list
    elements: raw
    required: true
  detect_within:
    description:
      - Seconds after which a peer that vanished must have been given up, 5 or more. Without it, there is no
        limit.
    type: int
"""

EXAMPLES = r"""
# Through AWS's NAT gateway, and a firewall of our own that forgets after 30 minutes.
- name: Show the values that keep idle connections alive
  ansible.builtin.debug:
    msg: "{{ ['aws_nat_gateway', 1800] | netops.tcp_keepalive.plan }}"
    # {time: 235, intvl: 38, probes: 9, idle_timeout: 350, detection_time: 577}

- name: Show the values that also detect a dead peer within two minutes
  ansible.builtin.debug:
    msg: "{{ ['aws_nat_gateway'] | netops.tcp_keepalive.plan(detect_within=120) }}"
    # {time: 54, intvl: 13, probes: 4, idle_timeout: 350, detection_time: 106}
"""

RETURN = r"""
_value:
  description: The values, the timeout that they were planned for, and the detection time that they give.
  type: dict
  contains:
    time:
      description: Seconds of silence before the first probe.
      type: int
    intvl:
      description: Seconds between unanswered probes.
      type: int
    probes:
      description: Unanswered probes before the connection is given up.
      type: int
    idle_timeout:
      description: The shortest of the hops' timeouts, in seconds; null without hops.
      type: int
    detection_time:
      description: Seconds after which a peer that vanished is given up, up to an eighth more.
      type: int
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ..module_utils._settings import KeepaliveError
from ..plugin_utils import _plan


def plan(hops: Any, detect_within: Any = None) -> dict[str, Any]:
    try:
        return _plan.plan(_plan.demand(hops, detect_within))
    except KeepaliveError as error:
        raise AnsibleFilterError(str(error)) from error


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"plan": plan}
