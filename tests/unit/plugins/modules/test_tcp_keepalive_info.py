# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import os

from ansible_collections.netops.tcp_keepalive.plugins.modules import tcp_keepalive_info

PATH = "/etc/sysctl.d/99-tcp-keepalive.conf"
DEFAULTS = {"time": 7200, "intvl": 75, "probes": 9}
UNSET = {"file": None, "line": None, "writer": None}


def test_host_without_a_file(host, run):
    before = host.snapshot()
    result = run(tcp_keepalive_info)
    assert result["changed"] is False
    assert result["runtime"] == DEFAULTS
    assert result["detection_time"] == 7875
    assert result["boot"] == {name: dict(UNSET, value=value) for name, value in DEFAULTS.items()}
    assert result["boot_tool"] == "systemd-sysctl"
    assert (
        result["assignments"] == result["skipped_lines"] == result["drift"] == result["later_writers"] == []
    )
    assert result["file"] == {"path": PATH, "exists": False}
    assert host.snapshot() == before


def test_every_line_that_sets_a_value_or_is_skipped(host, run):
    host.put("/usr/lib/sysctl.d/50-vendor.conf", b"net.ipv4.tcp_keepalive_* = 20\n")
    host.put("/etc/sysctl.d/60-old.conf", b"# x\nnet.ipv4.tcp_keepalive_intvl = 0x10\n")
    host.write(
        b"net.ipv4.tcp_keepalive_intvl = 17\nnet.ipv4.tcp_keepalive_time = 5m\nnet.ipv4.tcp_keepalive_x\n"
    )
    host.set("probes", 20)
    result = run(tcp_keepalive_info)
    # The key that is refused all the same keeps the pattern away.
    assert {name: entry["value"] for name, entry in result["boot"].items()} == {
        "time": 7200,
        "intvl": 17,
        "probes": 20,
    }
    assert result["boot"]["intvl"] == {"value": 17, "file": PATH, "line": 1, "writer": "systemd-sysctl"}
    assert result["drift"] == ["intvl"]
    reported = [
        (one["setting"], one["value"], one["file"], one["line"], one["wins"]) for one in result["assignments"]
    ]
    assert reported == [
        ("time", 20, "/usr/lib/sysctl.d/50-vendor.conf", 1, False),
        ("intvl", 20, "/usr/lib/sysctl.d/50-vendor.conf", 1, False),
        ("probes", 20, "/usr/lib/sysctl.d/50-vendor.conf", 1, True),
        ("intvl", 16, "/etc/sysctl.d/60-old.conf", 2, False),
        ("intvl", 17, PATH, 1, True),
    ]
    assert sorted((one["file"], one["line"]) for one in result["skipped_lines"]) == [(PATH, 2), (PATH, 3)]
    assert result["file"]["exists"] is True


def test_kernel_that_cannot_be_read_is_a_warning(host, run):
    os.unlink(host.setting("time"))
    host.write(b"net.ipv4.tcp_keepalive_time = 600\n")
    result = run(tcp_keepalive_info)
    assert result["runtime"] is None
    assert result["detection_time"] is None
    assert "tcp_keepalive_time" in str(result["warnings"])
    assert result["boot"]["time"]["value"] == 600


def test_file_that_cannot_be_read_is_a_warning(host, run):
    os.mkfifo(host.root + "/etc/sysctl.d/10-fifo.conf")
    result = run(tcp_keepalive_info)
    assert result["runtime"] == DEFAULTS
    assert result["boot"] is None
    assert "10-fifo.conf" in str(result["warnings"])


def test_container_with_read_only_sysctls_keeps_the_kernels_values(host, run, read_only_sysctls):
    host.set("time", 300)
    host.write(b"net.ipv4.tcp_keepalive_time = 600\n")
    result = run(tcp_keepalive_info)
    assert "is read-only in this container" in str(result["warnings"])
    assert (result["boot_tool"], result["assignments"], result["drift"]) == (None, [], [])
    assert result["boot"]["time"] == {"value": 300, "file": None, "line": None, "writer": None}


def test_container_that_does_not_boot_keeps_what_its_engine_sets(host, run):
    host.set("time", 120)
    host.write(b"net.ipv4.tcp_keepalive_time = 600\n")
    host.put("/proc/1/comm", b"nginx\n")
    os.makedirs(host.proc + "/self/ns")
    os.symlink("pid:[2]", host.proc + "/self/ns/pid")
    result = run(tcp_keepalive_info)
    assert (result["boot"]["time"]["value"], result["drift"], result["boot_tool"]) == (120, [], None)
    assert result["container"] == {"boots": False, "writable": True, "host_network": False}
    assert str(result["warnings"]).count("--sysctl") == 1


def test_negative_value_has_no_detection_time(host, run):
    host.set("time", -1)
    assert run(tcp_keepalive_info)["detection_time"] is None


def test_later_writers(host, run):
    host.put("/etc/systemd/system/multi-user.target.wants/tuned.service", b"")
    host.put("/etc/tuned/tuned-main.conf", b"reapply_sysctl = 0\n")
    host.put("/etc/tuned/active_profile", b"mine\n")
    host.put("/etc/tuned/mine/tuned.conf", b"[sysctl]\nnet.ipv4.tcp_keepalive_probes = 4\n")
    result = run(tcp_keepalive_info)
    found = {"file": "/etc/tuned/mine/tuned.conf", "line": 2, "value": 4, "writer": "tuned"}
    assert result["later_writers"] == [dict(found, setting="probes")]
    assert result["boot"]["probes"] == found


def test_lines_that_come_back(host, run):
    host.put("/etc/sysctl.conf", b"net.ipv4.tcp_keepalive_time = 600\n")
    (line,) = run(tcp_keepalive_info)["returning"]
    assert line == {
        "file": "/etc/sysctl.conf",
        "line": 1,
        "setting": "time",
        "value": 600,
        "command": "sysctl -p",
    }


def test_file_that_no_boot_tool_reads(host, run):
    host.put("/etc/sysctl.conf", b"net.ipv4.tcp_keepalive_time = 600\n")
    (line,) = run(tcp_keepalive_info)["unread"]
    assert (line["file"], line["line"], line["setting"], line["value"]) == (
        "/etc/sysctl.conf",
        1,
        "time",
        600,
    )


def test_mentions(host, run):
    host.put("/etc/crontab", b"@reboot root sysctl -w net.ipv4.tcp_keepalive_time=9\n")
    os.mkfifo(host.root + "/etc/anacrontab")
    result = run(tcp_keepalive_info)
    text = "@reboot root sysctl -w net.ipv4.tcp_keepalive_time=9"
    assert result["mentions"] == [{"file": "/etc/crontab", "line": 1, "text": text}]
    assert "/etc/anacrontab" in str(result["warnings"])


def test_path_that_no_boot_tool_reads_is_refused(run):
    assert "path: " in run(tcp_keepalive_info, path="/etc/passwd")["msg"]
