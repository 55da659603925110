# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""After a reboot: the kernel holds what the file sets, and not what was only set in the kernel."""

TCP_RETRIES2_DEFAULT = 15


def test_host_has_rebooted(host):
    before = host.file("/root/boot_id").content_string.strip()
    assert before
    assert host.file("/proc/sys/kernel/random/boot_id").content_string.strip() != before


def test_host_is_of_the_kind_it_is_named_for(host):
    command = host.ansible.get_variables().get("host_is", "test -d /run/systemd/system")
    assert host.run(command).rc == 0


def test_value_set_only_in_the_kernel_is_lost(host):
    assert int(host.file("/proc/sys/net/ipv4/tcp_retries2").content) == TCP_RETRIES2_DEFAULT


def test_kernel_holds_the_values(asked, wanted, kernel, kernel_defaults):
    assert kernel == (wanted if asked["persist"] else kernel_defaults)


def test_file_sets_the_values(asked, wanted, file_settings):
    assert file_settings == (wanted if asked["persist"] else None)
