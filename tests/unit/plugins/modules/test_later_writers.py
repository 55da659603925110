# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The task on a host with programs that write after the boot tool."""

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.modules import tcp_keepalive

OURS = "/etc/sysctl.d/99-tcp-keepalive.conf"
KEY = "net.ipv4.tcp_keepalive_time"
UFW, WEB, NOTE = "/etc/ufw/sysctl.conf", "/usr/lib/tuned/web/tuned.conf", "/usr/share/saptune/notes/1410736"
ENABLED = "/etc/systemd/system/multi-user.target.wants/"


@pytest.fixture
def keepalive(run):
    return lambda **options: run(tcp_keepalive, time=45, **options)


def ufw(host, text):
    host.put(ENABLED + "ufw.service", b"")
    host.put("/etc/ufw/ufw.conf", b"ENABLED=yes\n")
    host.put("/etc/default/ufw", b"IPT_SYSCTL=/etc/ufw/sysctl.conf\n")
    host.put(UFW, text)


def tuned(host, text, main=b"reapply_sysctl = 0\n"):
    host.put(ENABLED + "tuned.service", b"")
    host.put("/etc/tuned/tuned-main.conf", main)
    host.put("/etc/tuned/active_profile", b"web\n")
    host.put(WEB, text)


def saptune(host):
    host.put(ENABLED + "saptune.service", b"")
    host.put("/etc/sysconfig/saptune", b'NOTE_APPLY_ORDER="1410736"\n')
    host.put(NOTE, b"[sysctl]\nnet.ipv4.tcp_keepalive_time = 300\n")


def test_ufw_is_refused_by_file_line_and_name(host, keepalive):
    ufw(host, b"# x\nnet/ipv4/tcp_keepalive_time=600\n")
    before = host.snapshot()
    message = keepalive()["msg"]
    assert f"would be 600, not 45: {UFW}, line 2, which ufw loads later, wins over {OURS}" in message
    assert '"overrides: disable"' in message and "path that is read later" not in message
    assert {path: entry for path, entry in host.snapshot().items() if path in before} == before


def test_ufw_is_disabled_where_its_line_is(host, keepalive):
    ufw(host, b"# x\nnet/ipv4/tcp_keepalive_time=600\na=1\n")
    result = keepalive(overrides="disable")
    assert [(entry["file"], entry["line"], entry["writer"]) for entry in result["overrides"]] == [
        (UFW, 2, "ufw")
    ]
    assert result["overrides"][0]["backup"]
    assert result["boot"]["after"]["time"]["value"] == 45
    with open(host.root + UFW) as file:
        lines = file.read().split("\n")
    assert lines[0] == "# x"
    assert lines[1].startswith("#") and lines[1].endswith("net/ipv4/tcp_keepalive_time=600")
    assert lines[2:] == ["a=1", ""]
    assert keepalive(overrides="disable")["changed"] is False


def test_what_a_killed_run_left_in_ufws_file_goes(host, keepalive):
    pin = b"\n# netops.tcp_keepalive: only until the other files are changed too\n" + b"".join(
        b"net.ipv4.tcp_keepalive_%s = %d\n" % entry
        for entry in [(b"time", 45), (b"intvl", 75), (b"probes", 9)]
    )
    ufw(host, b"a=1\n" + pin)
    assert keepalive()["boot"]["after"]["time"]["file"] == OURS
    with open(host.root + UFW, "rb") as file:
        assert file.read() == b"a=1\n"


@pytest.mark.parametrize(
    "arrange, file, advice",
    [
        (lambda host: tuned(host, b"[sysctl]\n%s=600\n" % KEY.encode()), WEB, "reapply_sysctl = 1"),
        (saptune, NOTE, "/etc/saptune/override"),
    ],
)
@pytest.mark.parametrize("overrides", ["fail", "disable"])
def test_profiles_and_notes_are_refused_with_advice(host, keepalive, arrange, file, advice, overrides):
    arrange(host)
    message = keepalive(overrides=overrides)["msg"]
    assert f"{file}, line 2" in message
    assert advice in message
    assert "overrides: disable" not in message
    assert keepalive(overrides="warn")["changed"] is True


def test_warn_says_who_wins(host, keepalive):
    tuned(host, b"[sysctl]\nnet.ipv4.tcp_keepalive_time = 600\n")
    result = keepalive(overrides="warn")
    assert f"{WEB}, line 2, which TuneD applies later, wins over" in str(result["warnings"])
    assert result["boot"]["after"]["time"] == {"value": 600, "file": WEB, "line": 2, "writer": "tuned"}


def test_a_profile_that_our_file_is_re_applied_over_is_no_override(host, keepalive):
    tuned(host, b"[sysctl]\nnet.ipv4.tcp_keepalive_time = 600\n", b"")
    result = keepalive()
    assert result["boot"]["before"]["time"]["value"] == 600
    assert result["boot"]["after"]["time"] == {"value": 45, "file": OURS, "line": 2, "writer": "tuned"}
    assert keepalive()["changed"] is False
    # Without our file the profile sets it: absent gives the kernel that.
    assert keepalive(state="absent")["runtime"]["after"]["time"] == 600


def test_a_file_that_only_tuned_reads_is_disabled(host, keepalive):
    tuned(host, b"[sysctl]\nvm.swappiness = 10\n", b"")
    host.put("/etc/sysctl.conf", b"net.ipv4.tcp_keepalive_time = 600\n")
    assert "/etc/sysctl.conf, line 1, which TuneD applies later, wins" in keepalive()["msg"]
    assert keepalive(overrides="disable")["boot"]["after"]["time"]["value"] == 45


def test_what_cannot_be_predicted_is_not_promised(host, keepalive):
    tuned(host, b"\xff\n")
    before = host.snapshot()
    message = keepalive()["msg"]
    assert f"What the next boot sets {KEY} and " in message
    assert message.count("to cannot be predicted: TuneD writes after the boot tool") == 1
    assert {path: entry for path, entry in host.snapshot().items() if path in before} == before
    running_only = keepalive(persist=False)
    assert running_only["boot"]["after"] == {"time": None, "intvl": None, "probes": None}
    assert "cannot be predicted" in str(running_only["warnings"])
    nothing_of_ours = keepalive(state="absent")
    assert nothing_of_ours["changed"] is False
    assert "The kernel keeps what it has." in str(nothing_of_ours["warnings"])
    keepalive(overrides="warn")
    assert '("apply: false")' in keepalive(state="absent")["msg"]
    assert keepalive(state="absent", apply=False)["changed"] is True


def test_one_that_cannot_be_predicted_leaves_the_others(host, keepalive):
    tuned(host, b"[sysctl]\nnet.ipv4.tcp_keepalive_probes = ${f:exec:true}\n")
    result = keepalive()
    assert result["boot"]["after"]["time"]["value"] == 45
    assert result["boot"]["after"]["probes"] is None
    assert "only TuneD can run its function" in str(result["warnings"])
