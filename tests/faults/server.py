# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the real module many times in its own root, each run traced and hit by a fault.

    server.py ROOT SCRATCH      a JSON request per line on stdin, a JSON answer per line on stdout

It is started under `unshare --net --mount`, as the sandbox of the differential tests is, and sees ROOT
through the same overlay. Each run is a fork with the module already imported, stopped until strace is
attached, so that a fault costs milliseconds.

A request is one of
    {"put": TREE, "kernel": VALUES}             sets files and kernel to exactly this (TREE as in sandbox.py)
    {"run": OPTIONS, "strace": [ARGUMENT]}      runs the module; answers {"result": JSON or null, "log": TEXT}
    {"look": [FOLDER], "boot": COMMAND}         answers {"kernel", "files", "boot"}: the current values,
                                                {PATH: [mode, owner, group, data]}, and the values that the
                                                real boot tool sets
"""

import codecs
import contextlib
import importlib
import io
import json
import os
import pkgutil
import signal
import subprocess
import sys
import traceback
from pathlib import Path

from ansible.module_utils import basic
from ansible_collections.netops.tcp_keepalive.plugins import module_utils
from ansible_collections.netops.tcp_keepalive.plugins.modules import tcp_keepalive
from differential import sandbox

SECONDS = 30


def in_root(root: str, function, *arguments):
    """Call a function in a process whose root is ``root``; return its result."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.chroot(root)
        os.chdir("/")
        with os.fdopen(writer, "w") as answer:
            json.dump(function(*arguments), answer)
            answer.flush()
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as answer:
        text = answer.read()
    os.waitpid(pid, 0)
    return json.loads(text)


def set_arguments(options: dict) -> None:
    arguments = {**options, "_ansible_remote_tmp": "/tmp"}
    basic._ANSIBLE_ARGS = json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode()
    basic._ANSIBLE_PROFILE = "legacy"


def warm_up() -> None:
    """Import what is otherwise imported on first use, and could not be found under another root."""
    codecs.lookup("latin-1")
    for module in pkgutil.walk_packages(module_utils.__path__, module_utils.__name__ + "."):
        importlib.import_module(module.name)
    set_arguments({"time": 1, "_ansible_check_mode": True})
    with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit):
        tcp_keepalive.main()


def put(tree: dict, kernel: dict) -> None:
    for path in [*Path("/etc").glob(".*tcp_keepalive*"), *Path("/etc").glob("sysctl.conf.*")]:
        path.unlink()
    sandbox.put(tree, None)
    for folder in ("/etc/sysctl.d", "/usr/lib/sysctl.d"):
        os.makedirs(folder, exist_ok=True)
    set_kernel(kernel)


def set_kernel(values: dict) -> None:
    for name, value in values.items():
        Path(sandbox.SETTING + name).write_text(str(value))


def get_kernel() -> dict:
    return {name: int(Path(sandbox.SETTING + name).read_text()) for name in sandbox.DEFAULTS}


def look(folders: list[str], boot: list[str]) -> dict:
    kernel = get_kernel()
    files = {}
    for folder in folders:
        for path in Path(folder).iterdir():
            if path.is_file() and "sysctl" in str(path):
                status = path.lstat()
                data = os.readlink(path) if path.is_symlink() else path.read_text("latin-1")
                files[str(path)] = [status.st_mode, status.st_uid, status.st_gid, data]
    set_kernel(sandbox.DEFAULTS)
    sandbox.call(*boot)
    loaded = get_kernel()
    set_kernel(kernel)
    return {"kernel": kernel, "files": files, "boot": loaded}


def run(root: str, scratch: Path, options: dict, strace: list[str]) -> dict:
    """Run the module's main(), under strace if arguments for it are given."""
    output, log = scratch / "output", scratch / "log"
    log.write_text("")
    pid = os.fork()
    if pid == 0:
        descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(descriptor, 1)
        os.chroot(root)
        os.chdir("/")
        set_arguments(options)
        os.kill(os.getpid(), signal.SIGSTOP)
        try:
            tcp_keepalive.main()
        except Exception:
            traceback.print_exc()
        except SystemExit:
            pass
        finally:
            sys.stdout.flush()
            os._exit(0)
    os.waitpid(pid, os.WUNTRACED)
    tracer = None
    if strace:
        tracer = subprocess.Popen(
            ["strace", "-y", "-o", log, *strace, "-p", str(pid)], stderr=subprocess.PIPE, text=True
        )
        assert "attached" in tracer.stderr.readline()
    os.kill(pid, signal.SIGCONT)
    os.waitpid(pid, 0)
    if tracer:
        tracer.communicate(timeout=SECONDS)
    text = output.read_text()
    return {"result": json.loads(text) if text else None, "log": log.read_text()}


def main() -> None:
    lower, scratch = sys.argv[1:]
    warm_up()
    subprocess.run(["sh", "-euc", sandbox.MOUNTS, "sh", lower, scratch], check=True)
    root = f"{scratch}/root"
    for line in sys.stdin:
        request = json.loads(line)
        if "put" in request:
            answer = in_root(root, put, request["put"], request["kernel"])
        elif "run" in request:
            answer = run(root, Path(scratch), request["run"], request["strace"])
        else:
            answer = in_root(root, look, request["look"], request["boot"])
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
