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
  host:
    description: Whose values they are, for the warning.
    type: str
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

from collections.abc import Mapping

from ansible.errors import AnsibleFilterError
from ansible.utils.display import Display
from ansible_collections.netops.tcp_keepalive.plugins.module_utils import _plan
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import SETTINGS, KeepaliveError, from_option


def check(values, hops, detect_within=None, host=None):
    try:
        if not _plan.listed(hops) and detect_within in (None, ""):
            return values
        problems = _plan.breaches(_numbers(values), _plan.demand(hops, detect_within))
    except KeepaliveError as error:
        raise AnsibleFilterError(str(error)) from error
    for problem in problems:
        whose = "TCP keepalive values of {0}".format(host) if host else "TCP keepalive values"
        Display().warning("{0} break what is asked of them: {1}".format(whose, problem))
    return values


def _numbers(values):
    missing = [setting.name for setting in SETTINGS if not isinstance(values, Mapping) or setting.name not in values]
    if missing:
        raise KeepaliveError("check takes time, intvl and probes; missing: {0}.".format(", ".join(missing)))
    return {setting.name: from_option(setting, values[setting.name]) for setting in SETTINGS}


class FilterModule:
    def filters(self):
        return {"check": check}
