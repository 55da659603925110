#!/usr/bin/python
# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

DOCUMENTATION = r"""
module: tcp_keepalive_info
short_description: Read the TCP keepalive settings of a host, now and at the next boot
version_added: 0.1.0
description:
  - Reads the kernel's three values, and predicts from the host's files what the next boot will set and which
    line wins.
  - Changes nothing, and needs root only for files that only root can read. A warning names what could not be
    read.
author:
  - the netops.tcp_keepalive authors (!UNKNOWN)
options:
  sockets:
    description:
      - Whether to count the established TCP sockets, by what keepalive does for them. V(processes) also
        reports which processes hold them, and has to look at every process for that.
    type: str
    choices: [none, summary, processes]
    default: none
    version_added: 0.2.0
  namespaces:
    description:
      - V(all) also looks into every other network namespace of the host, such as those of containers, which
        needs root.
    type: str
    choices: [own, all]
    default: own
    version_added: 0.2.0
extends_documentation_fragment:
  - netops.tcp_keepalive.tcp_keepalive
  - netops.tcp_keepalive.attributes
  - netops.tcp_keepalive.attributes.info_module
"""

EXAMPLES = r"""
- name: Read the settings
  netops.tcp_keepalive.tcp_keepalive_info:
  register: keepalive

- name: Find the sockets without keepalive, in containers too
  netops.tcp_keepalive.tcp_keepalive_info:
    sockets: processes
    namespaces: all
  become: true
  register: keepalive

- name: Fail where the next boot would change them
  ansible.builtin.assert:
    that: keepalive.drift == []
    fail_msg: "{{ keepalive.boot }}"
"""

RETURN = r"""
runtime:
  description: The kernel's values; null, with a warning, where they cannot be read.
  returned: success
  type: dict
  sample: {time: 7200, intvl: 75, probes: 9}
detection_time:
  description:
    - Seconds after which a peer that vanished is given up, time + intvl × probes; null where it never is (a
      negative value).
  returned: success
  type: int
  sample: 7875
boot:
  description:
    - What the kernel will hold once the host is up after its next boot, each as a number, with the file and
      line that win, and C(writer), the program that sets it, which is the boot tool,
      C(kernel command line), or one that writes later (V(ufw), V(tuned) or V(saptune)).
    - File, line and writer are null where it is the kernel's default. A setting that cannot be predicted is
      null, with a warning; all of it is where nothing can be.
  returned: success
  type: dict
  sample:
    time: {value: 200, file: /etc/sysctl.d/99-tcp-keepalive.conf, line: 2, writer: systemd-sysctl}
    intvl: {value: 60, file: /etc/ufw/sysctl.conf, line: 40, writer: ufw}
    probes: {value: 9, file: null, line: null, writer: null}
boot_tool:
  description:
    - What loads sysctl files when this host boots, V(systemd-sysctl), V(procps) or V(busybox); null where
      nothing does.
    - It is null too in a container that does not boot, or whose /proc/sys/net is read-only. No boot sets
      anything there, and RV(boot) has the kernel's values as they are.
  returned: success
  type: str
  sample: systemd-sysctl
container:
  description:
    - Null on a machine of its own. In a container, whether it boots (C(boots), an init is its PID 1), whether
      /proc/sys/net is C(writable) in it, and whether it has its host's network (C(host_network)).
    - Where it does not boot, or is not writable, its values come from what creates it (C(--sysctl),
      C(securityContext.sysctls)), and a warning says so.
  returned: success
  type: dict
  sample: {boots: false, writable: false, host_network: false}
assignments:
  description: Every line of any file that sets one of the three, in the order in which the boot tool reads
    them.
  returned: success
  type: list
  elements: dict
  sample: [{setting: time, value: 600, file: /etc/sysctl.d/50-old.conf, line: 1, wins: false}]
skipped_lines:
  description: Lines that mention a setting and set nothing, with the reason.
  returned: success
  type: list
  elements: dict
  sample: [{file: /etc/sysctl.d/50-old.conf, line: 2, reason: has a value that the kernel refuses}]
drift:
  description: The settings whose value in the kernel is not what the next boot would load.
  returned: success
  type: list
  elements: str
  sample: [time]
later_writers:
  description:
    - Programs that a boot starts and that write after the boot tool (V(ufw), V(tuned) or V(saptune)), with
      each line that sets one of the three, and the value (null where the kernel refuses it or it cannot be
      predicted). Line, setting and value are null where the program sets none of the three.
    - RV(boot) takes them into account.
  returned: success
  type: list
  elements: dict
  sample: [{writer: ufw, file: /etc/ufw/sysctl.conf, line: 40, setting: time, value: 1800}]
mentions:
  description:
    - Lines, no comments, that name the settings in what the host runs by itself and in the scripts that this
      runs. They may write the settings after the boot tool; whether they do cannot be predicted.
    - Searched are rc.local, jobs of cron, init scripts and systemd units that are enabled, hooks of the
      network, and rules of udev, modprobe, tmpfiles and cloud-init. Lines of a drop-in for
      systemd-sysctl.service that decide whether or how it runs are listed too.
    - At most 100. A warning says what could not be searched.
  returned: success
  type: list
  elements: dict
  sample: [{file: /etc/rc.local, line: 3, text: echo 600 > /proc/sys/net/ipv4/tcp_keepalive_time}]
returning:
  description:
    - Lines that lose at boot, or that no boot tool reads, but that win when sysctl(8) runs later, by hand, by
      a script, or by M(ansible.posix.sysctl), which reloads a file after a change of any key.
    - C(command) is C(sysctl -p), which reads /etc/sysctl.conf alone, or C(sysctl --system), where only that
      does it.
  returned: success
  type: list
  elements: dict
  sample: [{file: /etc/sysctl.conf, line: 3, setting: time, value: 600, command: sysctl -p}]
unread:
  description:
    - Lines of files that look as if they set a value at boot, but that no boot tool reads, with the reason;
      such as /etc/sysctl.conf after an upgrade to Debian 13, a name that does not end in .conf, or one that a
      file in a higher folder has too.
  returned: success
  type: list
  elements: dict
  sample:
    - file: /etc/sysctl.conf
      line: 1
      setting: time
      value: 600
      reason: systemd-sysctl reads it only where a link in a sysctl.d leads to it
always:
  description:
    - What M(netops.tcp_keepalive.tcp_keepalive_always) has attached (C(program)), what the next boot attaches
      (C(boot)), both as that module returns them, null for nothing; and how many connections the program has
      turned on since (C(turned_on)).
    - Null where it may not be seen what is attached, which needs root, and the host rather than a container.
  returned: success
  type: dict
  sample:
    program: {scope: host, units: [], except_units: [], time: 235, intvl: 38, probes: 9, user_timeout: null}
    boot: {scope: host, units: [], except_units: [], time: 235, intvl: 38, probes: 9, user_timeout: null}
    turned_on: 512
sockets:
  description:
    - Established TCP sockets over IPv4 and IPv6, counted. C(keepalive) have a keepalive timer. C(unprotected)
      have none, because the application did not ask for it, and no sysctl changes that. C(overlong) have one
      armed for longer than it would be now, from before a change; without root, where a socket's own time
      cannot be read, those count too whose application chose a time longer than C(time). C(busy) have
      another timer, which hides whether keepalive is on.
    - With O(sockets=processes) also the same per process name, unit and container, with the most frequent
      remote ports.
  returned: success
  type: dict
  sample: {established: 12, keepalive: 9, unprotected: 2, overlong: 1, busy: 1}
namespaces:
  description:
    - Every network namespace except the module's own, with a description of its owner, the oldest process in
      it, the container that this process is in, its values and its sockets.
      Empty unless O(namespaces=all).
    - A container has its C(engine) (C(docker), C(podman), C(containerd), C(cri-o), C(lxc), C(incus), C(lxd),
      C(nspawn)), its C(id), C(name) and C(image), the C(pod), the C(project) of Compose, and the C(user) who
      runs it where that is not root; each null where it is not known. It is the innermost of nested
      containers. A pod of Kubernetes is C(namespace/name); one of podman goes by its host name, which is its
      name unless it was given another.
  returned: success
  type: list
  elements: dict
  sample:
    - owner: docker container shop-web-1, project shop (nginx)
      pid: 4711
      container:
        engine: docker
        id: 3f2a61c0d9be5b1f0a7c7d2b9c5e8f3a1d6b4c2e0f9a8b7c6d5e4f3a2b1c0d9e
        name: shop-web-1
        image: nginx:1.27
        pod: null
        project: shop
        user: null
      runtime: {time: 7200, intvl: 75, probes: 9}
      sockets: null
file:
  description: Whether O(path) exists.
  returned: success
  type: dict
  sample: {path: /etc/sysctl.d/99-tcp-keepalive.conf, exists: true}
"""

import os
from typing import Any, Dict

from ansible.module_utils.basic import AnsibleModule

from ..module_utils import _kernel
from ..module_utils._always import _report as _always_report
from ..module_utils._always._own_times import own_times
from ..module_utils._boot import _report as _next_boot_report
from ..module_utils._dropin_path import check_path
from ..module_utils._network import _survey
from ..module_utils._settings import KeepaliveError, detection_time
from ..module_utils._utf8 import in_utf8

ROOT = "/"
PROC = "/proc"


def main() -> None:
    module = AnsibleModule(
        argument_spec=dict(
            path=dict(type="path", default="/etc/sysctl.d/99-tcp-keepalive.conf"),
            sockets=dict(type="str", choices=["none", "summary", "processes"], default="none"),
            namespaces=dict(type="str", choices=["own", "all"], default="own"),
        ),
        supports_check_mode=True,
    )
    path = module.params["path"]
    try:
        check_path(path)
    except KeepaliveError as error:
        module.fail_json(msg=str(error))

    def warn(text: str) -> None:
        module.warn(in_utf8(text))

    root = ROOT.rstrip("/")
    runtime = None
    try:
        runtime = _kernel.read(PROC)
    except KeepaliveError as error:
        warn(str(error))
    sockets = module.params["sockets"]
    result: Dict[str, Any] = dict(
        changed=False,
        runtime=runtime,
        detection_time=detection_time(runtime) if runtime else None,
        **_next_boot_report.report(ROOT, PROC, runtime or {}, warn),
        always=_always_report.report(root, PROC),
        sockets=_survey.sockets(root, PROC, runtime, sockets, own_times, warn),
        namespaces=[],
        file={"path": path, "exists": os.path.lexists(os.path.join(ROOT, path.lstrip("/")))},
    )
    if module.params["namespaces"] == "all":
        result["namespaces"] = _survey.namespaces(root, PROC, sockets, own_times, warn)
    module.exit_json(**in_utf8(result))


if __name__ == "__main__":
    main()
