# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The loader on this machine's kernel: what new connections get, and what stays as it is."""

import os
import re
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._always import _attached, _loader
from connections import OFF, Keepalive, asks, connection, keepalive
from groups import inside, programs, top, unit

ON = Keepalive(True, 45, 7, 9)
# include/uapi/linux/tcp.h: in the options of a tcp_info.
TCPI_OPT_SYN_DATA = 32
SYSCTL = Path("/proc/sys/net/ipv4")


def load(*arguments: str) -> None:
    """Run the file as a boot does."""
    command = [sys.executable, "-I", "-S", _loader.__file__, *arguments]
    subprocess.run(command, check=True, stderr=subprocess.PIPE, text=True)


@pytest.fixture
def attached():
    load("attach", "45", "7", "9", "-")
    yield
    load("detach")


def ends(**how) -> list[Keepalive]:
    with connection(**how) as pair:
        return [keepalive(end) for end in pair]


def test_without_it_nothing_is_armed():
    assert ends() == [OFF, OFF]


@pytest.mark.parametrize(
    "how, client, server",
    [
        ({}, ON, ON),
        ({"family": socket.AF_INET6}, ON, ON),
        ({"client": asks()}, ON, ON),
        # All three or none: what an application chose is not mixed with the host's values.
        ({"client": asks(time=300)}, Keepalive(True, 300, 75, 9), ON),
        ({"client": asks(probes=2)}, Keepalive(True, 7200, 75, 2), ON),
        ({"server": asks(intvl=33)}, ON, Keepalive(True, 7200, 33, 9)),
    ],
)
def test_who_has_not_chosen_gets_the_hosts_values(attached, how, client, server):
    assert ends(**how) == [client, server]


def test_an_application_that_turns_it_off_afterwards_stays_off(attached):
    with connection() as (client, _server):
        client.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 0)
        assert not keepalive(client).on


@pytest.fixture
def sysctl():
    """Return a function that sets a value of net.ipv4 for the time of the test."""
    before = {}

    def put(name: str, value: int) -> None:
        before.setdefault(name, (SYSCTL / name).read_text())
        (SYSCTL / name).write_text(str(value))

    yield put
    for name, text in before.items():
        (SYSCTL / name).write_text(text)


def test_connections_made_from_cookies(attached, sysctl):
    sysctl("tcp_syncookies", 2)
    assert ends() == [ON, ON]


def test_connections_of_fast_open(attached, sysctl):
    # Data in the SYN, without a cookie, to every listener (ip-sysctl.rst).
    sysctl("tcp_fastopen", 0x607)
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.socket() as client:
        client.sendto(b"data", socket.MSG_FASTOPEN, listener.getsockname())
        server, _address = listener.accept()
        with server:
            assert server.recv(4) == b"data"
            assert client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 8)[5] & TCPI_OPT_SYN_DATA
            assert [keepalive(client), keepalive(server)] == [ON, ON]


def timers() -> list[str]:
    """Return the keepalive timers that ss shows."""
    shown = subprocess.run(["ss", "-Htno"], check=True, capture_output=True, text=True).stdout
    return re.findall(r"timer:\(keepalive,4[45]sec,0\)", shown)


def test_the_timers_run(attached):
    with connection():
        assert len(timers()) == 2


def test_the_timers_of_a_multipath_connection_run(attached):
    """They are its subflows'; the application's own socket says off."""
    with connection(protocol=socket.IPPROTO_MPTCP) as pair:
        assert [end.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) for end in pair] == [0, 0]
        assert len(timers()) == 2


def test_the_subflows_of_an_open_multipath_connection():
    with connection(protocol=socket.IPPROTO_MPTCP):
        assert timers() == []
        load("attach", "45", "7", "9", "120")
        assert len(timers()) == 2
        load("detach")


def test_user_timeout_is_set_where_the_application_set_none(attached):
    def own(sock):
        sock.setsockopt(socket.IPPROTO_TCP, 18, 5000)

    load("attach", "45", "7", "9", "120")
    assert ends(client=own) == [ON._replace(user_timeout=5000), ON._replace(user_timeout=120_000)]


def test_values_change_in_the_map_under_the_same_program(attached):
    with _loader.root_group() as group:
        before = _loader.attached(group)
    load("attach", "60", "8", "5", "-")
    with _loader.root_group() as group:
        assert _loader.attached(group) == before
    assert ends() == [Keepalive(True, 60, 8, 5)] * 2


def test_another_version_takes_the_place_and_the_memory(attached):
    assert ends() == [ON, ON]
    with _loader.root_group() as group:
        ours = _loader.find(group, _loader.RULE)
        map_fd = _loader.map_of(ours)
        older = _loader.load(["end", *_loader.ld_map_value(1, map_fd), *_loader.done()], _loader.RULE)
        _loader.attach(group, older)
        assert len(_loader.attached(group)[0]) == 1
        for descriptor in (ours, older, map_fd):
            os.close(descriptor)
    assert ends() == [OFF, OFF]
    load("attach", "45", "7", "9", "-")
    assert ends() == [ON, ON]
    with _loader.root_group() as group:
        values, memory = _loader.values_of(_loader.find(group, _loader.RULE))
        assert len(_loader.attached(group)[0]) == 1
    assert (values, memory.turned_on, memory.blindly) == (_loader.Values(45, 7, 9), 4, 0)


def test_only_what_was_off_counts(attached):
    assert ends(client=asks()) == [ON, ON]
    with _loader.root_group() as group:
        assert _loader.values_of(_loader.find(group, _loader.RULE))[1].turned_on == 1


def test_a_network_namespace_with_values_of_its_own_keeps_them(attached, sysctl):
    sysctl("tcp_keepalive_time", 600)
    assert ends() == [Keepalive(True, 600, 75, 9)] * 2


def test_the_hosts_own_values(sysctl):
    sysctl("tcp_keepalive_time", 600)
    load("attach", "-", "-", "5", "-")
    sysctl("tcp_keepalive_time", 7200)
    try:
        assert ends() == [Keepalive(True, 600, 75, 5)] * 2
    finally:
        load("detach")


def test_a_unit_that_runs_and_what_it_has_opened_before():
    with unit("system.slice/app.service") as group, inside(group), connection() as earlier:
        with socket.socket() as listener, socket.socket() as unconnected:
            listener.bind(("127.0.0.1", 0))
            listener.listen()
            load("attach", "45", "7", "9", "-", "app.service")
            assert [*map(keepalive, earlier)] == [ON, ON]
            assert [keepalive(listener), keepalive(unconnected)] == [OFF, OFF]
        assert programs(group) == ["tcp_keepalive"]
        assert ends() == [ON, ON]
        load("detach")
        assert ends() == [OFF, OFF]
        assert programs(group) == []
        assert not os.path.exists(_loader.PINNED)


def test_only_that_unit():
    with unit("system.slice/app.service"), unit("system.slice/other.service") as other:
        load("attach", "45", "7", "9", "-", "app.service")
        assert ends() == [OFF, OFF]
        with inside(other):
            assert ends() == [OFF, OFF]
        load("detach")


def test_units_share_one_program_and_its_values():
    with unit("system.slice/app.service") as app, unit("kube.slice/kube-pod.slice") as pod:
        load("attach", "45", "7", "9", "-", "app.service")
        load("attach", "46", "7", "9", "-", "kube-pod.slice")
        for group in (app, pod):
            with inside(group):
                assert ends() == [ON._replace(time=46)] * 2
        assert not os.path.exists(_loader.PINNED + _loader.STAGED)
        load("detach")


def test_a_unit_is_below_slices_alone():
    """What a container or a user's own systemd names like a unit of the host is none."""
    with unit("system.slice/engine.service/app.service") as theirs, unit("machine.slice/m.scope/app.service"):
        with pytest.raises(subprocess.CalledProcessError) as caught:
            load("attach", "45", "7", "9", "-", "app.service")
        assert caught.value.stderr.endswith("app.service does not run\n")
        assert programs(theirs) == []


def test_an_exception_keeps_a_unit_out(attached):
    with unit("system.slice/quiet.service") as group, inside(group):
        assert ends() == [ON, ON]
        load("except", "quiet.service")
        assert ends() == [OFF, OFF]
        load("except", "quiet.service")
        assert programs(group) == ["tcp_keepaliveno"]
    assert ends() == [ON, ON]


def test_stop_leaves_exceptions(attached):
    with unit("system.slice/quiet.service") as group:
        load("except", "quiet.service")
        load("stop")
        assert (programs(top()), programs(group)) == ([], ["tcp_keepaliveno"])
        load("attach", "45", "7", "9", "-")
        with inside(group):
            assert ends() == [OFF, OFF]
        load("detach")
        assert (programs(top()), programs(group)) == ([], [])


def test_a_group_that_is_gone_gets_new_values_and_an_end():
    with unit("system.slice/app.service") as group:
        load("attach", "45", "7", "9", "-", "app.service")
        with inside(group):
            listener = socket.create_server(("127.0.0.1", 0))
    with listener:

        def accepted() -> Keepalive:
            with socket.create_connection(listener.getsockname()):
                sock, _address = listener.accept()
                with sock:
                    return keepalive(sock)

        assert accepted() == ON
        with unit("system.slice/app.service"):
            load("attach", "46", "7", "9", "-", "app.service")
            assert accepted() == ON._replace(time=46)
            load("detach")
        assert accepted() == OFF


@pytest.mark.parametrize("where", ["system.slice", "system.slice/app.service"])
@pytest.mark.parametrize("flags", [0, _loader.ALLOW_OVERRIDE])
def test_a_program_that_ours_would_turn_off_is_left_alone(where, flags):
    with unit("system.slice/app.service"):
        group, other = os.open(top() / where, os.O_RDONLY), _loader.load(_loader.done(), b"other")
        _loader.bpf(_loader.PROG_ATTACH, "IIIII", group, other, _loader.SOCK_OPS, flags, 0)
        try:
            with pytest.raises(subprocess.CalledProcessError) as caught:
                load("attach", "45", "7", "9", "-", "app.service")
            assert f"the control group /{where} has a BPF program" in caught.value.stderr
            assert "was attached without BPF_F_ALLOW_MULTI" in caught.value.stderr
            assert programs(top() / "system.slice/app.service") == []
        finally:
            _loader.bpf(_loader.PROG_DETACH, "III", group, other, _loader.SOCK_OPS)
            os.close(group)
            os.close(other)


@pytest.mark.parametrize("name", [b"other", _loader.RULE])
def test_other_programs_stay(name):
    """Also one that has our program's name, but no map."""
    with _loader.root_group() as group:
        other = _loader.load(_loader.done(), name)
        _loader.attach(group, other)
        (number,), _flags = _loader.attached(group)
    load("attach", "45", "7", "9", "-")
    assert ends() == [ON, ON]
    load("detach")
    assert ends() == [OFF, OFF]
    with _loader.root_group() as group:
        assert _loader.attached(group)[0] == [number]
        _loader.bpf(_loader.PROG_DETACH, "III", group, other, _loader.SOCK_OPS)
    os.close(other)


def with_a_map_of_its_own(size: int, name: bytes) -> int:
    """Load a program that has our name and a map, but not ours."""
    layout = "IIIIIII16s"
    map_fd, _map = _loader.bpf(_loader.MAP_CREATE, layout, _loader.ARRAY, 4, size, 1, 1024, 0, 0, name)
    with _loader.closing(map_fd):
        return _loader.load([*_loader.ld_map_value(_loader.R1, map_fd), *_loader.done()], _loader.RULE)


@pytest.mark.parametrize("size, name", [(32, b"theirs"), (8, _loader.RULE)])
def test_a_program_with_our_name_and_another_map_stays(size, name):
    other = with_a_map_of_its_own(size, name)
    with _loader.root_group() as group:
        _loader.bpf(_loader.PROG_ATTACH, "IIIII", group, other, _loader.SOCK_OPS, _loader.ALLOW_MULTI, 0)
        (number,), _flags = _loader.attached(group)
    load("attach", "45", "7", "9", "-")
    load("detach")
    with _loader.root_group() as group:
        assert _loader.attached(group)[0] == [number]
        _loader.bpf(_loader.PROG_DETACH, "III", group, other, _loader.SOCK_OPS)
    os.close(other)


def test_a_pin_of_another():
    other = _loader.load(_loader.done(), b"other")
    _loader.pin(_loader.PINNED, other)
    os.close(other)
    try:
        with unit("system.slice/app.service"), pytest.raises(subprocess.CalledProcessError) as caught:
            load("attach", "45", "7", "9", "-", "app.service")
        load("detach")
        assert os.path.exists(_loader.PINNED)
    finally:
        os.unlink(_loader.PINNED)
    assert f"{_loader.PINNED} is another's BPF program. Remove that file" in caught.value.stderr


def test_a_group_without_room():
    program = [_loader.load(_loader.done(), b"other") for _one in range(_loader.MOST_PROGRAMS)]
    with _loader.root_group() as group:
        for each in program:
            _loader.bpf(_loader.PROG_ATTACH, "IIIII", group, each, _loader.SOCK_OPS, _loader.ALLOW_MULTI, 0)
    try:
        with pytest.raises(subprocess.CalledProcessError) as caught:
            load("attach", "45", "7", "9", "-")
    finally:
        with _loader.root_group() as group:
            for each in program:
                _loader.bpf(_loader.PROG_DETACH, "III", group, each, _loader.SOCK_OPS)
                os.close(each)
    assert "the control group / has 64 BPF programs of this type" in caught.value.stderr


def test_groups_come_and_go_while_they_are_looked_at(attached):
    groups = [top() / path for path in ("app.slice", "app.slice/app.service", "app.slice/app.service/below")]
    rounds = 0
    done = threading.Event()

    def come_and_go():
        nonlocal rounds
        while not done.is_set():
            for group in groups:
                group.mkdir()
            for group in reversed(groups):
                group.rmdir()
            rounds += 1

    thread = threading.Thread(target=come_and_go)
    thread.start()
    try:
        with _loader.root_group() as root:
            for _round in range(300):
                list(_loader.processes_of(root, "."))
                _attached.look(root)
                _loader.detach_all(root)
    finally:
        done.set()
        thread.join()
    assert rounds > 300


def test_one_at_a_time():
    command = [sys.executable, "-I", "-S", _loader.__file__, "attach", "45", "7", "9", "-"]
    with _loader.root_group() as group:
        processes = [subprocess.Popen(command) for _one in range(3)]
        with pytest.raises(subprocess.TimeoutExpired):
            processes[0].wait(timeout=0.5)
        assert _loader.attached(group)[0] == []
    assert [process.wait() for process in processes] == [0, 0, 0]
    with _loader.root_group() as group:
        assert len(_loader.attached(group)[0]) == 1
    load("detach")


def test_a_lock_that_another_keeps(monkeypatch):
    monkeypatch.setattr(_loader, "PATIENCE", 0.1)
    with _loader.root_group(), pytest.raises(_loader.Refused) as caught, _loader.root_group():
        pass
    assert "another process has held the lock on the control groups" in str(caught.value)


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["attach", "-", "-", "-", "-"], "time is 40000; a socket takes 1 to 32767"),
        ([], "give one of: attach TIME INTVL PROBES USER_TIMEOUT [UNIT], except UNIT, stop, detach"),
        (["fly"], "give one of"),
        (["detach", "x"], "give one of"),
        (["except"], "give one of"),
        (["attach", "x", "7", "9", "-"], "time is 'x'; give a number, or - for the host's own"),
        (["attach", "4_5", "7", "9", "-"], "time is '4_5'"),
        (["attach", "45", "7", "9", "70000"], "user_timeout is 70000; a socket takes 1 to 65535"),
        (["attach", "45"], "give one of"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(sysctl, arguments, message):
    sysctl("tcp_keepalive_time", 40000)
    with pytest.raises(subprocess.CalledProcessError) as caught:
        load(*arguments)
    assert message in caught.value.stderr
    assert caught.value.stderr.count("\n") == 1
