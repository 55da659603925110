# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A Galaxy server made of files: any web server that answers a folder with its index.html will do."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

PORT = 8765
URL = f"http://127.0.0.1:{PORT}"
COLLECTION = "api/v3/collections/netops/tcp_keepalive"


class Galaxy:
    """The server's files, in ``folder``, and the tree that it publishes releases of."""

    def __init__(self, tree: Path, folder: Path):
        self.tree = tree
        self.folder = folder
        self.versions: list[str] = []
        self._answer("api", {"available_versions": {"v3": "v3/"}})

    def publish(self, version: str) -> None:
        """Build the tree as a release, and have the server offer it."""
        galaxy = self.tree / "galaxy.yml"
        galaxy.write_text(
            re.sub(r"^version: .*", f"version: {version}", galaxy.read_text(), flags=re.MULTILINE)
        )
        command = [Path(sys.executable).with_name("ansible-galaxy"), "collection", "build", "--output-path"]
        subprocess.run([*command, self.folder, self.tree], check=True, capture_output=True)
        name = f"netops-tcp_keepalive-{version}.tar.gz"
        self.versions.append(version)
        # ansible-galaxy takes its cached list of versions while this time stays the same.
        updated = f"2026-01-01T00:00:{len(self.versions):02}Z"
        self._answer(
            COLLECTION,
            {
                "created_at": "2026-01-01T00:00:00Z",
                "updated_at": updated,
                "highest_version": {"version": version},
            },
        )
        self._answer(
            f"{COLLECTION}/versions",
            {
                "meta": {"count": len(self.versions)},
                "links": {"next": None},
                "data": [{"version": published} for published in self.versions],
            },
        )
        self._answer(
            f"{COLLECTION}/versions/{version}",
            {
                "namespace": {"name": "netops"},
                "collection": {"name": "tcp_keepalive"},
                "version": version,
                "href": f"/{COLLECTION}/versions/{version}/",
                "download_url": f"{URL}/{name}",
                "artifact": {"sha256": hashlib.sha256((self.folder / name).read_bytes()).hexdigest()},
                "metadata": {"dependencies": {}},
                "signatures": [],
            },
        )

    def serve(self) -> subprocess.Popen:
        """Start the server on this machine."""
        return subprocess.Popen(
            [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(PORT)],
            cwd=self.folder,
            stderr=subprocess.DEVNULL,
        )

    def _answer(self, path: str, answer: dict) -> None:
        folder = self.folder / path
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "index.html").write_text(json.dumps(answer))


def copy_tree(root: Path, copy: Path) -> Path:
    """Copy the tree as it is, but for hidden files and caches."""
    return shutil.copytree(
        root, copy, symlinks=True, ignore=shutil.ignore_patterns(".*", "__pycache__", "*.tar.gz")
    )
