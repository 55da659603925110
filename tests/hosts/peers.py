# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Third-party collections to compare with, taken from the package `ansible`."""

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from .images import cached

PACKAGE = "ansible==14.5.0"
WANTED = ("ansible_collections/ansible/posix/", "ansible_collections/ansible/__init__.py")


def collections() -> Path:
    """Return a folder for ANSIBLE_COLLECTIONS_PATH that has ansible.posix, downloaded on first use."""

    def build(target: Path) -> None:
        with tempfile.TemporaryDirectory() as folder:
            pip = [sys.executable, "-m", "pip", "download", "--quiet", "--quiet", "--no-deps"]
            subprocess.run([*pip, "--dest", folder, PACKAGE], check=True)
            with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
                for name in wheel.namelist():
                    if name.startswith(WANTED):
                        wheel.extract(name, target)

    return cached(f"peers-{PACKAGE.partition('==')[2]}", build)


if __name__ == "__main__":
    print(collections())
