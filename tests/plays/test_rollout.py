# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rollouts in steps over several hosts, some broken, each in namespaces with its own values and files."""

import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import FOLDER, Namespace

DEFAULTS = {"time": 7200, "intvl": 75, "probes": 9}
ROLE = {"time": 41, "intvl": 6, "probes": 9}
REMOVE = "netops.tcp_keepalive.remove"
EXAMPLE = Path(__file__).parents[2] / "examples/fleet/rollout.yml"
# Nothing listens there.
UNREACHABLE = {"ansible_connection": "ssh", "ansible_host": "127.0.0.1", "ansible_port": 1}


class Fleet:
    """Hosts, and a controller that is not one of them; tests may change ``inventory``, variables by host."""

    def __init__(self, folder, python, names):
        self.folder, self.names = folder, names
        self.hosts = {name: Namespace(folder, python) for name in names}
        self.inventory = {}
        for name, host in self.hosts.items():
            inside = folder / f"python-{name}"
            inside.write_text(
                f'#!/bin/sh\nexec nsenter --target={host.process.pid} --net --mount {python} "$@"\n'
            )
            inside.chmod(0o755)
            self.inventory[name] = {"ansible_connection": "local", "ansible_python_interpreter": str(inside)}
        self.controller = Namespace(folder, python)
        self.controller.variables = {}
        self.controller.sh("ip link set lo up")

    def close(self):
        for host in [*self.hosts.values(), self.controller]:
            host.close()

    def run(self, playbook, *arguments, **variables):
        inventory = self.folder / "hosts.json"
        inventory.write_text(json.dumps({"all": {"hosts": self.inventory}}))
        return self.controller.playbook(playbook, *arguments, inventory=str(inventory), **variables)

    def roll_out(self, *arguments, **variables):
        return self.run("netops.tcp_keepalive.apply", *arguments, **variables)

    def break_host(self, name):
        """Add a line that wins at the next boot, so that the module fails."""
        self.hosts[name].sh(f"echo net.ipv4.tcp_keepalive_time = 111 > {FOLDER}/zz.conf")

    def changed(self):
        """Return the hosts that have the new values; assert that all others have the old ones."""
        states = {name: (host.kernel(), host.file() is not None) for name, host in self.hosts.items()}
        assert all(state in [(ROLE, True), (DEFAULTS, False)] for state in states.values()), states
        return [name for name in self.names if states[name] == (ROLE, True)]


@pytest.fixture
def fleet(tmp_path, target_python):
    tmp_path.chmod(0o755)
    opened = Fleet(tmp_path, target_python, ["a", "b", "c", "d", "e", "f"])
    yield opened
    opened.close()


def tried(done):
    """Return the hosts in the recap."""
    return re.findall(r"^(\w) +: ok=", done.stdout, re.MULTILINE)


def test_steps_may_grow(fleet):
    done = fleet.roll_out(tcp_keepalive_serial=[1, "50%"])
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("PLAY [Apply TCP keepalive]") == 3
    assert fleet.changed() == fleet.names


def test_the_example_stops_after_a_failed_step(fleet):
    fleet.break_host("b")
    done = fleet.run(EXAMPLE)
    assert tried(done) == ["a", "b"]
    assert fleet.changed() == ["a"]


def test_a_failed_host_stops_the_rollout_after_its_step(fleet):
    fleet.break_host("b")
    done = fleet.roll_out(tcp_keepalive_serial=2, tcp_keepalive_max_fail_percentage=0)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "zz.conf, line 1, wins over" in " ".join(done.stdout.split())
    assert tried(done) == ["a", "b"]
    assert fleet.changed() == ["a"]

    fleet.hosts["b"].sh(f"rm {FOLDER}/zz.conf")
    assert fleet.roll_out(tcp_keepalive_serial=2, tcp_keepalive_max_fail_percentage=0).returncode == 0
    assert fleet.changed() == fleet.names


def test_a_share_of_each_step_may_fail(fleet):
    for name in "bde":
        fleet.break_host(name)
    assert tried(fleet.roll_out(tcp_keepalive_serial=2, tcp_keepalive_max_fail_percentage=50)) == fleet.names
    assert fleet.changed() == ["a", "c", "f"]

    fleet.break_host("c")
    assert tried(fleet.roll_out(tcp_keepalive_serial=3, tcp_keepalive_max_fail_percentage=50)) == [
        "a",
        "b",
        "c",
    ]


def test_without_a_limit_only_a_step_that_failed_on_all_hosts_stops_it(fleet):
    for name in "bdf":
        fleet.break_host(name)
    assert fleet.roll_out(tcp_keepalive_serial=2).returncode == 2
    assert fleet.changed() == ["a", "c", "e"]

    fleet.break_host("a")
    assert tried(fleet.roll_out(tcp_keepalive_serial=2)) == ["a", "b"]


def test_removal_stops_too(fleet):
    assert fleet.roll_out().returncode == 0
    fleet.hosts["b"].sh(f"mount -o remount,ro {FOLDER}")
    done = fleet.run(REMOVE, tcp_keepalive_serial=2, tcp_keepalive_max_fail_percentage=0)
    assert tried(done) == ["a", "b"]
    assert fleet.changed() == ["b", "c", "d", "e", "f"]


def test_an_unreachable_host_counts_as_failed(fleet):
    fleet.inventory["b"] = UNREACHABLE
    done = fleet.roll_out(tcp_keepalive_serial=2, tcp_keepalive_max_fail_percentage=0)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Connection refused" in done.stdout
    assert "now:            not read" in done.stdout
    assert tried(done) == ["a", "b"]
    assert fleet.changed() == ["a"]


def test_without_a_limit_an_unreachable_host_is_skipped(fleet):
    fleet.inventory["b"] = UNREACHABLE
    done = fleet.roll_out(tcp_keepalive_serial=2)
    assert done.returncode == 4, done.stdout + done.stderr
    assert fleet.changed() == ["a", "c", "d", "e", "f"]


def test_slices_in_parallel(fleet):
    slices = {"all[0:1]": ["a", "b"], "all[2:3]": ["c", "d"], "all[4:]": ["e", "f"]}
    with ThreadPoolExecutor() as pool:
        runs = list(pool.map(lambda hosts: fleet.roll_out("--limit", hosts), slices))
    assert [tried(done) for done in runs] == list(slices.values())
    assert all(done.returncode == 0 for done in runs)
    assert fleet.changed() == fleet.names
