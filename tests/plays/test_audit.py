# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real sockets of every kind and namespaces with processes, as the info module reports them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).parents[1] / "bench/sockets.py"

ALONE = ["setpriv", "--pdeathsig", "KILL"]

# Connections to itself: with and without keepalive, overlong, with a long time that the application chose,
# and with data that is never acknowledged.
SOCKETS = """
import socket, subprocess, sys, time
open("/proc/self/comm", "w").write(sys.argv[1])
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
held = []
def pairs(count, address="127.0.0.1", family=socket.AF_INET, keep=(0, 0), idle=None):
    with socket.create_server((address, 0), family=family) as listener:
        for _ in range(count):
            ends = [socket.create_connection(listener.getsockname()[:2])]
            ends.append(listener.accept()[0])
            for end, on in zip(ends, keep):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, on)
                if on and idle:
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, idle)
            held.append(ends)
def default(seconds):
    with open("/proc/sys/net/ipv4/tcp_keepalive_time", "w") as file:
        file.write(str(seconds))
pairs(2, keep=(1, 1))
pairs(1, "::1", socket.AF_INET6, keep=(1, 1))
pairs(1, "::1", socket.AF_INET6, keep=(0, 1))
pairs(1)
pairs(1, keep=(1, 1), idle=30000)
default(30000)
pairs(1, keep=(1, 1))
default(7200)
pairs(1, "127.0.0.9", keep=(1, 1))
rules = "type filter hook output priority 0; ip daddr 127.0.0.9 drop; ip saddr 127.0.0.9 drop;"
table = "table ip t {\\nchain c { " + rules + " }\\n}\\n"
subprocess.run(["nft", "-f", "-"], input=table, text=True, check=True)
for end in held[-1]:
    end.send(b"x")
time.sleep(1)
print("ready", flush=True)
time.sleep(1000)
"""
EXPECTED = {"established": 16, "keepalive": 11, "unprotected": 3, "overlong": 2, "busy": 2}
# Which times applications chose is seen in their processes.
OWN_TIMES_UNSEEN = {**EXPECTED, "overlong": 4}


@pytest.fixture
def holder(namespace):
    """A process with sockets in the namespace, with a name that breaks naive parsers of /proc."""
    (namespace.folder / "sockets.py").write_text(SOCKETS)
    enter = ["nsenter", f"--target={namespace.process.pid}", "--net", "--mount"]
    command = [*ALONE, *enter, "python3", str(namespace.folder / "sockets.py"), "a b)c"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "ready\n"
    yield process
    process.kill()
    process.communicate()


def wrap_python(namespace, command):
    """Run the modules with a command that ends in an interpreter."""
    python = namespace.folder / "python3"
    python.write_text(f'#!/bin/sh\nexec {command} "$@"\n')
    python.chmod(0o755)
    namespace.variables["ansible_python_interpreter"] = str(python)


def kinds(sockets):
    return {kind: sockets[kind] for kind in EXPECTED}


def test_sockets_are_counted_as_ss_shows_them(namespace, holder):
    sockets = namespace.module("tcp_keepalive_info", sockets="processes")["sockets"]
    assert kinds(sockets) == EXPECTED
    lines = namespace.sh("ss -H -tnoe state established").splitlines()
    assert len(lines) == EXPECTED["established"]
    assert sum("timer:(keepalive" in line for line in lines) == EXPECTED["keepalive"]
    assert sum("timer:" not in line for line in lines) == EXPECTED["unprotected"]
    (process,) = sockets["processes"]
    assert process["name"] == "a b)c"
    assert kinds(process) == EXPECTED
    assert len(process["remote_ports"]) == 10
    assert process["other_remote_ports"] == 5


def test_without_sock_diag_proc_net_tcp_is_read_with_a_warning(namespace, holder):
    blocked = "-e trace=bind,sendto,send -e inject=sendto:error=ENOENT"
    wrap_python(
        namespace, f"strace -qq -f -o /dev/null {blocked} {namespace.variables['ansible_python_interpreter']}"
    )
    result = namespace.module("tcp_keepalive_info", sockets="summary")
    assert kinds(result["sockets"]) == EXPECTED
    assert "Sockets are read from /proc/net/tcp, since sock_diag cannot be asked" in result["warnings"]


def test_each_namespace_is_reported_with_its_values(namespace, holder):
    namespace.sh("mount -t tmpfs tmpfs /run; ip netns add empty; ip netns add named")
    namespace.sh("ip netns exec named ip link set lo up")
    keys = "/proc/sys/net/ipv4/tcp_keepalive_"
    namespace.sh(f"ip netns exec named sh -c 'echo 33 > {keys}time'; echo 44 > {keys}time")
    enter = ["nsenter", f"--target={namespace.process.pid}", "--net", "--mount"]
    command = [*ALONE, *enter, "ip", "netns", "exec", "named", "sleep", "1000"]
    with subprocess.Popen(command) as sleeper:
        result = namespace.module("tcp_keepalive_info", sockets="summary", namespaces="all")
        sleeper.kill()
    assert result["runtime"]["time"] == 44
    by_owner = {other["owner"]: other for other in result["namespaces"]}
    assert by_owner["ip netns named"]["runtime"] == {"time": 33, "intvl": 75, "probes": 9}
    assert by_owner["ip netns empty"]["runtime"] == {"time": 7200, "intvl": 75, "probes": 9}
    assert by_owner["ip netns empty"]["pid"] is None
    assert by_owner["ip netns empty"]["sockets"]["established"] == 0
    # Seen from here, this machine's own namespace is another one.
    assert len(by_owner) >= 3


def test_only_sockets_of_the_own_namespace_are_counted_by_default(namespace, holder):
    result = namespace.module("tcp_keepalive_info", sockets="summary")
    assert result["namespaces"] == []
    assert kinds(result["sockets"]) == EXPECTED
    assert namespace.module("tcp_keepalive_info")["sockets"] is None


def test_ten_thousand_sockets_as_ss_counts_them_in_half_its_time():
    done = subprocess.run([sys.executable, BENCH, "10000"], check=True, capture_output=True, text=True)
    result = json.loads(done.stdout)
    assert result["counts"] == {
        "established": 10000,
        "keepalive": 5000,
        "unprotected": 5000,
        "overlong": 0,
        "busy": 0,
    }
    assert result["ss"] == {"established": 10000, "keepalive": 5000}
    assert result["ratio"] <= 0.5, result


def test_without_proc_the_rest_is_reported_with_warnings(namespace, holder):
    interpreter = "/usr/bin/python3"
    wrap_python(
        namespace, f"unshare --mount sh -c 'mount -t tmpfs tmpfs /proc; exec {interpreter} \"$@\"' sh"
    )
    result = namespace.module("tcp_keepalive_info", sockets="processes", namespaces="all")
    assert result["failed"] is False
    assert result["runtime"] is None
    assert result["namespaces"] == []
    assert kinds(result["sockets"]) == OWN_TIMES_UNSEEN
    warnings = result["warnings"]
    assert "Network namespaces cannot be seen" in warnings
    assert "The processes that hold 16 of the sockets could not be seen" in warnings


def test_hidden_processes_are_reported_as_such(namespace, holder):
    mount = "mount -t proc -o hidepid=2 proc /proc"
    become = "setpriv --reuid=nobody --regid=nogroup --clear-groups /usr/bin/python3"
    wrap_python(namespace, f"unshare --mount --pid --fork sh -c '{mount}; {become} \"$@\"; exit $?' sh")
    result = namespace.module("tcp_keepalive_info", sockets="processes", namespaces="all")
    assert result["failed"] is False
    assert result["runtime"] == {"time": 7200, "intvl": 75, "probes": 9}
    assert kinds(result["sockets"]) == OWN_TIMES_UNSEEN
    assert [process["name"] for process in result["sockets"]["processes"]] == [None]
    warnings = result["warnings"]
    assert "hidepid" in warnings
    assert "The processes that hold 16 of the sockets could not be seen: run as root" in warnings


VANISHING = """
import os, signal, subprocess, sys
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._network import _namespaces
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import KeepaliveError
own = os.stat("/proc/self/ns/net").st_ino
command = ["unshare", "--net", "sh", "-c", "echo ready; exec sleep 60"]
with subprocess.Popen(command, stdout=subprocess.PIPE) as other:
    other.stdout.readline()
    (unshared,) = [one for one in _namespaces.others("", "/proc", print) if one.pid == other.pid]
    assert _namespaces.inside(unshared, lambda: os.stat("/proc/self/ns/net").st_ino) == unshared.inode != own
    try:
        _namespaces.inside(unshared, lambda: 1 / 0)
        sys.exit("the look failed, and nothing said so")
    except KeepaliveError as error:
        print(error)
    other.kill()
try:
    _namespaces.inside(unshared, lambda: 0)
    sys.exit("the namespace is gone but was read")
except _namespaces.Gone as error:
    print(error)
_namespaces.others = lambda *arguments: [unshared, unshared]
assert list(_namespaces.look_into_others("", "/proc", lambda: 0, print)) == []
assert os.stat("/proc/self/ns/net").st_ino == own
"""


def test_a_namespace_that_vanishes_while_it_is_read_is_reported(namespace):
    done = namespace.run(sys.executable, "-c", VANISHING)
    assert done.returncode == 0, done.stderr
    assert "could not be examined: division by zero" in done.stdout
    assert " has ended." in done.stdout
    assert "Network namespaces that ended while they were looked at: 2." in done.stdout
