"""Collections of others to compare with, out of the package `ansible`."""

import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from .images import cached

PACKAGE = "ansible==14.5.0"
WANTED = ("ansible_collections/ansible/posix/", "ansible_collections/ansible/__init__.py")


def collections() -> Path:
    """Return a folder to name in ANSIBLE_COLLECTIONS_PATH that has ansible.posix; it is downloaded once."""

    def build(target: Path) -> None:
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "pip",
                    "download",
                    "--quiet",
                    "--quiet",
                    "--no-deps",
                    "--dest",
                    folder,
                    PACKAGE,
                ],
                check=True,
            )
            with zipfile.ZipFile(next(Path(folder).glob("*.whl"))) as wheel:
                for name in wheel.namelist():
                    if name.startswith(WANTED):
                        wheel.extract(name, target)

    return cached(f"peers-{PACKAGE.partition('==')[2]}", build)


if __name__ == "__main__":
    print(collections())
