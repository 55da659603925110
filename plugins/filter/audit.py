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
  - The playbook C(netops.tcp_keepalive.audit) makes its table, its JSON file, its page and its
    metrics from it.
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
    msg: "{{ (audit.data | from_json).hosts | rejectattr('state', 'eq', 'holds') }}"
  vars:
    audit: "{{ ansible_play_hosts_all | netops.tcp_keepalive.audit(hostvars) }}"
  run_once: true
"""

RETURN = r"""
_value:
  description:
    - The report, for people and programs. What is large is text, which Ansible passes on as it is, where it
      would look for templates in each value of a dictionary.
  type: dict
  contains:
    date:
      description: When the report was made.
      type: str
      sample: 2026-11-30 08:00 UTC
    summary:
      description: Counts C(hosts), and by state, C(holds), C(drifts), C(loses) (at the next boot), C(unseen).
      type: dict
    table:
      description: Lines for a terminal.
      type: list
      elements: str
    data:
      description:
        - All of it as JSON, with C(date) and C(summary).
        - C(hosts) has for each its name, C(state), C(reasons) in words, the values C(asked) for and the
          shortest C(hop), where its variables set them, and the C(result) of the info module, null where
          there is none.
      type: str
    page:
      description: What the playbook's page shows, as JSON.
      type: str
    metrics:
      description: Metrics in the text format of Prometheus.
      type: str
"""


import json
import time
from collections import ChainMap
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from ansible.utils.unsafe_proxy import wrap_var

from ..plugin_utils import _metrics, _report, _report_views


class HostVars(Protocol):
    """Ansible's ``hostvars``."""

    def __getitem__(self, name: str) -> Mapping[str, Any]:
        """Return a host's variables, rendered as they are read."""

    def raw_get(self, name: str) -> Mapping[str, Any]:
        """Return them as they are, without what looking for templates takes."""


def audit(names: Iterable[str], hostvars: HostVars) -> dict[str, Any]:
    report = _report.report((name, _variables(name, hostvars)) for name in names)
    now = time.time()
    date = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(now))
    rendered = {
        "date": date,
        "summary": report["summary"],
        "table": _report_views.table(report),
        "data": json.dumps({"date": date, **report}),
        "page": json.dumps(_report_views.page(report)),
        "metrics": _metrics.text(report, now),
    }
    # Hosts' texts are never templates; before ansible-core 2.19 that has to be said.
    return dict(wrap_var(rendered))


def _variables(name: str, hostvars: HostVars) -> Mapping[str, Any]:
    """Return a host's variables, with its result as it was registered: no part of it is a template."""
    result = hostvars.raw_get(name).get("tcp_keepalive_audit")
    return ChainMap({"tcp_keepalive_audit": result}, hostvars[name])  # type: ignore[arg-type]


class FilterModule:
    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"audit": audit}
