# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long the prediction takes, next to the real systemd-sysctl over the same tree.

    PYTHONPATH=tests python tests/bench/prediction.py       as root; prints medians of several runs

The start-up of systemd-sysctl, its time over an empty tree, is subtracted. It runs in a network namespace.
"""

import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._candidates import predict
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._init import find
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._tree import Tree
from hosts import images

ROUNDS = 15
SUITE = "trixie"

# Ten lines a file: of the settings, of other keys, comments and blank ones, as files of hosts have them.
LINES = """\
# file {0}
net.ipv4.tcp_keepalive_time = {0}
net.ipv4.tcp_keepalive_intvl = {0}
net.ipv4.tcp_keepalive_probes = 5

; another comment
net.ipv4.tcp_fin_timeout = {0}
net.ipv4.ip_local_port_range = 1024 {1}
-net.ipv4.tcp_retries2 = 8
net.core.somaxconn = {0}
"""

# Runs inside the sandbox's mounts: times the tool from fork to exit, for each tree.
TIMER = """
import os, subprocess, sys, time
for _ in range(int(sys.argv[1])):
    start = time.perf_counter()
    subprocess.run(["/usr/lib/systemd/systemd-sysctl"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    print(time.perf_counter() - start)
"""
INSIDE = """
mount -t tmpfs tmpfs "$2"; mkdir "$2/upper" "$2/work" "$2/root"
mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/root"
mount --rbind /proc "$2/root/proc"; mount --rbind /dev "$2/root/dev"
rm -rf "$2/root/etc/sysctl.d" "$2/root/usr/lib/sysctl.d"; cp -r "$3" "$2/root/etc/sysctl.d"
exec chroot "$2/root" python3 -c "$4" "$5"
"""


def make(folder: Path, files: int) -> Path:
    folder.mkdir()
    for number in range(1, files + 1):
        (folder / f"{number:04}.conf").write_text(LINES.format(number, 60000 - number))
    return folder


def real(root: Path, scratch: Path, folder: Path) -> float:
    """Return the median seconds of a whole run of systemd-sysctl."""
    command = ["unshare", "--net", "--mount", "--propagation", "private", "sh", "-euc", INSIDE, "sh"]
    arguments = [root, scratch, folder, TIMER, str(ROUNDS)]
    printed = subprocess.run([*command, *arguments], check=True, capture_output=True, text=True).stdout
    return statistics.median(map(float, printed.split()))


def ours(root: Path) -> float:
    """Return the median seconds of finding the tool and predicting."""
    seconds = []
    for _round in range(ROUNDS):
        start = time.perf_counter()
        tree = Tree(str(root))
        predict(tree, find(tree))
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def main() -> None:
    root = images.tree(SUITE)
    with tempfile.TemporaryDirectory() as name:
        base = Path(name)
        scratch = base / "scratch"
        scratch.mkdir()
        start_up = real(root, scratch, make(base / "empty", 0))
        print(f"{'tree':28} {'prediction':>10} {'systemd-sysctl':>15} {'less start-up':>14} {'ratio':>6}")
        for files in (100, 1000):
            folder = make(base / str(files), files)
            host = base / f"host-{files}"
            (host / "etc").mkdir(parents=True)
            (host / "sbin").mkdir()
            (host / "sbin/init").symlink_to("/usr/lib/systemd/systemd")
            for binary in ("systemd", "systemd-sysctl"):
                target = host / "usr/lib/systemd" / binary
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes((root / "usr/lib/systemd" / binary).read_bytes())
            folder.rename(host / "etc/sysctl.d")
            mine, whole = ours(host), real(root, scratch, host / "etc/sysctl.d")
            share = whole - start_up
            row = [f"{seconds * 1e3:.2f} ms" for seconds in (mine, whole, share)]
            print(
                f"{files:5} files, {files * 10:6} lines "
                f"{row[0]:>11} {row[1]:>15} {row[2]:>14} {mine / share:6.2f}"
            )
        print(f"an ordinary host ({SUITE} as installed): {ours(root) * 1e3:.2f} ms")


if __name__ == "__main__":
    main()
