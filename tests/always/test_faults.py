# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fault at every call of a run that changes a program or a file: all is as before, or as asked.

Each call meets one kind of fault, the next call the next. EVERY_FAULT=1 tries all of them, for half an hour.
"""

import contextlib
import io
import json
import os
import re
import signal
import subprocess
import traceback
from pathlib import Path

import pytest
from ansible.module_utils import basic
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._always import _attached, _loader
from ansible_collections.netops.tcp_keepalive.plugins.modules import tcp_keepalive_always
from groups import top, unit

VALUES = {"time": 45, "intvl": 7, "probes": 9}
HOST, UNITS = VALUES, {**VALUES, "units": ["app.service", "other.service"]}
# What a run finds, and what it is asked for.
CASES = {
    "the host": ({"state": "absent"}, HOST),
    "the host after units": (UNITS, HOST),
    "but for a unit": (UNITS, {**VALUES, "except_units": ["other.service"]}),
    "absent after units": (UNITS, {"state": "absent"}),
}
EVERY_FAULT = bool(os.environ.get("EVERY_FAULT"))
if EVERY_FAULT:
    CASES |= {
        "units": ({"state": "absent"}, UNITS),
        "other values": ({**HOST, "time": 60}, HOST),
        "absent after the host": (HOST, {"state": "absent"}),
    }
LASTING = "EIO and on"
FAULTS = ["EPERM", "ENOSPC", LASTING, "SIGTERM", "SIGKILL"]
# Of bpf(2) and cgroups all calls are taken, also those that only look.
CHANGING = re.compile(
    r"(?:bpf|rename|link(?:at)?|unlink|symlink|mkdir(?:at)?|rmdir|fsync|chmod|chown)\("
    r"|write\((?!1<|2<)|openat\(.*O_(?:WRONLY|RDWR|CREAT)"
)


class Host:
    """The host of the tests, with two units that run."""

    def __init__(self, root: Path, scratch: Path):
        self.root, self.scratch = root, scratch

    def run(self, options: dict, *strace: str) -> tuple[dict | None, str]:
        """Run the module in a process of its own, under strace where arguments for it are given; return its
        result, None where it gave none, and strace's log."""
        output, log = self.scratch / "output", self.scratch / "log"
        log.write_text("")
        output.write_text("")
        pid = os.fork()
        if pid == 0:
            self._run(options, output)
        os.waitpid(pid, os.WUNTRACED)
        tracer = None
        if strace:
            command = ["strace", "-y", "-o", log, *strace, "-p", str(pid)]
            tracer = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
            assert "attached" in tracer.stderr.readline()
        os.kill(pid, signal.SIGCONT)
        os.waitpid(pid, 0)
        if tracer:
            tracer.communicate(timeout=30)
        text = output.read_text()
        return (json.loads(text) if text else None), log.read_text()

    def _run(self, options: dict, output: Path) -> None:
        os.dup2(os.open(output, os.O_WRONLY), 1)
        arguments = {**options, "_ansible_remote_tmp": str(self.scratch)}
        basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode()
        basic._ANSIBLE_PROFILE = "legacy"
        tcp_keepalive_always.ROOT = str(self.root)
        text = io.StringIO()
        os.kill(os.getpid(), signal.SIGSTOP)
        try:
            with contextlib.redirect_stdout(text), contextlib.suppress(SystemExit):
                tcp_keepalive_always.main()
            os.write(1, text.getvalue().encode())
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(0)

    def look(self) -> tuple:
        """Return what is attached, and the files."""
        with _loader.root_group() as groups:
            state = _attached.look(groups)
        files = {
            str(path): os.readlink(path) if path.is_symlink() else path.read_bytes()
            for path in (self.root / "etc").rglob("*")
            if not path.is_dir() or path.is_symlink()
        }
        pinned = os.path.lexists(_loader.PINNED), os.path.lexists(_loader.PINNED + _loader.STAGED)
        return state.values, state.places, pinned, files

    def put(self, options: dict) -> None:
        """Make the host one that an earlier run has left."""
        result, _log = self.run(options)
        assert not result.get("failed"), result
        for folder in (self.root / "etc/systemd/system").glob("*.wants"):
            with contextlib.suppress(OSError):
                folder.rmdir()


@pytest.fixture
def host(root, tmp_path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with unit("system.slice/app.service"), unit("system.slice/other.service"):
        yield Host(root, scratch)
        _loader.run("detach")


def changing_calls(log: str) -> list[tuple[str, int]]:
    """Return the calls in a log that change something, as (name, ordinal), which strace's ``inject``
    expects."""
    counts, calls = {}, []
    for line in log.splitlines():
        name = line.partition("(")[0]
        counts[name] = counts.get(name, 0) + 1
        if CHANGING.match(line):
            calls.append((name, counts[name]))
    return calls


def injection(fault: str, name: str, when: int) -> str:
    if fault == LASTING:
        return f"inject={name}:error=EIO:when={when}+"
    return f"inject={name}:{'signal' if fault.startswith('SIG') else 'error'}={fault}:when={when}"


def kinds(number: int) -> list[str]:
    """Return the faults that a call meets, by its number."""
    return FAULTS if EVERY_FAULT else [FAULTS[number % len(FAULTS)]]


@pytest.mark.parametrize("case", CASES)
def test_the_host_survives_a_fault_at_every_changing_call(host, case):
    earlier, asked = CASES[case]
    host.put(earlier)
    before = host.look()
    result, log = host.run(asked, "-e", "trace=all")
    assert result.get("changed"), result
    after = host.look()
    calls = changing_calls(log)
    assert len(calls) > 20
    faults = [(fault, *call) for number, call in enumerate(calls) for fault in kinds(number)]
    for fault, name, when in faults:
        where = f"{fault} at {name} number {when}"
        host.put(earlier)
        assert host.look() == before, where
        result, log = host.run(asked, "-e", f"trace={name}", "-e", injection(fault, name, when))
        state = host.look()
        if result is None:
            assert fault == "SIGKILL" or state == before, where
        elif not result.get("failed"):
            assert state[:3] == after[:3], where
        elif fault == LASTING and state != before:
            said = "Not everything could be put back|putting them back failed"
            assert re.search(said, result["msg"]), f"{where}: {result['msg']}"
        else:
            assert state == before, f"{where}: {result['msg']}"
        result, _log = host.run(asked)
        assert not result.get("failed"), f"{where}: {result}"
        assert host.look() == after, where
        assert not [name for name in os.listdir(top()) if "trial" in name], where
