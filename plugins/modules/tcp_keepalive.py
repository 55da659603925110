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
      - A whole number in plain decimal. The texts V(010), V(0x10), V(6e2) and V(yes) are refused, since Python, YAML and the
        kernel each read them in a way of their own; this is why the type is not C(int). What YAML itself makes of an unquoted
        C(010), which is 8, can not be told from an 8.
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
  overrides:
    description:
      - What to do where a line of another file would win over O(path) at the next boot. Asked with O(persist=true) only.
      - V(fail) changes nothing and says which file, line and value it is.
      - V(warn) goes on and says so, in a warning and in RV(overrides); the next boot will not be as asked.
      - V(disable) comments that line out, in place, and keeps the file as it was beside it, under a name that no boot tool
        reads. What is more than a line that sets what the task asks for (a wider pattern, say) is refused with the reason.
    type: str
    choices: [fail, warn, disable]
    default: fail
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
  - Where nothing on the host loads sysctl files at boot, O(persist=true) is refused.
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
  description:
    - What the next boot sets, each with the number that the kernel will hold, and the file and line that win.
    - Both are null, with a warning, where it can not be told and O(persist=false).
  returned: success
  type: dict
  contains:
    before:
      description: As it was before the task. File and line are null where no file sets it.
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
boot_tool:
  description: What loads sysctl files when this host boots, V(systemd-sysctl), V(procps) or V(busybox); null where nothing does.
  returned: success
  type: str
  sample: systemd-sysctl
overrides:
  description:
    - The lines of other files that would win at the next boot; with O(overrides=disable), those that were commented out, each
      with the backup of its file.
  returned: success
  type: list
  elements: dict
  sample: [{setting: time, value: 7200, file: /etc/sysctl.d/99-zz.conf, line: 3, backup: null}]
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
      where O(apply=false). Null where it never is (a negative value).
  returned: success
  type: int
  sample: 500
"""

import os
from contextlib import contextmanager

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.text.converters import to_bytes, to_text
from ansible_collections.netops.tcp_keepalive.plugins.module_utils import _boot_plan, _dropin, _kernel, _leftovers, _lock
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._next_boot import NextBoot, as_result, in_utf8, values
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import (
    SETTINGS,
    KeepaliveError,
    detection_time,
    from_option,
)
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._sysctl_files import EDITABLE_FOLDERS

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
            overrides=dict(type="str", choices=["fail", "warn", "disable"], default="fail"),
            backup=dict(type="bool", default=False),
            owner=dict(type="str", default="root"),
            group=dict(type="str", default="root"),
            mode=dict(type="raw", default="0644"),
        ),
        add_file_common_args=True,
        supports_check_mode=True,
    )
    try:
        result = run(module)
    except (KeepaliveError, OSError) as error:
        module.fail_json(msg=in_utf8(str(error)), changed=False)
    module.exit_json(**in_utf8(result))


def run(module):
    """Return the task's result. Of several runs at once, one waits for the other; check mode, which changes nothing, does not."""
    wanted, data = asked(module.params)
    if module.check_mode:
        return converge(module, wanted, data)
    with _lock.held(on_disk("/etc")):
        if module.params["persist"]:
            for folder in ("/etc", *EDITABLE_FOLDERS):
                _leftovers.sweep(on_disk(folder))
        return converge(module, wanted, data)


def converge(module, wanted, data):
    """Look at everything, then change what differs, unless in check mode; return the task's result."""
    params = module.params
    path = params["path"]
    runtime = runtime_now(required=params["apply"])
    before = _dropin.read(on_disk(path)) if params["persist"] else None
    after = data if params["persist"] else None

    next_boot = NextBoot(ROOT, PROC)
    boot = _boot_plan.settle(next_boot, params, wanted, {} if after == before else {path: after})
    for problem in boot.warnings:
        module.warn(in_utf8(problem))
    attributes, differ, attributes_diff = our_attributes(module, before, after)
    targets = _boot_plan.kernel_targets(next_boot, params, wanted, boot) if params["apply"] else {}
    writes = {name: value for name, value in targets.items() if runtime[name] != value}
    runtime_after = runtime and dict(runtime, **writes)
    differences = diff(next_boot, boot.changes, path, (before, after), (runtime, runtime_after), attributes_diff)

    touched = dict({path: after} if differ else {}, **boot.changes)
    if not module.check_mode and params["persist"] and not touched:
        _leftovers.sync_as_found(on_disk(path))
    rewrites = change(module, next_boot, boot.changes, touched, before, attributes, writes, runtime) if touched or writes else []

    in_force = runtime_after if params["apply"] else values(boot.after)
    backups = {rewrite.path: rewrite.backup for rewrite in rewrites if rewrite.backup}
    return {
        "changed": bool(touched or writes),
        "runtime": {"before": runtime, "after": runtime_after},
        "boot": {"before": as_result(boot.before), "after": as_result(boot.after)},
        "boot_tool": next_boot.tool_name,
        "overrides": [dict(one._asdict(), backup=backups.get(one.file and on_disk(one.file))) for one in boot.overrides],
        "file": {"path": path, "changed": path in touched, "backup": backups.get(on_disk(path))},
        "detection_time": detection_time(in_force) if in_force else None,
        "diff": differences,
    }


def change(module, next_boot, changes, touched, before, attributes, writes, runtime):
    """See that everything can be changed, then change it, unless in check mode; return the rewrites of files.

    ``changes``: of what files say; ``touched``: the same, and our file where only its attributes differ. Most runs change
    nothing, and do not pay for the imports.
    """
    from ansible_collections.netops.tcp_keepalive.plugins.module_utils import _converge, _steps

    path = module.params["path"]
    steps = _steps.in_order(next_boot, changes, path)
    steps += [(one, data) for one, data in touched.items() if one not in changes]
    ours = _steps.Ours(
        path, before, module.params["backup"], lambda staged: give(module, attributes, staged), finisher(module, attributes)
    )
    rewrites = _steps.rewrites(ROOT, next_boot, steps, ours, module.warn)
    plan = _converge.Plan(rewrites, writes, runtime)
    _converge.check(plan, PROC)
    if not module.check_mode:
        _converge.hold_signals()
        with failing_by_exception(module):
            untidy = _converge.execute(plan, PROC)
        for problem in untidy:
            module.warn(in_utf8(problem))
    return rewrites


def asked(params):
    """Return what the options ask for: values by name, and the file's data (None for absent)."""
    if not params["persist"] and not params["apply"]:
        raise KeepaliveError('"persist" and "apply" are both off, which leaves nothing to do. Leave one of them on.')
    _dropin.check_path(params["path"])
    if params["state"] == "absent":
        return {}, None
    given = {setting: params[setting.name] for setting in SETTINGS if params[setting.name] is not None}
    wanted = {setting.name: from_option(setting, value) for setting, value in given.items()}
    if not wanted:
        raise KeepaliveError('Nothing to set: give at least one of "time", "intvl" and "probes".')
    data = _dropin.render(wanted) if params["content"] is None else to_bytes(params["content"])
    _dropin.check_content(data, wanted)
    return wanted, data


def on_disk(path):
    return os.path.join(ROOT, path.lstrip("/"))


def runtime_now(required):
    try:
        return _kernel.read(PROC)
    except KeepaliveError:
        if required:
            raise
        return None


def our_attributes(module, before, after):
    """Return what attributes our file is to have, whether it differs from them, and the diff of it."""
    attributes = module.load_file_common_arguments(module.params, path=on_disk(module.params["path"]))
    attributes_diff = {}
    if after is None:
        return attributes, False, attributes_diff
    return attributes, attributes_differ(module, attributes, before is not None, attributes_diff), attributes_diff


def finisher(module, attributes):
    """Return what gives the file the attributes of chattr(1), which a new name could not have, if any are asked for."""
    if attributes["attributes"] is None:
        return None
    return lambda: module.set_attributes_if_different(attributes["path"], attributes["attributes"], False)


def give(module, attributes, staged):
    module.set_fs_attributes_if_different(dict(attributes, path=staged, attributes=None), False)


def attributes_differ(module, attributes, exists, attributes_diff):
    """Tell whether the file differs from the attributes asked for; changes nothing.

    Where there is no file yet its folder stands in for it, so that an unknown owner or a bad mode is found at once.
    """
    folder = os.path.dirname(attributes["path"])
    if not os.path.isdir(folder):
        return True
    check_mode, module.check_mode = module.check_mode, True
    try:
        if exists:
            if has_flags(module, attributes):
                attributes = dict(attributes, attributes=None)
            return module.set_fs_attributes_if_different(attributes, False, attributes_diff)
        return module.set_fs_attributes_if_different(dict(attributes, path=folder), False)
    finally:
        module.check_mode = check_mode


def has_flags(module, attributes):
    """Tell whether the file has the attributes of chattr(1) asked for; AnsibleModule takes any "+i" or "-i" for a change."""
    asked = attributes["attributes"]
    if not asked:
        return False
    has = set(module.get_file_attributes(attributes["path"], include_version=False).get("attr_flags", ""))
    flags = set(asked.lstrip("+-="))
    return {"+": flags <= has, "-": not flags & has}.get(asked[0], flags == has)


@contextmanager
def failing_by_exception(module):
    """AnsibleModule reports a failure and ends at once; what was begun has to be put back first."""

    def fail(msg, path=None, details=None, exception=None, **_result):
        # From ansible-core 2.19 on the reason is in the exception alone; before, that is a traceback's text.
        reason = exception if isinstance(exception, Exception) else details
        raise KeepaliveError(": ".join(to_text(one).strip() for one in (path, msg, reason) if one))

    told, module.fail_json = module.fail_json, fail
    try:
        yield
    finally:
        module.fail_json = told


def diff(next_boot, changes, path, file, runtime, attributes_diff):
    """Return file, kernel and, where there are any, other files and the file's attributes, each before and after."""
    found = [_diff(path, *map(text, file)), _diff("kernel", *map(_kernel.as_text, runtime))]
    found += [_diff(other, text(next_boot.read(other)), text(data)) for other, data in changes.items() if other != path]
    if attributes_diff:
        found.append(_diff(path + " (attributes)", attributes_diff["before"], attributes_diff["after"]))
    return found


def _diff(header, before, after):
    return {"before_header": header, "after_header": header, "before": before, "after": after}


def text(data):
    return to_text(data or b"", errors="surrogate_or_replace")


if __name__ == "__main__":
    main()
