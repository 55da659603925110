# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""After the removal: no file, and the kernel holds what the next boot would set."""


def test_file_is_gone(asked, host):
    assert not host.file(asked["path"]).exists


def test_kernel_holds_what_the_next_boot_loads(asked, wanted, kernel, kernel_defaults):
    # With "apply: false" the kernel keeps what the last boot set.
    assert kernel == (kernel_defaults if asked["apply"] else wanted)
