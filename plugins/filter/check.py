# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter check: a warning for values that break what the connections cross."""

DOCUMENTATION = r"""
name: check
short_description: Warn of TCP keepalive values that break what the connections cross
version_added: 0.2.0
author: the netops.tcp_keepalive authors
description:
  - Returns the values as they are, and shows a warning for each demand that they break.
  - The role P(netops.tcp_keepalive.tcp_keepalive#role) uses it for values that are given beside hops.
positional: _input, hops
options:
  _input:
    description: The values C(time), C(intvl) and C(probes).
    type: dict
    required: true
  hops:
    description: What the connections cross, as for P(netops.tcp_keepalive.plan#filter). None at all asks for nothing.
    type: list
    elements: raw
    required: true
  detect_within:
    description: Seconds after which a peer that vanished must have been given up.
    type: int
"""

EXAMPLES = r"""
- name: Show the values, and a warning, since the connection is forgotten after 350 seconds
  ansible.builtin.debug:
    msg: "{{ {'time': 7200, 'intvl': 75, 'probes': 9} | netops.tcp_keepalive.check(['aws_nlb']) }}"
"""

RETURN = r"""
_value:
  description: The values, unchanged.
  type: dict
"""

from ansible.errors import AnsibleFilterError
from ansible.utils.display import Display
from ansible_collections.netops.tcp_keepalive.plugins.module_utils import _plan
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import SETTINGS, KeepaliveError, from_option


def check(values, hops, detect_within=None):
    if not hops and detect_within in (None, ""):
        return values
    try:
        numbers = {setting.name: from_option(setting, values[setting.name]) for setting in SETTINGS}
        problems = _plan.breaches(numbers, _plan.demand(hops, detect_within))
    except KeepaliveError as error:
        raise AnsibleFilterError(str(error)) from error
    for problem in problems:
        Display().warning("TCP keepalive values break what is asked of them: {0}".format(problem))
    return values


class FilterModule:
    def filters(self):
        return {"check": check}
