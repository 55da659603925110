# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One unit: it has the program after whatever systemd does with it, and others do not."""

import os

import pytest

# More than the five in ten seconds that systemd allows a unit of its own accord; STARTS=100 for a long run.
STARTS = int(os.environ.get("STARTS", "8"))


def test_others_no_longer_have_it(ends):
    assert [end[0] for end in ends()] == [0, 0]


@pytest.mark.parametrize(
    "command",
    [
        "systemctl stop app && systemctl start app",
        "systemctl kill --signal=KILL app; sleep 1",
        "systemctl daemon-reload",
        "systemctl daemon-reexec && systemctl restart app",
    ],
)
def test_the_unit_has_it_after(host, of_the_application, comes_to, command):
    host.check_output(command)
    assert comes_to(of_the_application, (2, 2))
    assert of_the_application(accepted=True) == (2, 2)


def test_starts_in_quick_succession(host, of_the_application, comes_to):
    start = "systemctl restart app; systemctl is-active --quiet app"
    host.check_output(f"set -e; for start in $(seq {STARTS}); do {start}; done")
    assert comes_to(of_the_application, (2, 2))
    assert host.check_output("systemctl list-units --failed --plain --no-legend") == ""


def test_nothing_of_ours_runs_with_the_units_environment(host):
    def complaints(unit):
        return host.check_output(f"journalctl --unit {unit} --output cat").count("hostile.so")

    assert complaints("app.service") > 0
    assert complaints("tcp-keepalive-always@app.service.service") == 0


def test_the_whole_hosts_unit_is_gone(host):
    assert not host.service("tcp-keepalive-always.service").exists
    assert host.service("tcp-keepalive-always@app.service.service").is_enabled
