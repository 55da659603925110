# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module on a real kernel, with control groups named as systemd's, and its files in a folder."""

import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import time
import traceback
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._always import _loader, _open, _trial
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import KeepaliveError
from connections import OFF, Keepalive, asks, connection, keepalive
from groups import inside, programs, top, unit

ON = Keepalive(True, 45, 7, 9)
VALUES = {"time": 45, "intvl": 7, "probes": 9}
HOST = {**VALUES, "scope": "host", "units": [], "except_units": [], "user_timeout": None}
SYSCTL = Path("/proc/sys/net/ipv4")
CLONE_NEWNET, CLONE_NEWNS = 0x40000000, 0x00020000


@pytest.fixture(autouse=True)
def nothing_is_left():
    yield
    _loader.run("detach")


def both(pair) -> list[Keepalive]:
    return [keepalive(end) for end in pair]


def files(root: Path) -> dict[str, str]:
    """Return what is in /etc, links by where they lead."""
    return {
        str(path.relative_to(root / "etc")): os.readlink(path) if path.is_symlink() else path.read_text()
        for path in sorted((root / "etc").rglob("*"))
        if not path.is_dir()
    }


def test_the_whole_host(always):
    with connection() as earlier:
        assert both(earlier) == [OFF, OFF]
        result = always(**VALUES)
        assert result["changed"]
        assert result["program"] == {"before": None, "after": HOST}
        assert both(earlier) == [ON, ON]
        connections = result["connections"]
        assert (connections["turned_on"], connections["rearmed"], connections["unreached"]) == (2, 0, [])
        assert connections["before"]["unprotected"] == 2
        assert connections["after"]["unprotected"] == 0
        assert connections["probes_per_second"] == 0.0
        with connection() as later:
            assert both(later) == [ON, ON]
            second = always(**VALUES)
    assert not second["changed"]
    assert second["program"] == {"before": HOST, "after": HOST}
    assert second["connections"]["turned_on"] == second["connections"]["rearmed"] == 0


def test_check_mode_predicts_and_changes_nothing(always, root):
    with connection() as open_now:
        before = files(root)
        predicted = always(check_mode=True, diff=True, **VALUES)
        assert (both(open_now), programs(top()), files(root)) == ([OFF, OFF], [], before)
        done = always(diff=True, **VALUES)
    for part in ("changed", "program", "boot", "connections", "diff"):
        assert predicted[part] == done[part]


def test_the_diff(always, root):
    result = always(diff=True, **VALUES)
    groups, *changed = result["diff"]
    assert groups["before"] == ""
    assert groups["after"] == "time = 45\nintvl = 7\nprobes = 9\non the whole host\n"
    assert [part["after_header"].removeprefix(str(root)) for part in changed] == [
        "/etc/tcp-keepalive-always.py",
        "/etc/systemd/system/tcp-keepalive-always.service",
        "/etc/systemd/system/sysinit.target.wants/tcp-keepalive-always.service",
    ]


def test_absent(always, root):
    before = files(root)
    always(**VALUES)
    with connection() as earlier:
        result = always(state="absent")
        assert result["changed"]
        assert result["program"] == {"before": HOST, "after": None}
        assert result["boot"]["after"] is None
        # What is on stays on.
        assert both(earlier) == [ON, ON]
    with connection() as later:
        assert both(later) == [OFF, OFF]
    assert files(root) == before
    assert not always(state="absent")["changed"]


def test_values_change_under_the_same_program(always):
    always(**VALUES)
    with _loader.root_group() as group:
        before = _loader.attached(group)
    result = always(**{**VALUES, "time": 60})
    assert result["changed"]
    assert result["program"]["after"]["time"] == 60
    with _loader.root_group() as group:
        assert _loader.attached(group) == before
    with connection() as later:
        assert both(later) == [ON._replace(time=60)] * 2


def test_values_reach_connections_that_have_earlier_ones(always):
    with connection() as pair, connection(client=asks(time=600), server=asks(time=300)) as own:
        always(**{**VALUES, "time": 600}, user_timeout=1000)
        assert both(pair) == [Keepalive(True, 600, 7, 9, 1_000_000)] * 2
        predicted = always(check_mode=True, **VALUES, user_timeout=120)["connections"]
        done = always(**VALUES, user_timeout=120)["connections"]
        assert predicted == done
        assert both(pair) == [ON._replace(user_timeout=120_000)] * 2
        assert both(own) == [Keepalive(True, 600, 75, 9), Keepalive(True, 300, 75, 9)]
        assert not always(**VALUES, user_timeout=120)["changed"]
        # Also when runs between have left open connections alone, or the user timeout is no longer wanted.
        always(time=60, intvl=7, probes=9, open=False)
        assert both(pair) == [ON._replace(user_timeout=120_000)] * 2
        assert always(time=60, intvl=7, probes=9)["changed"]
        assert both(pair) == [ON._replace(time=60)] * 2
        assert not always(time=60, intvl=7, probes=9)["changed"]


def test_sysctls_that_count_for_the_host_itself(always):
    earlier = (SYSCTL / "tcp_keepalive_time").read_text()
    (SYSCTL / "tcp_keepalive_time").write_text("600")
    try:
        warnings = str(always(**VALUES)["warnings"])
        same = always(**{**VALUES, "time": 600, "intvl": 75}).get("warnings")
    finally:
        (SYSCTL / "tcp_keepalive_time").write_text(earlier)
    assert "The host's own new connections have its sysctls, time 600 s, intvl 75 s, probes 9" in warnings
    assert same is None


def test_the_hosts_own_values(always):
    earlier = (SYSCTL / "tcp_keepalive_time").read_text()
    (SYSCTL / "tcp_keepalive_time").write_text("600")
    try:
        result = always()
    finally:
        (SYSCTL / "tcp_keepalive_time").write_text(earlier)
    assert result["program"]["after"] == {**HOST, "time": 600, "intvl": 75, "probes": 9}
    assert result["boot"]["after"] == {**HOST, "time": None, "intvl": None, "probes": None}


def test_open_connections_keep_what_their_applications_chose(always):
    with (
        connection(client=asks(time=300)) as own,
        connection(client=asks(probes=2)) as mixed,
        connection(client=asks(), server=asks()) as defaults,
        connection(family=socket.AF_INET6) as six,
    ):
        always(**VALUES)
        assert both(own) == [Keepalive(True, 300, 75, 9), ON]
        assert both(mixed) == [Keepalive(True, 7200, 75, 2), ON]
        assert both(defaults) == both(six) == [ON, ON]


def test_a_timer_that_was_armed_for_longer_is_armed_anew(always):
    """A socket reads its namespace's time of today, and waits for that of the day it was armed."""
    earlier = (SYSCTL / "tcp_keepalive_time").read_text()
    with connection(client=asks(), server=asks()) as pair:
        (SYSCTL / "tcp_keepalive_time").write_text("100")
        try:
            result = always(**VALUES)
            shown = subprocess.run(["ss", "-Htno"], check=True, capture_output=True, text=True).stdout
            assert both(pair) == [Keepalive(True, 100, 75, 9)] * 2
            assert shown.count("timer:(keepalive,1min39sec,0)") == 2, shown
            assert (result["connections"]["turned_on"], result["connections"]["rearmed"]) == (0, 2)
            assert not always(**VALUES)["changed"]
        finally:
            (SYSCTL / "tcp_keepalive_time").write_text(earlier)


def test_multipath_connections(always):
    """One that is open gets what the kernel lets it have; one that comes is no change for a later run."""
    with connection(protocol=socket.IPPROTO_MPTCP):
        assert always(**VALUES)["connections"]["turned_on"] == 2
        assert not always(**VALUES)["changed"]
        with connection(protocol=socket.IPPROTO_MPTCP):
            again = always(**VALUES)
    assert not again["changed"]
    assert (again["connections"]["after"]["keepalive"], again["connections"]["after"]["overlong"]) == (4, 0)


def test_a_listener_is_left_alone(always):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        always(**VALUES)
        assert keepalive(listener) == OFF


def test_connections_that_are_not_accepted_yet_are_told(always):
    with socket.create_server(("127.0.0.1", 0)) as listener, socket.create_connection(listener.getsockname()):
        result = always(**VALUES)
        assert result["connections"]["unreached"] == [
            {"who": "unknown", "count": 1, "reason": "it is not accepted yet, or the kernel's own"}
        ]


def test_user_timeout(always):
    with connection() as pair:
        always(**VALUES)
        result = always(**VALUES, user_timeout=120)
        assert both(pair) == [ON._replace(user_timeout=120_000)] * 2
        assert result["connections"]["user_timeout"] == 2
        assert not always(**VALUES, user_timeout=120)["changed"]
    with connection() as later:
        assert both(later) == [ON._replace(user_timeout=120_000)] * 2


def test_user_timeout_leaves_values_that_an_application_chose(always):
    """With longer ones it would end their connections early."""
    own = Keepalive(True, 300, 75, 9)
    with connection(client=asks(time=300)) as earlier:
        always(**VALUES, user_timeout=120)
        with connection(client=asks(time=300)) as later:
            assert both(earlier) == both(later) == [own, ON._replace(user_timeout=120_000)]


@pytest.mark.parametrize(
    "limit, said", [(58, "Give 59 (time + 2 · intvl) or more"), (70, "which takes 108 s")]
)
def test_a_user_timeout_that_is_too_short(always, limit, said):
    result = always(**VALUES, user_timeout=limit)
    assert said in str(result.get("msg")) + str(result.get("warnings"))
    assert result.get("failed", False) == (limit < 59)
    assert programs(top()) == ([] if limit < 59 else ["tcp_keepalive"])


@contextmanager
def another_process(code: str, *arguments: str):
    """Run Python code in a process of its own, once it has printed a line and until the test is over."""
    command = [sys.executable, "-c", code, *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "ready\n"
        yield process
        process.stdin.close()


PAIR = """
import socket, sys
listener = socket.create_server(("127.0.0.1", 0))
client = socket.create_connection(listener.getsockname())
server, _address = listener.accept()
print("ready", flush=True)
sys.stdin.read()
"""
IN_ITS_OWN = f"""
import ctypes, subprocess
assert ctypes.CDLL(None).unshare({CLONE_NEWNET}) == 0
subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
"""


def timers(pid: int) -> int:
    """Return how many keepalive timers run in a process's network namespace."""
    command = ["nsenter", f"--net=/proc/{pid}/ns/net", "ss", "-Htno"]
    shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return shown.count("timer:(keepalive,4")


def test_connections_of_other_network_namespaces(always):
    with another_process(IN_ITS_OWN + PAIR) as process:
        assert timers(process.pid) == 0
        result = always(**VALUES)
        assert timers(process.pid) == 2
    assert result["connections"]["turned_on"] == 2


def test_a_unit_and_only_that(always, root):
    with unit("system.slice/app.service") as app, unit("system.slice/other.service") as other:
        with inside(other), connection() as theirs, inside(app), connection() as ours:
            result = always(units=["app.service"], **VALUES)
            assert (both(theirs), both(ours)) == ([OFF, OFF], [ON, ON])
            assert result["connections"]["before"]["established"] == 2
        expected = {**HOST, "scope": "units", "units": ["app.service"]}
        assert result["program"]["after"] == result["boot"]["after"] == expected
        with inside(app), connection() as later:
            assert both(later) == [ON, ON]
        with inside(other), connection() as later:
            assert both(later) == [OFF, OFF]
        assert not always(units=["app.service"], **VALUES)["changed"]
        link = "systemd/system/app.service.wants/tcp-keepalive-always@app.service.service"
        assert files(root)[link] == "/etc/systemd/system/tcp-keepalive-always@.service"
        # No longer: at once, and nothing of it is left.
        always(state="absent")
        with inside(app), connection() as later:
            assert both(later) == [OFF, OFF]
        assert files(root) == {}
        assert not (root / "etc/systemd/system/app.service.wants").exists()
        assert not os.path.exists(_loader.PINNED)


def test_the_whole_host_but_for_a_unit(always):
    with unit("system.slice/quiet.service") as quiet:
        with inside(quiet), connection() as theirs:
            result = always(except_units=["quiet.service"], **VALUES)
            assert both(theirs) == [OFF, OFF]
            with connection() as later:
                assert both(later) == [OFF, OFF]
        assert result["program"]["after"] == {**HOST, "except_units": ["quiet.service"]}
        with connection() as later:
            assert both(later) == [ON, ON]
        assert not always(except_units=["quiet.service"], **VALUES)["changed"]
        always(**VALUES)
        with inside(quiet), connection() as later:
            assert both(later) == [ON, ON]


def test_from_units_to_the_host_and_back(always, root):
    with unit("system.slice/app.service") as app, unit("system.slice/other.service") as other:
        always(units=["app.service"], **VALUES)
        with _loader.root_group() as group:
            program = _loader.info(_loader.ours(group)).number
        always(units=["other.service"], **VALUES)
        assert (programs(app), programs(other)) == ([], ["tcp_keepalive"])
        always(**VALUES)
        assert (programs(app), programs(other), programs(top())) == ([], [], ["tcp_keepalive"])
        assert "systemd/system/tcp-keepalive-always@.service" not in files(root)
        always(units=["app.service"], **VALUES)
        assert (programs(app), programs(top())) == (["tcp_keepalive"], [])
        with _loader.root_group() as group:
            assert _loader.info(_loader.ours(group)).number == program


def test_a_unit_that_does_not_run(always, root):
    (root / "etc/systemd/system/later@.service").touch()
    with unit("system.slice/other.service"):
        later(always, root)


def later(always, root):
    result = always(units=["later@1.service"], **VALUES)
    assert result["program"]["after"] is None
    assert result["boot"]["after"]["units"] == ["later@1.service"]
    always(state="absent")
    result = always(units=["later@1.service"], persist=False, **VALUES)
    assert "later@1.service does not run" in result["msg"]
    result = always(units=["unknown.service"], **VALUES)
    assert result["msg"] == "systemd knows no unit unknown.service. Nothing was changed. Check its name."
    (root / "etc/systemd/system/alias.service").symlink_to("/usr/lib/systemd/system/app.service")
    result = always(units=["alias.service"], **VALUES)
    assert result["msg"] == (
        "alias.service is another name of app.service. Nothing was changed. Name the unit itself."
    )
    (root / "etc/systemd/system/alias.service").unlink()
    assert sorted(files(root)) == ["systemd/system/later@.service"]
    assert "There is no kubepods.slice yet" in str(always(units=["kubepods.slice"], **VALUES)["warnings"])


def test_a_pin_of_another(always, info, root):
    other = _loader.load(_loader.done(), b"other")
    _loader.pin(_loader.PINNED, other)
    os.close(other)
    try:
        with unit("system.slice/app.service"):
            refused = always(units=["app.service"], **VALUES)
        assert refused["msg"].startswith(
            "Nothing was changed, since /sys/fs/bpf/tcp_keepalive_always is another"
        )
        assert always(**VALUES)["changed"] and not always(**VALUES)["changed"]
        assert info()["always"]["program"]
        assert always(state="absent")["changed"]
        assert os.path.exists(_loader.PINNED)
    finally:
        os.unlink(_loader.PINNED)


def test_exceptions_come_first(always, monkeypatch):
    real, seen, home = _loader.attach, [], top()

    def attach(group, program):
        real(group, program)
        (quiet / "cgroup.procs").write_text(str(os.getpid()))
        with connection() as pair:
            seen.append(both(pair))
        (home / "cgroup.procs").write_text(str(os.getpid()))

    with unit("system.slice/quiet.service") as quiet:
        monkeypatch.setattr(_loader, "attach", attach)
        always(except_units=["quiet.service"], **VALUES)
    assert seen and all(ends == [OFF, OFF] for ends in seen)


def test_units_without_a_bpf_file_system(always, root):
    with unit("system.slice/app.service"):
        subprocess.run(["umount", "/sys/fs/bpf"], check=True)
        try:
            result = always(units=["app.service"], **VALUES)
        finally:
            subprocess.run(["mount", "-t", "bpf", "none", "/sys/fs/bpf"], check=True)
    assert '"mount -t bpf -o mode=0700 none /sys/fs/bpf"' in result["msg"]
    assert files(root) == {}


def test_persist_and_apply(always, root):
    assert always(apply=False, **VALUES)["changed"]
    assert programs(top()) == []
    assert not always(apply=False, **VALUES)["changed"]
    always(state="absent")
    always(persist=False, **VALUES)
    assert programs(top()) == ["tcp_keepalive"]
    assert files(root) == {}


def test_a_boot_does_the_same(always, root):
    """What the installed file does, with the command of the installed unit."""
    with unit("system.slice/quiet.service") as quiet:
        expected = always(except_units=["quiet.service"], user_timeout=120, **VALUES)["program"]["after"]
        _loader.run("detach")
        for name, instance in (("always", ""), ("except@", "quiet.service")):
            text = files(root)[f"systemd/system/tcp-keepalive-{name}.service"]
            command = text.split("ExecStart=-/usr/bin/python3 ")[1].splitlines()[0].replace("%i", instance)
            command = command.replace("/etc/", f"{root}/etc/")
            subprocess.run([sys.executable, *command.split()], check=True)
        assert programs(quiet) == ["tcp_keepaliveno"]
        again = always(except_units=["quiet.service"], user_timeout=120, **VALUES)
        assert again["program"] == {"before": expected, "after": expected}
        assert not again["changed"]


def test_a_loader_that_others_could_change_is_made_anew(always, root):
    always(**VALUES)
    loader = root / "etc/tcp-keepalive-always.py"
    loader.chmod(0o666)
    assert always(**VALUES)["changed"]
    assert loader.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("flags", [0, _loader.ALLOW_OVERRIDE])
def test_a_program_that_ours_would_turn_off(always, root, flags):
    other = _loader.load(_loader.done(), b"other")
    with _loader.root_group() as group:
        _loader.bpf(_loader.PROG_ATTACH, "IIIII", group, other, _loader.SOCK_OPS, flags, 0)
    try:
        result = always(**VALUES)
        assert result["failed"] and not result["changed"]
        assert result["msg"].startswith("Nothing was changed, since the control group / has a BPF program")
        assert files(root) == {}
    finally:
        with _loader.root_group() as group:
            _loader.bpf(_loader.PROG_DETACH, "III", group, other, _loader.SOCK_OPS)
        os.close(other)


def fail_once(real, failed: list, *arguments):
    if not failed:
        failed.append(True)
        raise OSError(28, "No space left on device")
    return real(*arguments)


def test_a_kernel_that_sets_no_values_is_told_each_time(always):
    """Until Linux 6.1; here by the map in which the program counts such connections."""
    always(**VALUES)
    with _loader.root_group() as root, _loader.closing(_loader.ours(root)) as program:
        _loader.values_of(program)[1].blindly = 1
    assert "cannot set their values" in str(always(**VALUES)["warnings"])


@pytest.mark.parametrize("half_way", ["attach", "set_values", "pin", "unpin", "detach"])
@pytest.mark.parametrize("earlier", [{}, {"units": ["app.service"]}, {"except_units": ["other.service"]}])
def test_a_failure_half_way_puts_back_what_was_there(always, root, monkeypatch, half_way, earlier):
    real = getattr(_loader, half_way)
    monkeypatch.setattr(_trial, "only_turns_on", lambda root: False)
    with unit("system.slice/app.service") as app, unit("system.slice/other.service") as other:
        always(**{**VALUES, "time": 60}, **earlier)
        everything = [top(), app, other]
        before = [*map(programs, everything)], files(root)
        for units in ({}, {"units": ["app.service", "other.service"]}, {"except_units": ["app.service"]}):
            failed = []
            monkeypatch.setattr(_loader, half_way, partial(fail_once, real, failed))
            result = always(**VALUES, **units)
            monkeypatch.setattr(_loader, half_way, real)
            if not failed:
                assert always(**{**VALUES, "time": 60}, **earlier).get("failed") is None
                continue
            assert "Failed half-way: [Errno 28] No space left on device" in result["msg"]
            assert "Kernel and files are as they were before." in result["msg"]
            assert ([*map(programs, everything)], files(root)) == before
            second = always(**{**VALUES, "time": 60}, **earlier)
            assert second["program"]["before"] == second["program"]["after"]


def test_a_unit_that_ends_meanwhile(always, root, monkeypatch):
    real = _loader.check_group

    def check_group(group, path):
        real(group, path)
        if path.endswith("app.service"):
            app.rmdir()

    monkeypatch.setattr(_loader, "check_group", check_group)
    with unit("system.slice/app.service") as app, unit("system.slice/other.service") as other:
        result = always(units=["app.service", "other.service"], **VALUES)
        assert not result.get("failed"), result
        assert (app.exists(), programs(other)) == (False, ["tcp_keepalive"])
        app.mkdir()


def test_a_failure_when_programs_are_attached(always, monkeypatch):
    def turn_on(*_arguments):
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(_open, "turn_on", turn_on)
    result = always(**VALUES)
    assert (result["failed"], result["changed"]) == (True, True)
    assert result["msg"].startswith("Open connections could not all be reached: Resource temporarily")
    assert programs(top()) == ["tcp_keepalive"]


def test_a_signal_half_way_puts_back_what_was_there(always, root, monkeypatch):
    real = _loader.attach

    def attach(*arguments):
        real(*arguments)
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(_loader, "attach", attach)
    handler = signal.signal(signal.SIGTERM, lambda *_arguments: None)
    try:
        result = always(**VALUES)
    finally:
        signal.signal(signal.SIGTERM, handler)
    assert "interrupted by SIGTERM" in result["msg"]
    assert (programs(top()), files(root)) == ([], {})


def test_a_descriptor_that_is_closed_and_reused_is_left_alone(always, monkeypatch):
    real = _loader.sockets_of
    with connection() as (client, server):
        number, inode = client.fileno(), os.fstat(client.fileno()).st_ino

        def sockets_of(pid, proc):
            for descriptor, seen in real(pid, proc):
                yield (server.fileno(), seen) if (descriptor, seen) == (number, inode) else (descriptor, seen)

        monkeypatch.setattr(_loader, "sockets_of", sockets_of)
        result = always(**VALUES)
        assert both((client, server)) == [OFF, ON]
        assert result["connections"]["unreached"] == [
            {"who": "unknown", "count": 1, "reason": "no process that can be seen holds it"}
        ]


def test_a_process_that_ends_while_it_is_looked_at(always, monkeypatch):
    real = _loader.syscall
    with another_process(PAIR) as process:

        def syscall(number, *arguments):
            if number == _loader.PIDFD_GETFD and process.poll() is None:
                process.kill()
                process.wait()
            return real(number, *arguments)

        monkeypatch.setattr(_loader, "syscall", syscall)
        monkeypatch.setattr(_open, "check", lambda proc: None)
        result = always(**VALUES)
        assert result["changed"]
        assert result["connections"]["turned_on"] == 0


def test_what_an_earlier_run_left_open_is_looked_at_later(always):
    """Its timer is not overlong: only a look at the socket shows that it will be."""
    with connection(client=asks(), server=asks()) as pair:
        always(open=False, **{**VALUES, "time": 7300})
        assert both(pair) == [Keepalive(True, 7200, 75, 9)] * 2
        result = always(**{**VALUES, "time": 7300})
        assert both(pair) == [ON._replace(time=7300)] * 2
        assert result["connections"]["rearmed"] == 2
        second = always(**{**VALUES, "time": 7300})
        assert not second["changed"]


def test_a_run_that_has_given_it_to_all_looks_at_few_later(always, monkeypatch):
    with connection(), connection(client=asks(time=300)):
        always(**VALUES)
        looked = []
        real = _loader.due
        monkeypatch.setattr(_loader, "due", lambda *given: looked.append(given) or real(*given))
        assert not always(**VALUES)["changed"]
        assert len(looked) == 1


def test_many_connections_take_a_while(always, monkeypatch):
    monkeypatch.setattr(_open, "_AT_ONCE", 100)
    monkeypatch.setattr(_open, "_A_SECOND", 200)
    with ExitStack() as opened:
        for _pair in range(150):
            opened.enter_context(connection())
        start = time.monotonic()
        assert always(**VALUES)["connections"]["turned_on"] == 300
        assert time.monotonic() - start > 1


def test_the_info_module_tells_it(always, info):
    assert info()["always"] == {"program": None, "boot": None, "turned_on": 0}
    always(**VALUES)
    with connection(client=asks()):
        pass
    assert info()["always"] == {"program": HOST, "boot": HOST, "turned_on": 1}
    always(state="absent", persist=False)
    assert info()["always"] == {"program": None, "boot": HOST, "turned_on": 0}


def test_a_time_that_an_application_chose_is_not_overlong(info):
    earlier = (SYSCTL / "tcp_keepalive_time").read_text()
    with connection(client=asks(time=9000), server=asks()):
        (SYSCTL / "tcp_keepalive_time").write_text("600")
        try:
            sockets = info(sockets="summary")["sockets"]
        finally:
            (SYSCTL / "tcp_keepalive_time").write_text(earlier)
    # Of the two with a timer above 600 s, one was armed before the change.
    assert (sockets["keepalive"], sockets["overlong"]) == (2, 1)


def in_child(function) -> None:
    """Call a function in a process of its own, which may change what it likes for itself."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            function()
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    assert os.waitpid(pid, 0)[1] == 0


def without_control_groups_of_version_2():
    """As a host with version 1 only: none of version 2 is mounted."""
    assert ctypes.CDLL(None).unshare(CLONE_NEWNS) == 0
    subprocess.run(["umount", "--lazy", top()], check=True)
    mounted = Path("/proc/self/mountinfo").read_text()
    assert " - cgroup2 " not in mounted


def test_where_there_is_only_version_1(always, root):
    (root / "etc/systemd/system/app.service").touch()

    def run():
        without_control_groups_of_version_2()
        result = always(units=["app.service"], **VALUES)
        assert "systemd's units have no control groups of version 2 here" in result["msg"]
        assert sorted(files(root)) == ["systemd/system/app.service"]
        assert always(**VALUES)["program"]["after"] == HOST
        with connection() as pair:
            assert both(pair) == [ON, ON]
        assert not always(**VALUES)["changed"]
        assert always(state="absent")["changed"]
        with connection() as pair:
            assert both(pair) == [OFF, OFF]

    in_child(run)


def test_a_read_only_etc(always, root):
    def run():
        assert ctypes.CDLL(None).unshare(CLONE_NEWNS) == 0
        subprocess.run(["mount", "--bind", root / "etc", root / "etc"], check=True)
        subprocess.run(["mount", "-o", "remount,ro,bind", root / "etc"], check=True)
        result = always(**VALUES)
        assert "the file system is read-only" in result["msg"]
        assert programs(top()) == []
        assert always(persist=False, **VALUES)["changed"]

    in_child(run)


@pytest.mark.parametrize(
    "rights, options",
    [
        ("-bpf,-sys_admin", {}),
        ("-bpf,-sys_admin,-net_admin", {}),
        # It may not even be seen whether one is there.
        ("-bpf,-sys_admin,-net_admin", {"state": "absent"}),
    ],
)
def test_without_the_right_to_attach(root, rights, options):
    """As root of a container."""
    code = f"""
import json, sys
from ansible.module_utils import basic
from ansible_collections.netops.tcp_keepalive.plugins.modules import tcp_keepalive_always
basic._ANSIBLE_ARGS = json.dumps({{"ANSIBLE_MODULE_ARGS": json.loads(sys.argv[1])}}).encode()
basic._ANSIBLE_PROFILE = "legacy"
tcp_keepalive_always.ROOT = {str(root)!r}
tcp_keepalive_always.main()
"""
    command = ["setpriv", f"--bounding-set={rights}", sys.executable, "-c", code, json.dumps(options)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    result = json.loads(done.stdout)
    assert result["msg"].startswith("BPF programs cannot be used here: Operation not permitted."), done
    assert "attach it on the container's host" in result["msg"]
    assert files(root) == {}


def test_connections_that_may_not_be_reached(always, root, monkeypatch):
    def refuse(number, *arguments):
        raise OSError(38, "Function not implemented")

    with _loader.root_group() as group:
        before = _loader.attached(group)
    monkeypatch.setattr(_open._loader, "syscall", refuse)
    with pytest.raises(KeepaliveError, match='Linux 5.6 on.*"open: false"'):
        _open.check("/proc")
    monkeypatch.undo()
    scope = root / "proc/sys/kernel/yama/ptrace_scope"
    scope.parent.mkdir(parents=True)
    scope.write_text("3\n")
    with pytest.raises(KeepaliveError, match="kernel.yama.ptrace_scope is 3, which only a reboot can lower"):
        _open.check(str(root / "proc"))
    scope.write_text("1\n")
    _open.check(str(root / "proc"))
    with _loader.root_group() as group:
        assert _loader.attached(group) == before
