# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter audit: a report from the info module's results of all hosts."""

DOCUMENTATION = r"""
name: audit
short_description: Report on TCP keepalive of each host
version_added: 0.2.0
author: the netops.tcp_keepalive authors
description:
  - Compares, for each host, the result of M(netops.tcp_keepalive.tcp_keepalive_info), registered as
    C(tcp_keepalive_audit), with what the role's variables ask for.
  - The playbook C(netops.tcp_keepalive.audit) makes its table, its JSON file and its page from it.
positional: _input, hostvars
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
"""

EXAMPLES = r"""
- name: Show the hosts that do not hold their values
  ansible.builtin.debug:
    msg: "{{ audit.report.hosts | rejectattr('state', 'eq', 'holds') }}"
  vars:
    audit: "{{ ansible_play_hosts_all | netops.tcp_keepalive.audit(hostvars) }}"
  run_once: true
"""

RETURN = r"""
_value:
  description: The report and its views.
  type: dict
  contains:
    report:
      description:
        - C(summary) counts the hosts by state, C(holds), C(drifts), C(loses) (at the next boot), C(unseen).
        - C(hosts) has for each its name, C(state), C(reasons) in words, the values C(asked) for and the
          shortest C(hop), where its variables set them, and the C(result) of the info module, null where
          there is none.
      type: dict
    table:
      description: Lines for a terminal.
      type: list
      elements: str
    page:
      description: The data that the playbook's page shows.
      type: dict
    metrics:
      description: Metrics in the text format of Prometheus.
      type: str
"""


import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..plugin_utils import _metrics, _report, _report_views


def audit(names: Iterable[str], hostvars: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    report = _report.report((name, hostvars[name]) for name in names)
    return {
        "report": report,
        "table": _report_views.table(report),
        "page": _report_views.page(report),
        "metrics": _metrics.text(report, time.time()),
    }


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"audit": audit}
