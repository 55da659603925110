# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""TuneD by its configuration and profiles; verified against the real one by tests/differential."""

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._next_boot import NextBoot

KEY = "net.ipv4.tcp_keepalive_time"
MAIN, ACTIVE, MODE = "/etc/tuned/tuned-main.conf", "/etc/tuned/active_profile", "/etc/tuned/profile_mode"
LIB = "/usr/lib/tuned/"
NEW = {"/usr/lib/tuned/profiles/other/tuned.conf": ""}
OWN = "/etc/sysctl.d/50-own.conf"


def time(host, files):
    """Return what time becomes, or why that is unknown; nothing is re-applied unless asked for."""
    host.put("/etc/systemd/system/multi-user.target.wants/tuned.service", b"")
    files = {MAIN: "reapply_sysctl = 0\n", ACTIVE: "web\n", **files}
    for path, text in files.items():
        host.put(path, text if isinstance(text, bytes) else text.encode())
    prediction = NextBoot(host.root, host.proc).predict()
    entry = prediction.boot["time"]
    return entry.value if entry else prediction.unknown["time"]


def profile(name="web", text="", value=600):
    return {f"{LIB}{name}/tuned.conf": text + f"[sysctl]\n{KEY} = {value}\n"}


@pytest.mark.parametrize(
    "value, held",
    [
        ("600", 600),
        ('"600"', 600),
        ("600 # comment", 600),
        (">8000", 8000),
        (">600", 7200),
        ("<600", 600),
        ("<8000", 7200),
        (">x", 7200),
        ("=>600", 7200),
        (">", 7200),
        pytest.param(">" + "9" * 5000, 7200, id="more-than-any"),
        pytest.param("<" + "9" * 5000, 7200, id="less-than-any"),
        ("0x10", 16),
        ("60s", 7200),
    ],
)
def test_values(host, value, held):
    assert time(host, profile(value=value)) == held


@pytest.mark.parametrize(
    "files, held",
    [
        (profile(), 600),
        ({**profile(), ACTIVE: ""}, "it has not chosen its profile yet"),
        ({**profile(), ACTIVE: "", MODE: "manual\n"}, 7200),
        ({**profile(), MODE: "auto\n"}, 600),
        ({**profile(), MODE: "nonsense\n"}, 7200),
        ({**profile(), ACTIVE: "missing\n"}, 7200),
        ({**profile(), ACTIVE: "web missing\n"}, 7200),
        ({**profile(), **profile("b", value=5), ACTIVE: "web b\n"}, 5),
        ({**profile(), **profile("b", value=5), "/etc/tuned/post_loaded_profile": "b\n"}, 5),
        # A profile of one's own goes before one of the same name.
        ({**profile(), "/etc/tuned/web/tuned.conf": f"[sysctl]\n{KEY}=5"}, 5),
        ({**profile(), **NEW}, 7200),
        ({**NEW, "/usr/lib/tuned/profiles/web/tuned.conf": f"[sysctl]\n{KEY}=5"}, 5),
        (
            {
                **NEW,
                MAIN: "reapply_sysctl=0\nprofile_dirs=/usr/lib/tuned/profiles;/opt/t\n",
                "/opt/t/web/tuned.conf": f"[sysctl]\n{KEY}=5",
            },
            5,
        ),
        ({**profile(), MAIN: "reapply_sysctl = perhaps\n"}, "tuned-main.conf is not valid"),
        ({**profile(), MAIN: b"\xff\n"}, "tuned-main.conf is not text"),
    ],
)
def test_configuration(host, files, held):
    found = time(host, files)
    assert held in found if isinstance(held, str) else found == held


@pytest.mark.parametrize(
    "text, others, held",
    [
        ("[main]\ninclude=base\n[sysctl]\nx=1", profile("base", value=5), 5),
        (f"[main]\ninclude=base\n[sysctl]\n{KEY}=6", profile("base", value=5), 6),
        ("[main]\ninclude=base\n[sysctl]\nreplace=1\n", profile("base", value=5), 7200),
        ("[main]\ninclude=base\n[sysctl]\nenabled=0\n", profile("base", value=5), 7200),
        (f"[main]\ninclude=base\n[sysctl]\ndrop={KEY}\n", profile("base", value=5), 7200),
        ("[main]\ninclude=a, base\n", {**profile("base", value=5), **profile("a", value=6)}, 5),
        ("[main]\ninclude=a;base\n", {**profile("base", value=5), **profile("a", value=6)}, 5),
        ("[main]\ninclude=missing\n", profile("base", value=5), 7200),
        ("[main]\ninclude=-missing\n[sysctl]\n" + KEY + "=6", {}, 6),
        ("[main]\ninclude=web\n[sysctl]\n" + KEY + "=6", {}, 6),
        ("[main]\ninclude=b\n[sysctl]\n" + KEY + "=6", profile("b", "[main]\ninclude=web\n", 5), 6),
        ("[main]\ninclude=${f:virt_check:a:b}\n", {}, "depends on a function"),
        (f"[other]\ntype=sysctl\n{KEY}=6", {}, 6),
        (f"[b]\ntype=sysctl\npriority=5\n{KEY}=6\n[a]\ntype=sysctl\n{KEY}=7", {}, 6),
        (f"[b]\ntype=sysctl\npriority=x\n{KEY}=6\n", {}, "is not a number"),
        (f"[sysctl]\nuname_regex=x86\n{KEY}=6", {}, "depends on the machine"),
        ("[sysctl]\nuname_regex=x86\nvm.x=6", {}, 7200),
        (f"[variables]\na=6\n[sysctl]\n{KEY}=${{a}}", {}, 6),
        (f"[variables]\nb=${{a}}\na=6\n[sysctl]\n{KEY}=${{b}}", {}, 7200),
        (f"[variables]\na=6\nb=${{a}}0\n[sysctl]\n{KEY}=>${{b}}", {}, 7200),
        (f"[variables]\na=${{f:exec:cat:/x}}\n[sysctl]\n{KEY}=${{a}}", {}, "only TuneD can run its function"),
        (f"[variables]\ninclude=/etc/v\n[sysctl]\n{KEY}=${{a}}", {"/etc/v": "a = 6\n"}, 6),
        (f"[variables]\ninclude=/etc/v\n[sysctl]\n{KEY}=${{a}}", {}, 7200),
        (f"[sysctl]\n{KEY}=6\n[script]\nscript=s.sh", {LIB + "web/s.sh": "sysctl -p\n"}, "may write it"),
        (f"[sysctl]\n{KEY}=6\n[script]\nscript=s.sh", {LIB + "web/s.sh": "true\n"}, 6),
        (f"[script]\nscript=s.sh\n[sysctl]\n{KEY}=6", {LIB + "web/s.sh": "sysctl -p\n"}, 6),
        (f"[sysctl]\n{KEY}=6\n[sysfs]\n/sys/../proc/sys/net/ipv4/tcp_keepalive_time=5", {}, "mentions it"),
        (f"[sysctl]\n{KEY}\n", {}, "is not valid"),
        pytest.param("#" * (2 << 20), {}, "is larger than 1 MiB", id="large"),
        ("[variables]\na=${f:assertion:x:1:2}\n", {}, "has an assertion"),
    ],
)
def test_profiles(host, text, others, held):
    found = time(host, {f"{LIB}web/tuned.conf": text, **others})
    assert held in found if isinstance(held, str) else found == held


@pytest.mark.parametrize(
    "files, held",
    [
        ({OWN: f"{KEY} = 5"}, 5),
        ({OWN: f"{KEY} = 5", "/etc/sysctl.conf": f"{KEY} = 6"}, 6),
        ({OWN: f"{KEY} = 5", "/run/sysctl.d/50-own.conf": f"{KEY} = 6"}, 6),
        ({OWN: f"{KEY} = 5", "/run/sysctl.d/50-own.conf": ""}, 600),
        ({"/usr/lib/sysctl.d/50-own.conf": f"{KEY} = 5"}, 600),
        ({OWN: f"-{KEY} = 5"}, 600),
        ({OWN: "net.ipv4.tcp_keepalive_* = 5"}, 600),
        ({OWN: f"{KEY} = 5\n; {KEY} = 6\n# {KEY} = 7"}, 5),
        ({OWN: f"{KEY} = 5\r{KEY} = 6"}, 6),
        ({OWN: f"{KEY} = 5\n{KEY} = 6s"}, 5),
        ({OWN: f"{KEY} = 5", MAIN: "reapply_sysctl = 0\n"}, 600),
        ({OWN: b"\xff\n"}, "is not text in UTF-8"),
        # Versions differ, and this host's is unknown.
        ({OWN: "net/ipv4/tcp_keepalive_time = 5"}, "versions of TuneD differ"),
    ],
)
def test_re_applied_files(host, files, held):
    found = time(host, {MAIN: "", **profile(), **files})
    assert held in found if isinstance(held, str) else found == held


@pytest.mark.parametrize("source, held", [(b'tr(option, "./", "/.")', 600), (b'replace(".", "/")', 5)])
def test_the_installed_version_decides(host, source, held):
    package = "/usr/lib/python3/dist-packages/tuned/plugins/plugin_sysctl.py"
    assert time(host, {MAIN: "", OWN: "net/ipv4/tcp_keepalive_time=5", package: source, **profile()}) == held


def test_excluded_keys_are_not_re_applied(host):
    package = "/usr/lib/python3.12/site-packages/tuned/plugins/plugin_sysctl.py"
    source = b'REAPPLY_SYSCTL_EXCLUDE sysctl_settings "./"'
    main = "reapply_sysctl_exclude = vm.*, net.ipv4.tcp_keep*\n"
    assert time(host, {MAIN: main, OWN: f"{KEY} = 5", package: source, **profile()}) == 600


def test_without_its_configuration_it_may_not_start(host):
    host.put("/etc/systemd/system/multi-user.target.wants/tuned.service", b"")
    host.put(ACTIVE, b"web\n")
    host.put(f"{LIB}web/tuned.conf", f"[sysctl]\n{KEY} = 600\n".encode())
    assert "does not start without" in NextBoot(host.root, host.proc).predict().unknown["time"]
