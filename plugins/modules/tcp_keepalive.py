#!/usr/bin/python
# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: tcp_keepalive
short_description: Set TCP keepalive in the kernel and for the next boot
version_added: 0.1.0
description:
  - Sets C(net.ipv4.tcp_keepalive_time), C(net.ipv4.tcp_keepalive_intvl) and C(net.ipv4.tcp_keepalive_probes),
    which apply to TCP over IPv4 and IPv6, in the running kernel and in a file that is loaded at boot, in one
    transaction.
  - Everything is checked before anything is changed. After a failure half-way, the kernel and the files are
    put back as they were.
  - The settings apply to sockets on which the application turned C(SO_KEEPALIVE) on. A socket whose timer is
    running keeps that timer until it expires.
author:
  - the netops.tcp_keepalive authors (!UNKNOWN)
extends_documentation_fragment:
  - netops.tcp_keepalive.tcp_keepalive
  - netops.tcp_keepalive.values
  - netops.tcp_keepalive.attributes
  - ansible.builtin.files
attributes:
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  state:
    description:
      - V(present) sets the values of O(time), O(intvl) and O(probes); at least one is needed.
      - V(absent) removes the file, brings back what O(overrides=disable) commented out, and gives the kernel
        what the next boot would then load, all in one transaction. The values, O(crosses), O(detect_within),
        O(template) and O(content) are not used.
      - Lines come back exactly as they were, also where the file itself is already gone. One that was changed
        since is left alone, with a warning that names its file and line.
    type: str
    choices: [present, absent]
    default: present
  template:
    description:
      - The path of a Jinja2 template on the controller, found as M(ansible.builtin.template) finds its own.
        It is rendered there, and the result is the file's O(content).
      - It can use all variables, and the values that are set as C(tcp_keepalive_time), C(tcp_keepalive_intvl)
        and C(tcp_keepalive_probes).
    type: path
    version_added: 0.2.0
  content:
    description:
      - The file's contents; by default the module writes its own.
      - It must set exactly what O(time), O(intvl) and O(probes) ask for, or the task fails before anything
        changes. Comments (lines that start with C(#)) are free.
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
      - What to do where a line of another file would win over O(path) once the host is up after its next
        boot, read by the boot tool or by a program that writes later (ufw, TuneD, saptune). Only used with
        O(persist=true).
      - V(fail) changes nothing and reports the file, the line, the program and the value.
      - V(warn) continues, with a warning and the lines in RV(overrides); the next boot will not set the
        values asked for.
      - V(disable) comments that line out, and keeps a backup of its file under a name that no boot tool
        reads. O(state=absent) brings it back. A line that does more than set what the task asks for (a wider
        pattern, for example) is refused with the reason, and so is a line of a TuneD profile or a SAP note.
      - A file outside C(/etc) is not edited, since an update of its package would bring the line back. A
        copy of it in C(/etc), with the line commented out, takes its name. The copy is made anew by the next
        such run after the original has changed, and O(state=absent) removes it.
      - Lines that lose at boot, but come back with a later C(sysctl -p) or C(sysctl --system), are a warning.
        V(disable) comments them out too, where that is all it does.
    type: str
    choices: [fail, warn, disable]
    default: fail
  backup:
    description: Whether to keep the earlier file beside the new one, under a name that no boot tool reads.
    type: bool
    default: false
  owner:
    description: Name or number of the user that owns the file.
    default: root
  group:
    description: Name or number of the group that owns the file.
    default: root
  mode:
    description: The file's permissions, as for M(ansible.builtin.copy).
    default: '0644'
  unsafe_writes:
    description: Not used. The file is always replaced as a whole.
notes:
  - Where nothing on the host loads sysctl files at boot, O(persist=true) is refused.
  - So it is in a container that does not boot, or whose /proc/sys/net is read-only. Set the values where it
    is created, with C(--sysctl) or a Pod's C(securityContext.sysctls). To build an image that other hosts
    boot, use O(apply=false).
"""

EXAMPLES = r"""
- name: Keep idle connections alive through a NAT gateway that forgets them after 350 s
  netops.tcp_keepalive.tcp_keepalive:
    crosses: [aws_nat_gateway]

- name: Set the three values
  netops.tcp_keepalive.tcp_keepalive:
    time: 200
    intvl: 60
    probes: 5

- name: Set the running kernel only, in a container that does not boot
  netops.tcp_keepalive.tcp_keepalive:
    time: 200
    persist: false

- name: Go back to how it was, with what overrides=disable commented out
  netops.tcp_keepalive.tcp_keepalive:
    state: absent
"""

RETURN = r"""
runtime:
  description: The kernel's values; null where they cannot be read and O(apply=false).
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
    - What the kernel will hold once the host is up after its next boot, each as a number, with the file and
      line that win, and C(writer), the program that sets it, which is the boot tool,
      C(kernel command line), or one that writes later (V(ufw), V(tuned) or V(saptune)).
    - A setting that cannot be predicted is null, with a warning that says why; the task is refused if it asks
      for that setting, unless O(persist=false) or O(overrides=warn).
    - Both are null, with a warning, where nothing can be predicted and O(persist=false) or O(overrides=warn).
  returned: success
  type: dict
  contains:
    before:
      description: As it was before the task. File, line and writer are null where nothing sets it.
      type: dict
      returned: success
      sample:
        time: {value: 7200, file: null, line: null, writer: null}
        intvl: {value: 75, file: null, line: null, writer: null}
        probes: {value: 9, file: null, line: null, writer: null}
    after:
      description: As it is after the task.
      type: dict
      returned: success
      sample:
        time: {value: 200, file: /etc/sysctl.d/99-tcp-keepalive.conf, line: 2, writer: systemd-sysctl}
        intvl: {value: 60, file: /etc/sysctl.d/99-tcp-keepalive.conf, line: 3, writer: systemd-sysctl}
        probes: {value: 5, file: /etc/sysctl.d/99-tcp-keepalive.conf, line: 4, writer: systemd-sysctl}
boot_tool:
  description:
    - What loads sysctl files when this host boots, V(systemd-sysctl), V(procps) or V(busybox); null where
      nothing does.
    - It is null too in a container that does not boot, or whose /proc/sys/net is read-only. No boot sets
      anything there, and RV(boot) has the kernel's values as they are.
  returned: success
  type: str
  sample: systemd-sysctl
overrides:
  description:
    - The lines of other files that would win once the host is up, with the program that reads them
      (C(writer)); with O(overrides=disable), those that were commented out, lines that would come back later
      included, each with the backup of its file (null where a copy of the file is made instead).
  returned: success
  type: list
  elements: dict
  sample:
    - {setting: time, value: 7200, file: /etc/sysctl.d/99-zz.conf, line: 3, writer: procps, backup: null}
restored:
  description:
    - The lines that O(overrides=disable) had commented out, and that O(state=absent) brought back.
  returned: success
  type: list
  elements: dict
  contains:
    file:
      description: The file in which the line was commented out.
      type: str
      returned: success
    line:
      description: The line's number there.
      type: int
      returned: success
    text:
      description: The line, as it is again.
      type: str
      returned: success
    original:
      description:
        - The file that has the line, where RV(restored[].file) was a copy of it, now removed; null where the
          line was commented out in place.
      type: str
      returned: success
    backup:
      description: Where the edited file is kept as it was; null for a copy.
      type: str
      returned: success
  sample:
    - file: /etc/sysctl.d/zz-local.conf
      line: 1
      text: net.ipv4.tcp_keepalive_time = 600
      original: null
      backup: /etc/sysctl.d/zz-local.conf.2441.2026-11-26@10:15:00~
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
    - Seconds after which a peer that vanished is given up, time + intvl × probes, of RV(runtime.after); of
      RV(boot.after) where O(apply=false). Null where it never is (a negative value).
  returned: success
  type: int
  sample: 500
"""

import os
from contextlib import contextmanager
from typing import Any, Dict, Iterator, Tuple

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.text.converters import to_text

from ..module_utils._apply._our_file import FileAttributes
from ..module_utils._apply._request import Host, Task, from_options
from ..module_utils._apply._task import run
from ..module_utils._settings import KeepaliveError
from ..module_utils._utf8 import in_utf8

ROOT = "/"
PROC = "/proc"


def main() -> None:
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
            # The action plugin replaces these by values and content before the module runs.
            crosses=dict(type="raw"),
            detect_within=dict(type="raw"),
            template=dict(type="path"),
        ),
        add_file_common_args=True,
        supports_check_mode=True,
    )
    try:
        task = Task(
            request=from_options(module.params),
            host=Host(ROOT, PROC),
            check_mode=module.check_mode,
            diff=module._diff,
            attributes=lambda path: ModuleFileAttributes(module, path),
            warn=module.warn,
        )
        result = run(task)
    except (KeepaliveError, OSError) as error:
        module.fail_json(msg=in_utf8(str(error)), changed=False)
    module.exit_json(**in_utf8(result))


class ModuleFileAttributes(FileAttributes):
    """The attributes as AnsibleModule compares and sets them."""

    def __init__(self, module: AnsibleModule, path: str) -> None:
        self._module = module
        self._asked = module.load_file_common_arguments(module.params, path=path)
        self._flags = self._asked["attributes"]
        if self._flags is not None:
            self.finish = lambda: module.set_attributes_if_different(path, self._flags, False)

    def differ(self, exists: bool) -> Tuple[bool, Dict[str, Any]]:
        module, asked = self._module, self._asked
        diff: Dict[str, Any] = {}
        folder = os.path.dirname(asked["path"])
        if not os.path.isdir(folder):
            return True, diff
        check_mode, module.check_mode = module.check_mode, True
        try:
            # The folder stands in for a file that does not exist, so that an unknown owner or a bad mode is
            # found at once.
            if not exists:
                return module.set_fs_attributes_if_different(dict(asked, path=folder), False), diff
            if self._has_flags():
                asked = dict(asked, attributes=None)
            return module.set_fs_attributes_if_different(asked, False, diff), diff
        finally:
            module.check_mode = check_mode

    def set(self, staged: str) -> None:
        self._module.set_fs_attributes_if_different(dict(self._asked, path=staged, attributes=None), False)

    def _has_flags(self) -> bool:
        """Return whether the file has the attributes of chattr(1); AnsibleModule takes any "+i" or "-i" for a
        change.
        """
        if not self._flags:
            return False
        attributes = self._module.get_file_attributes(self._asked["path"], include_version=False)
        has, flags = set(attributes.get("attr_flags", "")), set(self._flags.lstrip("+-="))
        return {"+": flags <= has, "-": not flags & has}.get(self._flags[0], flags == has)

    @contextmanager
    def failing_by_exception(self) -> Iterator[None]:
        """AnsibleModule reports a failure and exits at once; the transaction has to be undone first."""

        def fail(
            msg: str, path: Any = None, details: Any = None, exception: Any = None, **_result: Any
        ) -> None:
            # From ansible-core 2.19 on the reason is in the exception alone; before, that is a traceback's
            # text.
            reason = exception if isinstance(exception, Exception) else details
            raise KeepaliveError(": ".join(to_text(part).strip() for part in (path, msg, reason) if part))

        fail_json, self._module.fail_json = self._module.fail_json, fail
        try:
            yield
        finally:
            self._module.fail_json = fail_json


if __name__ == "__main__":
    main()
