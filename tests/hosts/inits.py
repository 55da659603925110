# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The init system of a test host: its packages, and for busybox some files of our own."""

import shutil
import subprocess
from pathlib import Path

FILES = Path(__file__).parent / "busybox"
# By the suffix of a suite's name, as in bookworm-sysvinit. `pull` is a host that runs Ansible on itself,
# `lxc` one with containers; `applications` and `monitoring` do not boot, but are where programs run.
PACKAGES = {
    "": ["systemd-sysv", "udev", "dbus"],
    "sysvinit": ["sysvinit-core", "initscripts", "ifupdown"],
    "openrc": ["sysvinit-core", "initscripts", "ifupdown", "openrc"],
    "busybox": ["openrc"],
    "pull": ["systemd-sysv", "udev", "dbus", "ansible-core", "git"],
    "lxc": ["systemd-sysv", "udev", "dbus", "lxc"],
    "applications": [
        *("gcc", "libc6-dev", "golang-go", "rustc", "nodejs", "default-jdk-headless", "libnetty-java"),
        *("redis-server", "nginx-light", "haproxy", "postgresql"),
    ],
    "monitoring": ["prometheus", "prometheus-node-exporter"],
}


def recipe(init: str) -> list[str]:
    """Return the files that an image depends on besides its packages."""
    return [path.read_text() for path in sorted(FILES.iterdir())] if init == "busybox" else []


def arrange(init: str, root: Path) -> None:
    """Where the init is busybox, make the Debian like Alpine.

    busybox is init and sysctl, OpenRC starts the services, and one of those loads sysctl files in Alpine's
    order.
    """
    if init != "busybox":
        return
    for name in ("init", "sysctl", "reboot", "poweroff"):
        (root / "usr/sbin" / name).unlink(missing_ok=True)
        (root / "usr/sbin" / name).symlink_to("/bin/busybox")
    shutil.copy(FILES / "inittab", root / "etc/inittab")
    service = root / "etc/init.d/sysctl"
    # The first line is not in the file, as ansible-test rejects that interpreter.
    service.write_text("#!/sbin/openrc-run\n" + (FILES / "sysctl").read_text())
    service.chmod(0o755)
    # Debian's own service comes with procps, which sshd needs.
    for change in (["delete", "procps", "sysinit"], ["add", "sysctl", "boot"]):
        subprocess.run(["chroot", root, "rc-update", "--quiet", *change], check=True)
