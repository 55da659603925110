# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host to inject faults into: a Debian's files, a network namespace, and a server running the module."""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from hosts import images
from hosts.processes import IN_NAMESPACES

SERVER = Path(__file__).parent / "server.py"
FOLDERS = ["/etc", "/etc/sysctl.d", "/usr/lib/sysctl.d"]
BOOT = {"bookworm": ["/usr/lib/systemd/systemd-sysctl"], "bookworm-sysvinit": ["/sbin/sysctl", "--system"]}

# System calls that change something: these, and opening for writing. The module's own output does not count.
CHANGING = re.compile(
    r"(?:p?write(?:64|v)?|f(?:data)?sync|rename(?:at2?)?|link(?:at)?|unlink(?:at)?|symlink(?:at)?"
    r"|mkdir(?:at)?|rmdir|f?truncate|[fl]?chmod(?:at2?)?|fchmodat2?|[fl]?chown|fchownat|utimensat"
    r"|[fl]?setxattr|flock)\((?!1<|2<)|openat\(.*O_(?:WRONLY|RDWR|CREAT)"
)


class Host:
    def __init__(self, suite: str):
        self.boot = BOOT[suite]
        self.scratch = tempfile.TemporaryDirectory(prefix="faults-")
        self.process = subprocess.Popen(
            [*IN_NAMESPACES, sys.executable, SERVER, images.tree(suite), self.scratch.name],
            env={**os.environ, "PYTHONPATH": str(SERVER.parents[1])},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
        self.scratch.cleanup()

    def ask(self, **request):
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def put(self, tree: dict, kernel: dict) -> None:
        self.ask(put={path: {"data": data} for path, data in tree.items()}, kernel=kernel)

    def run(self, options: dict, *strace: str) -> tuple[dict | None, str]:
        """Run the module; return its result (None if it gave none) and strace's log."""
        answer = self.ask(run=options, strace=strace)
        return answer["result"], answer["log"]

    def look(self) -> dict:
        """Return {kernel, files, boot}: the current state, and the values that the real boot tool sets."""
        return self.ask(look=FOLDERS, boot=self.boot)


def changing_calls(log: str) -> list[tuple[str, int]]:
    """Return the calls in a log that change something as (name, ordinal), which strace's `inject` expects."""
    counts, calls = {}, []
    for line in log.splitlines():
        name = line.partition("(")[0]
        counts[name] = counts.get(name, 0) + 1
        if CHANGING.match(line):
            calls.append((name, counts[name]))
    return calls
