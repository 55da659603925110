#!/usr/bin/python
# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: tcp_keepalive_always
short_description: Turn on TCP keepalive for applications that never ask for it
version_added: 0.2.0
description:
  - Turns on keepalive for connections of applications that never set C(SO_KEEPALIVE), on the whole host with
    its containers or for chosen systemd units, for new connections and for those that are open.
  - Who has not chosen gets the host's values. Keepalive that is off becomes on. Where all three values read
    as the kernel's defaults (7200, 75, 9), all three become those of this module. An application, or a
    network namespace, that has values of its own keeps them.
  - For new connections, a BPF program of type sock_ops on a control group does it. No process runs.
  - Everything is checked before anything is changed. After a failure half-way, programs and files are put
    back as they were.
author:
  - the netops.tcp_keepalive authors (!UNKNOWN)
extends_documentation_fragment:
  - netops.tcp_keepalive.values
  - netops.tcp_keepalive.attributes
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
    details:
      - Connections that were opened meanwhile, and that the program could not reach, are a change.
options:
  state:
    description:
      - V(absent) ends it for new connections, on the whole host and in all units, and for the next boot. What
        is on stays on. Of the other options, which are checked all the same, it uses O(persist) and O(apply).
    type: str
    choices: [present, absent]
    default: present
  units:
    description:
      - Only these systemd units (services, sockets or slices), each by its full name, such as
        V(nginx.service). V(kubepods.slice) covers all pods.
      - A socket that systemd opens for a service belongs to the C(.socket) unit.
      - An empty list stands for the whole host, containers and pods included.
      - A host has one such list. Units of an earlier run that are not on it no longer have it.
    type: list
    elements: str
    default: []
  except_units:
    description:
      - With the whole host, these units are left alone. Connections that one opens at its very start, before
        the exception is there, may be turned on.
    type: list
    elements: str
    default: []
  user_timeout:
    description:
      - Also sets C(TCP_USER_TIMEOUT), in seconds, from 1 to 65535, on connections that have none. It ends
        connections to a peer that vanishes while data is under way, where keepalive is silent.
      - It also ends a connection whose peer lives, but keeps its window shut for that long.
      - It must be O(time) + 2 · O(intvl) or more.
    type: raw
  open:
    description:
      - Whether connections that are open now get the same, in every network namespace. A timer that was
        armed for longer than it would be now is armed anew.
    type: bool
    default: true
  persist:
    description: Whether to write the units for the next boot, which needs systemd.
    type: bool
    default: true
  apply:
    description: Whether to attach the program now. V(false) suits an image or a chroot.
    type: bool
    default: true
notes:
  - Needs Linux 5.9, for values and O(user_timeout) Linux 6.1. Older kernels, and containers, are refused with
    what would help.
  - A unit that starts later gets it from a small unit of ours that starts after it. What it has opened by
    then is turned on too.
"""

EXAMPLES = r"""
- name: Keep every connection of the host and its containers alive through a gateway that forgets after 350 s
  netops.tcp_keepalive.tcp_keepalive_always:
    crosses: [aws_nat_gateway]

- name: Only for one service
  netops.tcp_keepalive.tcp_keepalive_always:
    units: [billing.service]
    time: 240
    intvl: 30
    probes: 4

- name: No longer for new connections
  netops.tcp_keepalive.tcp_keepalive_always:
    state: absent
"""

RETURN = r"""
program:
  description:
    - What is attached, null for nothing. C(scope) is V(host) or V(units), and C(units) has those that run.
    - C(user_timeout) is null where it is not set.
  returned: success
  type: dict
  contains:
    before:
      description: Before the task.
      type: dict
      returned: success
      sample: null
    after:
      description: After the task.
      type: dict
      returned: success
      sample: {scope: host, units: [], except_units: [], time: 235, intvl: 38, probes: 9, user_timeout: null}
boot:
  description:
    - What the next boot attaches, null for nothing. A value that will be the host's own is null.
  returned: success
  type: dict
  contains:
    before:
      description: Before the task.
      type: dict
      returned: success
      sample: null
    after:
      description: After the task.
      type: dict
      returned: success
      sample: {scope: host, units: [], except_units: [], time: 235, intvl: 38, probes: 9, user_timeout: null}
connections:
  description:
    - The established connections that the program covers, in all network namespaces. Null with O(open=false)
      and where nothing is attached.
  returned: success
  type: dict
  contains:
    before:
      description: Counts, as in RV(netops.tcp_keepalive.tcp_keepalive_info#module:sockets).
      type: dict
      returned: success
      sample: {established: 12, keepalive: 9, unprotected: 2, overlong: 1, busy: 1}
    after:
      description: The same after the task.
      type: dict
      returned: success
      sample: {established: 12, keepalive: 11, unprotected: 0, overlong: 0, busy: 1}
    turned_on:
      description: How many had keepalive off.
      type: int
      returned: success
      sample: 2
    rearmed:
      description: How many had keepalive on, and got the values, or a timer that is armed anew.
      type: int
      returned: success
      sample: 1
    user_timeout:
      description: How many only lacked a user timeout.
      type: int
      returned: success
      sample: 0
    probes_per_second:
      description: How many probes a second the first two add at most, while the connections are idle.
      type: float
      returned: success
      sample: 0.1
    unreached:
      description: Who holds connections that could not be reached, how many (C(count)), and why.
      type: list
      elements: dict
      returned: success
      sample: [{who: unknown, count: 1, reason: "it is not accepted yet, or the kernel's own"}]
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils._always._loader import Refused
from ..module_utils._always._request import from_options
from ..module_utils._always._task import Task, Unfinished, run
from ..module_utils._settings import KeepaliveError
from ..module_utils._utf8 import in_utf8

ROOT = "/"
PROC = "/proc"


def main() -> None:
    module = AnsibleModule(
        argument_spec=dict(
            state=dict(type="str", choices=["present", "absent"], default="present"),
            units=dict(type="list", elements="str", default=[]),
            except_units=dict(type="list", elements="str", default=[]),
            time=dict(type="raw", aliases=["idle"]),
            intvl=dict(type="raw", aliases=["interval"]),
            probes=dict(type="raw", aliases=["count"]),
            user_timeout=dict(type="raw"),
            open=dict(type="bool", default=True),
            persist=dict(type="bool", default=True),
            apply=dict(type="bool", default=True),
            # The action plugin replaces these by values before the module runs.
            crosses=dict(type="raw"),
            detect_within=dict(type="raw"),
        ),
        supports_check_mode=True,
    )
    try:
        task = Task(
            request=from_options(module.params),
            root=ROOT.rstrip("/"),
            proc=PROC,
            check_mode=module.check_mode,
            diff=module._diff,
            warn=module.warn,
            reload=lambda: reload_units(module),
        )
        result = run(task)
    except Unfinished as error:
        module.fail_json(msg=in_utf8(str(error)), changed=not module.check_mode)
    except (KeepaliveError, Refused, OSError) as error:
        module.fail_json(msg=in_utf8(str(error)), changed=False)
    module.exit_json(**in_utf8(result))


def reload_units(module: AnsibleModule) -> None:
    """Let systemd read its units anew; KeepaliveError or OSError where it does not."""
    status, _out, errors = module.run_command(["systemctl", "daemon-reload"], handle_exceptions=False)
    if status:
        raise KeepaliveError(f"systemctl daemon-reload failed: {errors.strip() or status}")


if __name__ == "__main__":
    main()
