#!/usr/bin/python
# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: tcp_keepalive
short_description: Set TCP keepalive in the kernel and for the next boot
version_added: 0.1.0
description:
  - Sets C(net.ipv4.tcp_keepalive_time), C(net.ipv4.tcp_keepalive_intvl) and C(net.ipv4.tcp_keepalive_probes), which rule
    TCP over IPv4 and IPv6, in the running kernel and in a file that is loaded at boot, in one transaction.
  - Everything is checked before anything is changed. A failure half-way puts back what was there, in the kernel and on disk.
  - The settings count for sockets on which the application turned C(SO_KEEPALIVE) on. A socket whose timer is armed
    keeps that timer until it expires.
author:
  - the netops.tcp_keepalive authors (!UNKNOWN)
extends_documentation_fragment:
  - netops.tcp_keepalive.tcp_keepalive
  - ansible.builtin.files
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
options:
  time:
    description:
      - Seconds of silence before the first probe, from 1 to 32767.
      - A whole number in plain decimal. V(010), V(0x10), V(6e2) and V(yes) are refused, since Python, YAML and the kernel
        each read them in a way of their own; this is why the type is not C(int).
      - What none of O(time), O(intvl) and O(probes) names is left alone. One that the file set before and no longer does gets, in
        the kernel, what the next boot would load.
    type: raw
    aliases: [idle]
  intvl:
    description: Seconds between unanswered probes, from 1 to 32767; a number as for O(time).
    type: raw
    aliases: [interval]
  probes:
    description: Unanswered probes before the connection is given up, from 1 to 127; a number as for O(time).
    type: raw
    aliases: [count]
  state:
    description:
      - V(present) sets what O(time), O(intvl) and O(probes) ask for; at least one is needed.
      - V(absent) removes the file and gives the kernel what the next boot would now load; O(time), O(intvl), O(probes) and
        O(content) are not used then.
    type: str
    choices: [present, absent]
    default: present
  content:
    description:
      - The file's text; by default the module writes its own.
      - It must set exactly what O(time), O(intvl) and O(probes) ask, or the task fails before anything changes. Comments
        (C(#) at the start of a line) may say what they like.
    type: str
  persist:
    description: Whether to write the file, for the next boot.
    type: bool
    default: true
  apply:
    description: Whether to set the running kernel. V(false) suits an image or a chroot.
    type: bool
    default: true
  backup:
    description: Whether to keep the earlier file beside the new one, under a name that no boot tool reads.
    type: bool
    default: false
  owner:
    description: Name or number of the user who shall own the file.
    default: root
  group:
    description: Name or number of the group that shall own the file.
    default: root
  mode:
    description: The file's permissions, as for M(ansible.builtin.copy).
    default: '0644'
  unsafe_writes:
    description: Not used. The file is always replaced as a whole.
notes:
  - RV(boot) tells what O(path) sets. Other files that the boot tool reads, before or after it, are not looked at yet.
"""

EXAMPLES = r"""
- name: Keep idle connections alive through a NAT gateway that forgets them after 350 s
  netops.tcp_keepalive.tcp_keepalive:
    time: 200
    intvl: 60
    probes: 5

- name: Set the running kernel only, in a container that has no boot of its own
  netops.tcp_keepalive.tcp_keepalive:
    time: 200
    persist: false

- name: Go back to what the next boot loads without our file
  netops.tcp_keepalive.tcp_keepalive:
    state: absent
"""

RETURN = r"""
runtime:
  description: The kernel's values; null where they can not be read and O(apply=false).
  returned: success
  type: dict
  contains:
    before:
      description: The values before the task.
      type: dict
      returned: success
      sample: {time: 7200, intvl: 75, probes: 9}
    after:
      description: The values after the task.
      type: dict
      returned: success
      sample: {time: 200, intvl: 60, probes: 5}
boot:
  description: What the next boot loads from O(path), each with the number that the kernel will hold, the file and its line.
  returned: success
  type: dict
  contains:
    before:
      description: As it was before the task. File and line are null where the file does not set it.
      type: dict
      returned: success
      sample:
        time: {value: 7200, file: null, line: null}
        intvl: {value: 75, file: null, line: null}
        probes: {value: 9, file: null, line: null}
    after:
      description: As it is after the task.
      type: dict
      returned: success
      sample:
        time: {value: 200, file: /etc/sysctl.d/99-tcp-keepalive.conf, line: 2}
        intvl: {value: 60, file: /etc/sysctl.d/99-tcp-keepalive.conf, line: 3}
        probes: {value: 5, file: /etc/sysctl.d/99-tcp-keepalive.conf, line: 4}
file:
  description: Our file.
  returned: success
  type: dict
  contains:
    path:
      description: Its path.
      type: str
      returned: success
      sample: /etc/sysctl.d/99-tcp-keepalive.conf
    changed:
      description: Whether it was written, removed, or given other attributes.
      type: bool
      returned: success
      sample: true
    backup:
      description: Where the earlier file is kept; null where O(backup) is off or there was none.
      type: str
      returned: success
      sample: null
detection_time:
  description:
    - Seconds after which a peer that vanished is given up, time + intvl × probes, of RV(runtime.after); of RV(boot.after)
      where O(apply=false).
  returned: success
  type: int
  sample: 500
"""

import os

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.text.converters import to_bytes, to_text
from ansible_collections.netops.tcp_keepalive.plugins.module_utils import _content, _converge, _dropin, _kernel
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import (
    SETTINGS,
    KeepaliveError,
    detection_time,
    from_option,
)

ROOT = "/"
PROC = "/proc"


def main():
    module = AnsibleModule(
        argument_spec=dict(
            time=dict(type="raw", aliases=["idle"]),
            intvl=dict(type="raw", aliases=["interval"]),
            probes=dict(type="raw", aliases=["count"]),
            state=dict(type="str", choices=["present", "absent"], default="present"),
            path=dict(type="path", default="/etc/sysctl.d/99-tcp-keepalive.conf"),
            content=dict(type="str"),
            persist=dict(type="bool", default=True),
            apply=dict(type="bool", default=True),
            backup=dict(type="bool", default=False),
            owner=dict(type="str", default="root"),
            group=dict(type="str", default="root"),
            mode=dict(type="raw", default="0644"),
        ),
        add_file_common_args=True,
        supports_check_mode=True,
    )
    try:
        module.exit_json(**run(module))
    except KeepaliveError as error:
        module.fail_json(msg=str(error), changed=False)


def run(module):
    """Check everything, then change what differs, unless in check mode; return the task's result."""
    params = module.params
    want = wanted(params)
    _dropin.check_path(params["path"])
    path = os.path.join(ROOT, params["path"].lstrip("/"))

    have = _converge.State(runtime_now(required=want.apply), _dropin.read(path))
    attributes, attributes_differ, attributes_diff = compare_attributes(module, path, want, have)
    planned = _converge.plan(have, want, attributes_differ)
    _converge.check(planned, path, PROC)

    keep = params["backup"] and planned.rewrite and have.data is not None
    backup = _dropin.backup_path(path) if keep else None
    if not module.check_mode:
        _converge.execute(
            planned,
            path,
            PROC,
            backup,
            prepare=lambda staged: module.set_fs_attributes_if_different(dict(attributes, path=staged, attributes=None), False),
            finish=lambda: module.set_attributes_if_different(path, attributes["attributes"], False),
        )
    return result(params, planned, backup, attributes_diff)


def wanted(params):
    """Return what the options ask for, as a Want; KeepaliveError where they make no sense."""
    if not params["persist"] and not params["apply"]:
        raise KeepaliveError('"persist" and "apply" are both off, which leaves nothing to do. Leave one of them on.')
    if params["state"] == "absent":
        return _converge.Want({}, None, params["persist"], params["apply"])
    values = {
        setting.name: from_option(setting, params[setting.name]) for setting in SETTINGS if params[setting.name] is not None
    }
    if not values:
        raise KeepaliveError('Nothing to set: give at least one of "time", "intvl" and "probes".')
    data = _content.render(values) if params["content"] is None else to_bytes(params["content"])
    _content.check(data, values)
    return _converge.Want(values, data, params["persist"], params["apply"])


def runtime_now(required):
    try:
        return _kernel.read(PROC)
    except KeepaliveError:
        if required:
            raise
        return None


def compare_attributes(module, path, want, have):
    """Return the file's attributes as asked, whether the file differs from them, and the diff; changes nothing.

    Where there is no file yet its folder stands in for it, so that an unknown owner or a bad mode is found at once.
    """
    attributes = module.load_file_common_arguments(module.params, path=path)
    diff = {}
    if want.data is None or not want.persist:
        return attributes, False, diff
    place = path if have.data is not None else os.path.dirname(path)
    check_mode, module.check_mode = module.check_mode, True
    try:
        differ = os.path.isdir(os.path.dirname(path)) and module.set_fs_attributes_if_different(
            dict(attributes, path=place), False, diff
        )
    finally:
        module.check_mode = check_mode
    return attributes, differ, diff if have.data is not None else {}


def result(params, planned, backup, attributes_diff):
    before, after = planned.before, planned.after
    boot = {"before": _converge.boot(params["path"], before.data), "after": _converge.boot(params["path"], after.data)}
    in_force = after.runtime if params["apply"] else {name: entry["value"] for name, entry in boot["after"].items()}
    diff = [
        {"before_header": params["path"], "after_header": params["path"], "before": text(before.data), "after": text(after.data)},
        {
            "before_header": "kernel",
            "after_header": "kernel",
            "before": _kernel.as_text(before.runtime),
            "after": _kernel.as_text(after.runtime),
        },
    ]
    if attributes_diff:
        header = params["path"] + " (attributes)"
        diff.append(dict(attributes_diff, before_header=header, after_header=header))
    return {
        "changed": planned.rewrite or bool(planned.writes),
        "runtime": {"before": before.runtime, "after": after.runtime},
        "boot": boot,
        "file": {"path": params["path"], "changed": planned.rewrite, "backup": backup},
        "detection_time": detection_time(in_force),
        "diff": diff,
    }


def text(data):
    return to_text(data or b"", errors="surrogate_or_replace")


if __name__ == "__main__":
    main()
