#!/usr/bin/python
# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

import os
from contextlib import contextmanager

from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.text.converters import to_bytes, to_text

from ..module_utils import _short_process

_short_process.prepare()

from ..module_utils import _boot_plan, _dropin, _kernel, _leftovers, _lock
from ..module_utils._next_boot import NextBoot, as_result, in_utf8, values
from ..module_utils._settings import SETTINGS, KeepaliveError, detection_time, from_option
from ..module_utils._sysctl_files import EDITABLE_FOLDERS

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
    from ..module_utils import _converge, _steps

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
