# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter summary: what a play did on each host, or would do, in lines for a terminal."""

DOCUMENTATION = r"""
name: summary
short_description: What each host has now and will have after a reboot
version_added: 0.2.0
author: the netops.tcp_keepalive authors
description:
  - Tells, for each host, what the results of M(netops.tcp_keepalive.tcp_keepalive), registered as
    C(tcp_keepalive_result), and of M(netops.tcp_keepalive.tcp_keepalive_always), registered as
    C(tcp_keepalive_always_result), say in a few lines. The playbooks C(netops.tcp_keepalive.apply),
    C(netops.tcp_keepalive.always) and C(netops.tcp_keepalive.remove) end with them.
positional: _input, hostvars, check_mode
options:
  _input:
    description: The names of the hosts.
    type: list
    elements: str
    required: true
  hostvars:
    description: The variables of all hosts, C(hostvars) in a play.
    type: dict
    required: true
  check_mode:
    description:
      - Whether the play ran in check mode, C(ansible_check_mode) in a play. The lines then tell what a host
        has apart from what it would have.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Show what each host has now and will have after a reboot
  ansible.builtin.debug:
    msg: "{{ ansible_play_batch | netops.tcp_keepalive.summary(hostvars, ansible_check_mode) }}"
  run_once: true
"""

RETURN = r"""
_value:
  description: The lines.
  type: list
  elements: str
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..plugin_utils import _summary


def summary(
    names: Iterable[str], hostvars: Mapping[str, Mapping[str, Any]], check_mode: bool = False
) -> list[str]:
    results = (
        (name, hostvars[name].get("tcp_keepalive_result"), hostvars[name].get("tcp_keepalive_always_result"))
        for name in names
    )
    return list(_summary.lines(results, check_mode))


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"summary": summary}
