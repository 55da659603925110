# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random hosts with ufw and TuneD, the real programs that boot them, and the prediction for their files."""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random

from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot import _later_writers
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._prediction import (
    Prediction,
    kernel_values,
    predict,
)
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._tool import PROCPS, Tool
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._tree import Tree
from hosts import images

SANDBOX = Path(__file__).parent / "later_writers_sandbox.py"
PACKAGES = "base-files,coreutils,dash,grep,procps,python3,sed,tuned,ufw"
SUITES = ["bookworm", "trixie"]
NAMES = ("time", "intvl", "probes")
HZ = 250
WANTS = "/etc/systemd/system/multi-user.target.wants/"
SOURCES = ["plugins/plugin_sysctl.py", "profiles/merger.py", "profiles/unit.py", "consts.py"]


class Suite:
    """TuneD, ufw and sysctl of one Debian, in a sandbox process."""

    def __init__(self, name: str):
        self.root = images.cached(f"{name}-later-writers", lambda target: _extract(name, target), PACKAGES)
        self.scratch = tempfile.TemporaryDirectory(prefix="sandbox-")
        sysctl = (self.root / "sbin/sysctl").resolve().read_bytes()
        found = re.search(rb"procps-ng (\d+)\.(\d+)\.(\d+)", sysctl)
        self.tool = Tool(PROCPS, tuple(int(part) for part in found.groups()))
        package = "usr/lib/python3/dist-packages/tuned"
        self.files = {f"/{package}/{path}": (self.root / package / path).read_bytes() for path in SOURCES}
        self.files["/sbin/sysctl"] = found.group()
        self.name = f"{name}, procps {found.group().decode().split()[1]}"
        alone = ("setpriv", "--pdeathsig", "KILL", "unshare", "--net", "--mount", "--propagation", "private")
        self.process = subprocess.Popen(
            [*alone, sys.executable, SANDBOX, self.root, self.scratch.name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
        self.scratch.cleanup()

    def ask(self, tree: dict) -> None:
        self.process.stdin.write(json.dumps({"tree": tree}) + "\n")
        self.process.stdin.flush()

    def answer(self) -> list[int]:
        """Return what the kernel held in the end."""
        return json.loads(self.process.stdout.readline())

    def predicted(self, tree: dict) -> tuple[Prediction, int]:
        """Return the prediction, and how many lines at most compete for one setting."""
        with tempfile.TemporaryDirectory(prefix="tree-") as root:
            nodes = {path: {"data": data.decode("latin-1")} for path, data in self.files.items()} | tree
            for name, node in nodes.items():
                path = Path(root + name)
                path.parent.mkdir(parents=True, exist_ok=True)
                if "link" in node:
                    path.symlink_to(node["link"])
                else:
                    path.write_bytes(node["data"].encode("latin-1"))
            by_tool = predict(Tree(root), self.tool, hz=lambda: HZ)
            kernel_value = kernel_values(lambda: HZ)
            later = _later_writers.later_writers(Tree(root), by_tool, kernel_value)
            lines = [one.assignment.setting.name for one in by_tool.assignments]
            lines += [writer.setting for writer in later if writer.setting]
            competing = max(lines.count(name) for name in NAMES)
            return _later_writers.once_up(Tree(root), by_tool, kernel_value), competing


def _extract(suite: str, root: Path) -> None:
    command = ["mmdebstrap", "--quiet", "--variant=extract", f"--include={PACKAGES}"]
    command += [f"--aptopt={option}" for option in images.APT_OPTIONS]
    subprocess.run([*command, suite, root], check=True, stdin=subprocess.DEVNULL)


class Host:
    """A random host: whatever is chosen often is what hosts have, the rest is what is hard to read."""

    def __init__(self, seed: str):
        self.random = Random(seed)

    def tree(self) -> dict:
        files = self._sysctl_files()
        if self._chance(3):
            files |= self._ufw()
        if not self._chance(5):
            files |= self._tuned()
        return {path: {"data": text.encode().decode("latin-1")} for path, text in files.items()}

    def _chance(self, one_in: int) -> bool:
        return self.random.randrange(one_in) == 0

    def _of(self, *choices: str) -> str:
        return self.random.choice(choices)

    def _rarely(self, usual: str, *rare: str) -> str:
        return self._of(*rare) if self._chance(6) else usual

    def _setting(self) -> str:
        return self._of("time", "time", "intvl", "probes")

    def _number(self) -> str:
        return str(self.random.choice([5, 9, 45, 60, 75, 100, 200]))

    def _value(self) -> str:
        number = self._number()
        return self._rarely(
            number,
            f"{number} # x",
            f"0x{number}",
            f"{number}s",
            "",
            f" {number}\t",
            f"{number} 7",
            "abc",
            "0",
        )

    def _key(self) -> str:
        name = self._setting()
        dotted = f"net.ipv4.tcp_keepalive_{name}"
        return self._rarely(
            dotted,
            dotted.replace(".", "/"),
            dotted.replace(".", "..", 1),
            f"{dotted}.",
            f"-{dotted}",
            f"net.ipv4/tcp_keepalive_{name}",
            "net.ipv4.tcp_keepalive_*",
            dotted.upper(),
            f"net.ipv4.//.ipv4.tcp_keepalive_{name}",
        )

    def _sysctl_lines(self) -> str:
        lines = []
        for _line in range(self.random.randrange(1, 4)):
            line = f"{self._key()}{self._of('=', ' = ', ' =', '= ')}{self._value()}"
            ended = self._rarely("\n", "\r\n", "\r", "\n\n", "\n# x = 1\n", "\n;\n", "\\\n")
            lines.append(
                self._rarely(line, "# " + line, "; " + line, "  " + line, "vm.swappiness = 10") + ended
            )
        return "".join(lines)

    def _sysctl_files(self) -> dict[str, str]:
        folders = ["/etc/sysctl.d"] * 3 + ["/run/sysctl.d"] * 2 + ["/usr/lib/sysctl.d"]
        names = ["50-a.conf"] * 4 + ["99-z.conf"] * 2 + ["9-b.conf", "60-b.conf~", ".c.conf", "é.conf"]
        files = {
            f"{self.random.choice(folders)}/{self.random.choice(names)}": self._sysctl_lines()
            for _file in range(self.random.randrange(5))
        }
        return files | ({"/etc/sysctl.conf": self._sysctl_lines()} if self._chance(3) else {})

    def _ufw(self) -> dict[str, str]:
        file = self._rarely("/etc/ufw/sysctl.conf", "/opt/ufw.conf")
        quote = self._rarely("", '"', "'")
        files = {
            "/etc/ufw/ufw.conf": f"# x\nENABLED={quote}{self._rarely('yes', 'no', 'YES', 'Yes')}{quote}\n",
            "/etc/default/ufw": "IPV6=yes\nDEFAULT_INPUT_POLICY=DROP\nDEFAULT_OUTPUT_POLICY=ACCEPT\n"
            f"IPT_SYSCTL={self._rarely(file, '', '/x')}\n",
            file: self._sysctl_lines(),
        }
        return files if self._chance(8) else files | {WANTS + "ufw.service": ""}

    def _tuned(self) -> dict[str, str]:
        active = self._rarely("web", "web base", "base", "missing", "web web", "../web")
        files = {
            "/etc/tuned/tuned-main.conf": self._tuned_main(),
            "/etc/tuned/active_profile": active + "\n",
            "/etc/tuned/profile_mode": self._rarely("manual\n", "\n", "nonsense\n"),
        }
        if self._chance(10):
            files["/etc/tuned/post_loaded_profile"] = self._of("base\n", "\n", "base web\n")
        for name in ("web", "base", *(["other"] if self._chance(2) else [])):
            # The folders of the older and of the newer version, so that one tree serves both.
            folder = self._of("/usr/lib/tuned", "/usr/lib/tuned", "/etc/tuned")
            text = self._profile(name)
            files |= {f"{folder}/{name}/tuned.conf": text, f"{folder}/profiles/{name}/tuned.conf": text}
        if self._chance(6):
            text = self._profile("web")
            files |= {"/etc/tuned/web/tuned.conf": text, "/etc/tuned/profiles/web/tuned.conf": text}
        if self._chance(2):
            files["/etc/tuned/variables.conf"] = f"{self._of('a', 'b')} = {self._number()}\n"
        return files if self._chance(8) else files | {WANTS + "tuned.service": ""}

    def _tuned_main(self) -> str:
        reapply = self._of("1", "1", "0", "true", "False", "no", "")
        lines = ["daemon = 1"] + ([f"reapply_sysctl = {reapply}"] if reapply else [])
        if self._chance(8):
            lines.append(f"default_instance_priority = {self._of('5', '-5')}")
        if self._chance(8):
            lines.append("profile_dirs = /usr/lib/tuned/profiles," + self._of("/etc/tuned/profiles", "/opt"))
        return "\n".join(lines) + "\n"

    def _profile(self, name: str) -> str:
        sections = []
        if not self._chance(3):
            included = self._rarely(
                "base", "other", "-other", "base, other", "base;other", "web", "base other"
            )
            if included != name or self._chance(4):
                sections.append(f"[main]\nsummary=A profile\ninclude={included}\n")
        if self._chance(3):
            include = "include=/etc/tuned/variables.conf\n" if self._chance(2) else ""
            value = self._of(self._number(), "${b}", "1${b}", "${f:strip:5}", "${i:PROFILE_DIR}")
            sections.append(f"[variables]\n{include}a={value}\nb={self._number()}\n")
        for _section in range(self._of("0", "1", "1", "1", "2").count("1") + (self._chance(4))):
            sections.append(self._section())
        return "".join(sections)

    def _section(self) -> str:
        heading = self._of("sysctl", "sysctl", "sysctl", "own", "late")
        lines = [f"[{heading}]"] + ([] if heading == "sysctl" and not self._chance(9) else ["type=sysctl"])
        for line in ("enabled=0", "replace=1", "replace=true", "priority=5", "priority=-3"):
            if self._chance(12):
                lines.append(line)
        if self._chance(4):
            lines.append(f"drop={self._of('', 'vm.x, ', 'vm.x;')}net.ipv4.tcp_keepalive_{self._setting()}")
        if self._chance(12):
            lines.append(self._of("uname_regex=Linux", "cpuinfo_regex=nothing"))
        for _option in range(self.random.randrange(4)):
            value = self._of(
                *[self._value()] * 6,
                f'"{self._number()}"',
                f">{self._number()}",
                f"<{self._number()}",
                f"=>{self._number()}",
                "${a}",
                ">${b}",
                f">{self._number()}",
                "<${a}",
                "$",
                ">",
                f"{self._number()}\n  7",
            )
            lines.append(f"{self._key()}{self._of('=', ' = ')}{value}")
        return "\n".join(lines) + "\n"
