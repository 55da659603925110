# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The prediction of this machine's next boot, with the test's own folder in place of /etc/sysctl.d."""

from conftest import DROPIN, FOLDER

NEW = {"time": 600, "intvl": 60, "probes": 5}
LATER = f"{FOLDER}/99-zz-later.conf"
DISABLED = "# disabled by netops.tcp_keepalive (4cfa6fd6): net.ipv4.tcp_keepalive_time = 7"


def test_boot_tool_of_this_machine_is_detected(namespace):
    result = namespace.module(**NEW)
    assert result["boot_tool"] in ("systemd-sysctl", "procps", "busybox")
    assert result["boot"]["after"]["time"] == {
        "value": 600,
        "file": DROPIN,
        "line": 2,
        "writer": result["boot_tool"],
    }


def test_role_refuses_warns_or_disables(namespace):
    namespace.sh(f"printf '# x\\nnet.ipv4.tcp_keepalive_time = 7\\n' > {LATER}")
    before = namespace.state()
    refused = namespace.playbook("netops.tcp_keepalive.apply")
    assert refused.returncode != 0
    assert f"would be 7, not 41: {LATER}, line 2" in " ".join((refused.stdout + refused.stderr).split())
    assert namespace.state() == before

    warned = namespace.playbook("netops.tcp_keepalive.apply", tcp_keepalive_overrides="warn")
    assert warned.returncode == 0
    assert "after a reboot: time 7 s" in warned.stdout

    before = namespace.state()
    predicted = namespace.playbook(
        "netops.tcp_keepalive.apply", "--check", "--diff", tcp_keepalive_overrides="disable"
    )
    assert f"+{DISABLED}" in predicted.stdout
    assert namespace.state() == before
    disabled = namespace.playbook("netops.tcp_keepalive.apply", "--diff", tcp_keepalive_overrides="disable")
    tasks, summary, _rest = predicted.stdout.partition("TASK [Show what each host")
    assert summary and disabled.stdout.startswith(tasks)
    assert namespace.file(LATER) == f"# x\n{DISABLED}\n"
    assert namespace.playbook("netops.tcp_keepalive.apply").returncode == 0

    removed = namespace.playbook("netops.tcp_keepalive.remove")
    assert f"restored:       {LATER} line 2" in removed.stdout
    assert namespace.file(LATER) == "# x\nnet.ipv4.tcp_keepalive_time = 7\n"
    assert namespace.kernel()["time"] == 7


def test_info_reports_drift_and_every_assignment(namespace):
    namespace.module(**NEW)
    namespace.sh(f"echo net.ipv4.tcp_keepalive_probes = 7 > {LATER}")
    info = namespace.module("tcp_keepalive_info")
    assert info["drift"] == ["probes"]
    assert info["boot"]["probes"] == {"value": 7, "file": LATER, "line": 1, "writer": info["boot_tool"]}
    ours = [line for line in info["assignments"] if line["file"].startswith(FOLDER)]
    assert [(line["setting"], line["wins"]) for line in ours] == [
        ("time", True), ("intvl", True), ("probes", False), ("probes", True),
    ]  # fmt: skip


def test_file_with_another_owner_goes_back_to_root_and_a_backup_is_kept(namespace):
    namespace.playbook("netops.tcp_keepalive.apply")
    namespace.sh(f"chown nobody {DROPIN}")
    assert namespace.playbook("netops.tcp_keepalive.apply", tcp_keepalive_backup=True).returncode == 0
    assert namespace.sh(f"stat -c %U {DROPIN}") == "root\n"
    assert namespace.sh(f"ls -A {FOLDER} | wc -l") == "2\n"
