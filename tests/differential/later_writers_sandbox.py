# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Boots the real programs of one Debian over file trees: `sysctl --system`, ufw-init, and TuneD's own code.

    later_writers_sandbox.py ROOT SCRATCH     reads a case a line on stdin, writes a result a line, both JSON

It is started as sandbox.py is. A case is {"tree": {PATH: NODE}}, and a result is [time, intvl, probes]. The
file runs twice: it makes the mounts, and starts itself again inside ROOT, with the Python of that Debian.
"""

import importlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import sandbox

INSIDE = "/later_writers"
CONFIG = [
    *sandbox.CONFIG,
    *("/etc/ufw", "/etc/default/ufw", "/etc/tuned", "/usr/lib/tuned", "/etc/systemd/system", "/opt"),
]
# ufw-init sets rules before it loads its file, unless they are there already (-L).
STUBS = [
    f"/usr/sbin/{name}{part}" for name in ("iptables", "ip6tables") for part in ("", "-restore", "-save")
]


class NoHardware:
    """Devices come and go without the plugin sysctl."""

    def start_processing_events(self):
        pass

    stop_processing_events = start_processing_events


def ufw():
    """Start ufw as its unit does; it looks for its own files where Debian has them."""
    init = next(path for path in ("/usr/lib/ufw/ufw-init", "/lib/ufw/ufw-init") if os.path.exists(path))
    sandbox.call(init, "start", "quiet")


def tuned():
    """Do what the daemon does from its start until the profile is applied, without D-Bus and udev."""
    child = os.fork()
    if not child:
        try:
            apply_profile()
        except BaseException as error:  # The daemon ends at what it does not handle.
            print("TuneD ended:", repr(error)[:300], file=sys.stderr)
        finally:
            os._exit(0)
    os.waitpid(child, 0)


def apply_profile():
    # ruff: noqa: PLC0415 (TuneD is found only inside ROOT)
    from tuned import consts, hardware, monitors, plugins, profiles, storage, units
    from tuned.daemon.daemon import Daemon
    from tuned.utils.global_config import GlobalConfig

    config = GlobalConfig()
    variables = profiles.variables.Variables()
    repository = plugins.Repository(
        monitors.Repository(),
        storage.Factory(storage.PickleProvider()),
        NoHardware(),
        hardware.DeviceMatcher(),
        hardware.DeviceMatcherUdev(),
        plugins.instance.Factory(),
        config,
        variables,
    )
    priority = int(config.get(consts.CFG_DEFAULT_INSTANCE_PRIORITY, consts.CFG_DEF_DEFAULT_INSTANCE_PRIORITY))
    manager = units.Manager(repository, monitors.Repository(), priority, NoHardware(), config)
    folders = (
        config.get_list(consts.CFG_PROFILE_DIRS, consts.CFG_DEF_PROFILE_DIRS)
        if hasattr(consts, "CFG_PROFILE_DIRS")
        else consts.LOAD_DIRECTORIES
    )
    loader = profiles.Loader(
        profiles.Locator(folders), profiles.Factory(), profiles.Merger(), config, variables
    )
    daemon = Daemon(manager, loader, None, config)
    if daemon.profile is not None:
        manager.create(daemon.profile.units)
        manager.start_tuning()


def run(case):
    sandbox.put(case["tree"], None)
    shutil.rmtree("/run/tuned", ignore_errors=True)
    for name, value in sandbox.DEFAULTS.items():
        Path(sandbox.SETTING + name).write_text(str(value))
    sandbox.procps(None)
    if "/etc/systemd/system/multi-user.target.wants/ufw.service" in case["tree"]:
        ufw()
    if "/etc/systemd/system/multi-user.target.wants/tuned.service" in case["tree"]:
        tuned()
    return [int(Path(sandbox.SETTING + name).read_text()) for name in sandbox.DEFAULTS]


def inside():
    sandbox.CONFIG[:] = CONFIG
    for stub in STUBS:
        Path(stub).unlink(missing_ok=True)
        Path(stub).write_text('#!/bin/sh\n[ "$1" != -L ]\n')
        Path(stub).chmod(0o755)
    # Imported once: each case runs in a child.
    importlib.import_module("tuned.daemon.daemon")
    importlib.import_module("tuned.plugins.plugin_sysctl")
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)


def outside(root, scratch):
    subprocess.run(["sh", "-euc", sandbox.MOUNTS, "sh", root, scratch], check=True)
    folder = Path(f"{scratch}/root{INSIDE}")
    folder.mkdir()
    for file in (__file__, sandbox.__file__):
        shutil.copy(file, folder)
    os.chroot(f"{scratch}/root")
    os.chdir("/")
    os.execv("/usr/bin/python3", ["python3", f"{INSIDE}/{Path(__file__).name}"])


if __name__ == "__main__":
    if len(sys.argv) > 1:
        outside(*sys.argv[1:])
    else:
        inside()
