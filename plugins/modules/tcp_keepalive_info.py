#!/usr/bin/python
# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: tcp_keepalive_info
short_description: Read the TCP keepalive settings of a host
version_added: 0.1.0
description:
  - Reads the kernel's three values and what our file sets. Changes nothing and needs no root.
author:
  - the netops.tcp_keepalive authors (!UNKNOWN)
extends_documentation_fragment:
  - netops.tcp_keepalive.tcp_keepalive
attributes:
  check_mode:
    support: full
  diff_mode:
    support: none
"""

EXAMPLES = r"""
- name: Read the settings
  netops.tcp_keepalive.tcp_keepalive_info:
  register: keepalive

- name: Fail where a peer that vanished is kept for longer than 10 minutes
  ansible.builtin.assert:
    that: keepalive.detection_time <= 600
"""

RETURN = r"""
runtime:
  description: The kernel's values; null, with a warning, where they can not be read.
  returned: success
  type: dict
  sample: {time: 7200, intvl: 75, probes: 9}
detection_time:
  description:
    - Seconds after which a peer that vanished is given up, time + intvl × probes; null where it never is (a negative value).
  returned: success
  type: int
  sample: 7875
file:
  description: What our file says.
  returned: success
  type: dict
  contains:
    path:
      description: Its path.
      type: str
      returned: success
      sample: /etc/sysctl.d/99-tcp-keepalive.conf
    exists:
      description: Whether there is such a file.
      type: bool
      returned: success
      sample: true
    settings:
      description: By name, the number that the kernel will hold and the line; only what the file sets.
      type: dict
      returned: success
      sample:
        time: {value: 200, line: 2}
        intvl: {value: 60, line: 3}
        probes: {value: 5, line: 4}
"""

import os

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.netops.tcp_keepalive.plugins.module_utils import _content, _dropin, _kernel
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import KeepaliveError, detection_time

ROOT = "/"
PROC = "/proc"


def main():
    module = AnsibleModule(
        argument_spec=dict(path=dict(type="path", default="/etc/sysctl.d/99-tcp-keepalive.conf")), supports_check_mode=True
    )
    path = module.params["path"]
    try:
        _dropin.check_path(path)
        data = _dropin.read(os.path.join(ROOT, path.lstrip("/")))
    except KeepaliveError as error:
        module.fail_json(msg=str(error))
    runtime = None
    try:
        runtime = _kernel.read(PROC)
    except KeepaliveError as error:
        module.warn(str(error))
    settings = {name: entry._asdict() for name, entry in _content.entries(data).items()}
    module.exit_json(
        changed=False,
        runtime=runtime,
        detection_time=detection_time(runtime) if runtime else None,
        file={"path": path, "exists": data is not None, "settings": settings},
    )


if __name__ == "__main__":
    main()
