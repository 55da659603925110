# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the real boot tools of one Debian over file trees, in namespaces of its own.

    sandbox.py ROOT     reads a case a line on stdin, writes a result a line on stdout, both JSON

It is started under `unshare --net --mount`: the network namespace's settings are its own, everything else in
/proc/sys is read-only, and ROOT is seen through an overlay in memory.

A case is {"tree": {PATH: NODE}, "credential": TEXT or null, "tools": [TOOL]}, with TOOL one of TOOLS, and a
result is {TOOL: [time, intvl, probes]}. NODE is {"data": TEXT, one character for each byte}, {"link": TARGET}
or {"folder": true}.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

DEFAULTS = {"time": 7200, "intvl": 75, "probes": 9}
CONFIG = [
    "/etc/sysctl.d",
    "/etc/sysctl.conf",
    "/run/sysctl.d",
    "/usr/local/lib/sysctl.d",
    "/usr/lib/sysctl.d",
    "/lib/sysctl.d",
]
SETTING = "/proc/sys/net/ipv4/tcp_keepalive_"
CREDENTIALS = "/run/credentials/test"
SECONDS = 20

MOUNTS = """
mount -t tmpfs tmpfs "$2"
mkdir "$2/upper" "$2/work" "$2/root"
mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/root"
mount --rbind /proc "$2/root/proc"
mount --rbind /dev "$2/root/dev"
mount --bind "$2/root/proc/sys" "$2/root/proc/sys"
mount -o remount,bind,ro "$2/root/proc/sys"
mount --bind /proc/sys/net "$2/root/proc/sys/net"
"""


def call(*command: str, **environment: str) -> None:
    """Run a tool. Its exit status and output do not matter: only the kernel's values afterwards do."""
    subprocess.run(
        command,
        env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        timeout=SECONDS,
        check=False,
    )


def systemd_sysctl(credential: str | None) -> None:
    binary = next(
        path
        for path in ("/usr/lib/systemd/systemd-sysctl", "/lib/systemd/systemd-sysctl")
        if os.path.exists(path)
    )
    call(binary, **({} if credential is None else {"CREDENTIALS_DIRECTORY": CREDENTIALS}))


def procps(_credential: str | None) -> None:
    call("/sbin/sysctl", "--system")


def alpine(*loader: str) -> None:
    """The order of Alpine's OpenRC service: by folder, each file in a process of its own."""

    def load(folder: str, *above: str) -> None:
        names = sorted(os.listdir(folder), key=os.fsencode) if os.path.isdir(folder) else []
        for name in names:
            shadowed = any(os.path.isfile(f"{other}/{name}") for other in above)
            if name.endswith(".conf") and not name.startswith(".") and not shadowed:
                load_file(f"{folder}/{name}")

    def load_file(path: str) -> None:
        if os.path.isfile(path):
            call(*loader, "-q", "-p", path)

    load("/lib/sysctl.d", "/etc/sysctl.d", "/run/sysctl.d")
    load("/usr/lib/sysctl.d", "/etc/sysctl.d", "/run/sysctl.d")
    load("/etc/sysctl.d", "/run/sysctl.d")
    load_file("/etc/sysctl.conf")
    load("/run/sysctl.d")


TOOLS = {
    "systemd-sysctl": systemd_sysctl,
    "procps": procps,
    "busybox in Alpine's order": lambda _credential: alpine("busybox", "sysctl"),
    "procps in Alpine's order": lambda _credential: alpine("/sbin/sysctl"),
}


def put(tree: dict, credential: str | None) -> None:
    """Make the configuration of the root exactly that of the case."""
    for path in CONFIG:
        if os.path.isdir(path) and not os.path.islink(path):
            shutil.rmtree(path)
        elif os.path.lexists(path):
            os.unlink(path)
    for path, node in tree.items():
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if "link" in node:
            os.symlink(node["link"], path)
        elif "folder" in node:
            os.mkdir(path)
        else:
            Path(path).write_bytes(node["data"].encode("latin-1"))
    if credential is not None:
        os.makedirs(CREDENTIALS, exist_ok=True)
        Path(CREDENTIALS, "sysctl.extra").write_bytes(credential.encode("latin-1"))


def run(case: dict) -> dict:
    put(case["tree"], case["credential"])
    results = {}
    for tool in case["tools"]:
        for name, value in DEFAULTS.items():
            Path(SETTING + name).write_text(str(value))
        TOOLS[tool](case["credential"])
        results[tool] = [int(Path(SETTING + name).read_text()) for name in DEFAULTS]
    for path in case["tree"]:
        if not path.startswith(tuple(CONFIG)) and os.path.lexists(path):
            os.unlink(path)
    return results


def main() -> None:
    root, scratch = sys.argv[1:]
    subprocess.run(["sh", "-euc", MOUNTS, "sh", root, scratch], check=True)
    os.chroot(f"{scratch}/root")
    os.chdir("/")
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
