# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter audit: what the info module found on each host, judged and put together."""

DOCUMENTATION = r"""
name: audit
short_description: Judge what was found about TCP keepalive on each host
version_added: 0.2.0
author: the netops.tcp_keepalive authors
description:
  - Takes the names of hosts, and from their variables the result of M(netops.tcp_keepalive.tcp_keepalive_info), registered as
    C(tcp_keepalive_audit), and what the role's variables ask for.
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
- name: Show the hosts that do not hold
  ansible.builtin.debug:
    msg: "{{ (ansible_play_hosts_all | netops.tcp_keepalive.audit(hostvars)).report.hosts | rejectattr('state', 'eq', 'holds') }}"
  run_once: true
"""

RETURN = r"""
_value:
  description: The report, and how it is shown.
  type: dict
  contains:
    report:
      description:
        - C(summary) counts the hosts by state, C(holds), C(drifts), C(loses) (at the next boot) and C(unseen).
        - C(hosts) has of each its name, C(state), C(reasons) in words, the values C(asked) for and the shortest C(hop), as far as
          its variables say, and the C(result) of the info module, null where there is none.
      type: dict
    table:
      description: Lines for a terminal.
      type: list
      elements: str
    page:
      description: What the playbook's page shows of the report.
      type: dict
"""


def audit(names, hostvars):
    # Ansible loads every filter of the collection for any of them: who uses plan does without the report.
    from ..plugin_utils import _report, _report_views

    report = _report.report((name, hostvars[name]) for name in names)
    return {"report": report, "table": _report_views.table(report), "page": _report_views.page(report)}


class FilterModule:
    def filters(self):
        return {"audit": audit}
