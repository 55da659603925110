# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""After the reboot: the kernel holds what was predicted, and the hostile file is untouched or disabled."""

import json

import pytest

NAMES = ("time", "intvl", "probes")
BACKUP = ".*~"


@pytest.fixture
def variables(host):
    return host.ansible.get_variables()


@pytest.fixture
def result(host):
    return json.loads(host.file("/root/result.json").content_string)


def test_host_has_rebooted(host):
    before = host.file("/root/boot_id").content_string.strip()
    assert before
    assert host.file("/proc/sys/kernel/random/boot_id").content_string.strip() != before


def test_kernel_holds_what_was_predicted(host, variables):
    predicted = json.loads(host.file("/root/predicted.json").content_string)
    kernel = {name: int(host.file(f"/proc/sys/net/ipv4/tcp_keepalive_{name}").content) for name in NAMES}
    assert kernel == variables["after_boot"]
    assert kernel == {name: predicted["boot"][name]["value"] for name in NAMES}
    assert predicted["boot_tool"] == variables.get("boot_tool", "systemd-sysctl")


def test_task_ended_as_expected(variables, result):
    assert bool(result.get("failed")) is (variables["outcome"] == "refused")
    assert bool(result["changed"]) is (variables["outcome"] != "refused")


def test_hostile_line_is_reported(variables, result):
    if variables["outcome"] == "refused":
        assert (variables.get("refusal") or variables["hostile_path"]) in result["msg"]
    elif result["overrides"]:
        assert {override["file"] for override in result["overrides"]} == {variables["hostile_path"]}


def test_hostile_file_is_untouched_or_commented_out_with_a_backup(host, variables):
    if "hostile_path" not in variables:
        assert not host.file("/etc/sysctl.d/99-tcp-keepalive.conf").exists
        return
    file = host.file(variables["hostile_path"])
    folder, name = variables["hostile_path"].rsplit("/", 1)
    backups = [entry for entry in host.file(folder).listdir() if entry.startswith(name + ".")]
    if variables["outcome"] == "disabled" and folder.startswith("/usr"):
        assert backups == []
        assert file.content_string == variables["hostile_content"]
        copy = host.file(f"/etc/sysctl.d/{name}")
        assert (copy.user, copy.mode) == ("root", 0o644)
        lines = copy.content_string.splitlines()
        assert [line for line in lines if not line.startswith("#")] == []
        assert variables["hostile_path"] in lines[0]
    elif variables["outcome"] == "disabled":
        assert (file.user, file.mode) == ("root", 0o640)
        lines = file.content_string.splitlines()
        assert [line for line in lines if "keepalive" in line and not line.startswith("#")] == []
        assert len(lines) == len(variables["hostile_content"].splitlines())
        assert [host.file(f"{folder}/{backup}").content_string for backup in backups] == [
            variables["hostile_content"]
        ]
    else:
        assert backups == []
        if "hostile_content" in variables:
            assert file.content_string == variables["hostile_content"]


def test_removal_would_bring_back_what_was_disabled(host, variables):
    if variables["outcome"] != "disabled":
        return
    path = variables.get("tcp_keepalive_path", "/etc/sysctl.d/99-tcp-keepalive.conf")
    predicted = host.ansible("netops.tcp_keepalive.tcp_keepalive", f"state=absent path={path}", check=True)
    lines = [line for line in variables["hostile_content"].splitlines() if not line.startswith("#")]
    assert [line["text"] for line in predicted["restored"]] == lines
