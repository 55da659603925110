# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Neither the host nor the unit: at once, and nothing is left."""


def test_new_connections(ends):
    assert [end[0] for end in ends()] == [0, 0]


def test_what_the_unit_had_stays_on_and_what_is_new_is_off(of_the_application):
    assert of_the_application() == (2, 2)
    assert of_the_application(accepted=True) == (2, 1)


def test_no_file_is_left(host):
    found = host.check_output(
        "find /etc /sys/fs/bpf -name 'tcp[-_]keepalive[-_]always*' -o -name 'app.service.wants'"
    )
    assert found == ""
