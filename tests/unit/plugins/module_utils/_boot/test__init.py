# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import os

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot import _init
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._errors import CannotPredict
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._tool import OLD_ALPINE, VOID, Tool
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._tree import Tree

SYSTEMD = {
    "/usr/lib/systemd/systemd": b"",
    "/usr/lib/systemd/systemd-sysctl": b"\0libsystemd-shared-257.so\0",
}
PROCPS = {"/usr/sbin/sysctl": b"\0procps-ng 4.0.4\0"}
BUSYBOX = {"/bin/busybox": b"\0BusyBox v1.37.0 (2025-01-01)\0", "/sbin/sysctl": "/bin/busybox"}
RC = {"/etc/init.d/procps": b"sysctl -q --system", "/etc/rcS.d/S11procps": "../init.d/procps"}
SYSV = dict(RC, **{"/sbin/init": b""})
ALPINE = {
    "/sbin/init": "/bin/busybox",
    "/sbin/openrc": b"",
    "/etc/init.d/sysctl": b"sysctl -p $i",
    "/etc/runlevels/boot/sysctl": "/etc/init.d/sysctl",
}
OPENRC = dict(ALPINE, **{"/etc/init.d/sysctl": b"sysctl -q --system"})
# Its postinst turns the links of sysvinit into runlevels, once; sysvinit's own links stay.
DEBIAN_OPENRC = dict(SYSV, **{"/sbin/openrc": b""})
PROCPS_AT = "/etc/runlevels/{0}/procps".format
OLD = dict(ALPINE, **{"/etc/init.d/sysctl": b"for f in /usr/local/lib/sysctl.d/*.conf; sysctl -p $f"})
RUNIT = {
    "/sbin/init": "/usr/bin/runit-init",
    "/usr/bin/runit-init": b"",
    "/etc/runit/core-services/08-sysctl.sh": b"mkdir -p /run/vsysctl.d; sysctl -p $i",
}
OF_ITS_OWN = {"/etc/runit/core-services/08-sysctl.sh": b"sysctl --system"}
UNIT = "/etc/systemd/system/systemd-sysctl.service"
INIT = {"/sbin/init": "/usr/lib/systemd/systemd"}
RUNNING = {"/run/systemd/system/x": b""}
MASK = {"/etc/systemd/system/systemd-sysctl.service": "/dev/null"}


def put(root, *parts):
    for part in parts:
        for name, node in part.items():
            path = str(root) + name
            os.makedirs(os.path.dirname(path), exist_ok=True)
            if isinstance(node, bytes):
                with open(path, "wb") as file:
                    file.write(node)
                os.chmod(path, 0o755)
            else:
                os.symlink(node, path)


@pytest.mark.parametrize(
    "parts, tool",
    [
        pytest.param([], None, id="nothing"),
        pytest.param([SYSTEMD, INIT], Tool("systemd-sysctl", (257,)), id="systemd as init, not running"),
        pytest.param([SYSTEMD, RUNNING], Tool("systemd-sysctl", (257,)), id="systemd running"),
        pytest.param([SYSTEMD, PROCPS, INIT], Tool("systemd-sysctl", (257,)), id="systemd before procps"),
        pytest.param([SYSTEMD], Tool("systemd-sysctl", (257,)), id="systemd and no init at all"),
        pytest.param([SYSTEMD, INIT, MASK], None, id="unit masked"),
        pytest.param([INIT, {"/usr/lib/systemd/systemd": b""}], None, id="systemd without its loader"),
        pytest.param([PROCPS, SYSV], Tool("procps", (4, 0, 4)), id="sysvinit"),
        pytest.param(
            [PROCPS, SYSV, SYSTEMD], Tool("procps", (4, 0, 4)), id="sysvinit next to an unused systemd"
        ),
        pytest.param(
            [PROCPS, RC, SYSTEMD],
            Tool("systemd-sysctl", (257,)),
            id="no init, systemd, and a boot script next to it",
        ),
        pytest.param(
            [PROCPS, {"/sbin/init": b"", "/etc/rcS.d/README": b""}], None, id="procps that no script starts"
        ),
        pytest.param([BUSYBOX, OPENRC], None, id="busybox knows no --system"),
        pytest.param([BUSYBOX, OLD], Tool("busybox", (1, 37, 0), OLD_ALPINE), id="Alpine before 3.14"),
        pytest.param([PROCPS, RUNIT], Tool("procps", (4, 0, 4), VOID), id="Void"),
        pytest.param([PROCPS, RUNIT, OF_ITS_OWN], Tool("procps", (4, 0, 4)), id="runit with --system"),
        pytest.param([SYSTEMD, INIT, {UNIT: b""}], None, id="unit masked by an empty file"),
        pytest.param([PROCPS], None, id="procps alone, as in a container's image"),
        pytest.param([BUSYBOX, ALPINE], Tool("busybox", (1, 37, 0), "Alpine"), id="Alpine"),
        pytest.param([PROCPS, ALPINE], Tool("procps", (4, 0, 4), "Alpine"), id="Alpine with procps"),
        pytest.param([PROCPS, OPENRC], Tool("procps", (4, 0, 4)), id="OpenRC's own service"),
        pytest.param(
            [PROCPS, DEBIAN_OPENRC, {PROCPS_AT("sysinit"): b""}],
            Tool("procps", (4, 0, 4)),
            id="OpenRC of Debian",
        ),
        pytest.param(
            [PROCPS, DEBIAN_OPENRC, {PROCPS_AT("default"): b""}], Tool("procps", (4, 0, 4)), id="OpenRC, late"
        ),
        pytest.param(
            [PROCPS, DEBIAN_OPENRC],
            None,
            id="OpenRC with the service removed (rc-update del), and a link of sysvinit",
        ),
        pytest.param(
            [PROCPS, DEBIAN_OPENRC, {PROCPS_AT("recovery"): b""}], None, id="OpenRC, for a rescue only"
        ),
        pytest.param([{"/usr/sbin/sysctl": b"?"}, SYSV], Tool("procps", (4, 0, 4)), id="version unknown"),
    ],
)
def test_find(tmp_path, parts, tool):
    put(tmp_path, *parts)
    (tmp_path / "bin").mkdir(exist_ok=True)
    if "/bin/busybox" not in {name for part in parts for name in part}:
        (tmp_path / "bin/busybox").touch()
    found = _init.find(Tree(str(tmp_path)))
    assert (found[0] if found else None) == tool


def test_openrc_ignores_a_script_that_nobody_may_execute(tmp_path):
    for name, node in dict(PROCPS, **OPENRC).items():
        path = tmp_path / name.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(node if isinstance(node, bytes) else b"")
        path.chmod(0o755)
    assert _init.find(Tree(str(tmp_path)))[0].name == "procps"
    (tmp_path / "etc/init.d/sysctl").chmod(0o644)
    assert _init.find(Tree(str(tmp_path))) == []


@pytest.mark.parametrize(
    "parts, reason",
    [
        pytest.param([PROCPS, {"/sbin/init": b""}], "the init /sbin/init does", id="Slackware"),
        pytest.param([PROCPS, {"/sbin/init": "dinit", "/sbin/dinit": b""}], "/sbin/dinit", id="dinit"),
        pytest.param([RUNNING], "systemd is not where it usually is", id="NixOS"),
        pytest.param(
            [PROCPS, ALPINE, {"/etc/init.d/sysctl": b"load"}], "of its own", id="OpenRC, own script"
        ),
        pytest.param([PROCPS, RUNIT, {"/etc/runit/core-services/08-sysctl.sh": b"-p"}], "own", id="Artix"),
        pytest.param(
            [{"/bin/busybox": b"BusyBox v1.27.2"}, ALPINE, {"/sbin/sysctl": "/bin/busybox"}], "1.27", id="old"
        ),
    ],
)
def test_an_init_that_cannot_be_read_promises_nothing(tmp_path, parts, reason):
    put(tmp_path, *parts)
    with pytest.raises(CannotPredict, match=reason):
        _init.find(Tree(str(tmp_path)))


KERNELS = "/usr/lib/modules/{0}/sysctl.conf".format
SETS = b"net.ipv4.tcp_keepalive_time = 600\n"
SUSE = {
    "/usr/lib/systemd/system/kernel-sysctl.service": b"",
    "/usr/lib/systemd/system/boot-sysctl.service": b"",
}


@pytest.mark.parametrize(
    "part, first",
    [
        ({KERNELS("6.4"): b"kernel.x = 1\n"}, [""]),
        ({KERNELS("6.4"): SETS}, [KERNELS("6.4")]),
        ({KERNELS("6.4"): SETS, "/boot/sysctl.conf-6.4": SETS}, [KERNELS("6.4")]),
        ({"/usr/lib/modules/6.4/x": b"", "/boot/sysctl.conf-6.4": SETS}, ["/boot/sysctl.conf-6.4"]),
        ({KERNELS("6.4"): SETS, "/usr/lib/modules/6.5/x": b""}, ["", KERNELS("6.4")]),
    ],
)
def test_suses_kernels_have_a_file_that_is_loaded_first(tmp_path, part, first):
    put(tmp_path, SYSTEMD, INIT, SUSE, part)
    assert [tool.first for tool in _init.find(Tree(str(tmp_path)))] == first
