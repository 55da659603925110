#!/usr/bin/python
# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

import os
from contextlib import contextmanager

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.text.converters import to_text

from ..module_utils._apply._run import Task, run
from ..module_utils._settings import KeepaliveError
from ..module_utils._utf8 import in_utf8

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
            # Seen to by the action plugin.
            role_variables=dict(type="bool", default=False),
        ),
        add_file_common_args=True,
        supports_check_mode=True,
    )
    task = Task(
        module.params, module.check_mode, ROOT, PROC, lambda path: Attributes(module, path), module.warn
    )
    try:
        result = run(task)
    except (KeepaliveError, OSError) as error:
        module.fail_json(msg=in_utf8(str(error)), changed=False)
    module.exit_json(**in_utf8(result))


class Attributes:
    """Owner, group, mode, SELinux context and attributes of chattr(1) of a file, as AnsibleModule compares and sets them.

    ``finish``: what gives the file the attributes of chattr(1), which a new name could not have; None if none are asked for.
    """

    def __init__(self, module, path):
        self._module = module
        self._asked = module.load_file_common_arguments(module.params, path=path)
        self._flags = self._asked["attributes"]
        self.finish = (
            None
            if self._flags is None
            else lambda: module.set_attributes_if_different(path, self._flags, False)
        )

    def differ(self, exists):
        """Return whether the file differs from what is asked for, and the diff of it; changes nothing.

        Where there is no file yet its folder stands in for it, so that an unknown owner or a bad mode is found at once.
        """
        module, asked, diff = self._module, self._asked, {}
        folder = os.path.dirname(asked["path"])
        if not os.path.isdir(folder):
            return True, diff
        check_mode, module.check_mode = module.check_mode, True
        try:
            if not exists:
                return module.set_fs_attributes_if_different(dict(asked, path=folder), False), diff
            if self._has_flags():
                asked = dict(asked, attributes=None)
            return module.set_fs_attributes_if_different(asked, False, diff), diff
        finally:
            module.check_mode = check_mode

    def give(self, staged):
        """Give a new file, whose name is ``staged``, all that it can have before it is in place."""
        self._module.set_fs_attributes_if_different(dict(self._asked, path=staged, attributes=None), False)

    def _has_flags(self):
        """Tell whether the file has the attributes of chattr(1) asked for; AnsibleModule takes any "+i" or "-i" for a change."""
        if not self._flags:
            return False
        has = set(
            self._module.get_file_attributes(self._asked["path"], include_version=False).get("attr_flags", "")
        )
        flags = set(self._flags.lstrip("+-="))
        return {"+": flags <= has, "-": not flags & has}.get(self._flags[0], flags == has)

    @contextmanager
    def failing_by_exception(self):
        """AnsibleModule reports a failure and ends at once; what was begun has to be put back first."""

        def fail(msg, path=None, details=None, exception=None, **_result):
            # From ansible-core 2.19 on the reason is in the exception alone; before, that is a traceback's text.
            reason = exception if isinstance(exception, Exception) else details
            raise KeepaliveError(": ".join(to_text(one).strip() for one in (path, msg, reason) if one))

        told, self._module.fail_json = self._module.fail_json, fail
        try:
            yield
        finally:
            self._module.fail_json = told


if __name__ == "__main__":
    main()
