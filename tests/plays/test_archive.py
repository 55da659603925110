# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The archive that users install: what is in it, and that it works by name."""

import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from conftest import BIN

ROOT = Path(__file__).parents[2]
TOP_LEVEL = {
    "CHANGELOG.md", "CODE_OF_CONDUCT.md", "CONTRIBUTING.md", "FILES.json", "LICENSE", "LICENSES",
    "MAINTAINERS.md", "MANIFEST.json", "README.md", "REUSE.toml", "SECURITY.md",
    "changelogs", "docs", "examples", "meta", "playbooks", "plugins", "roles",
}  # fmt: skip
JUNK = (
    ".env",
    ".venv/lib/python3.13/site-packages/module.py",
    "inventory/hosts.yml",
    "netops-tcp_keepalive-0.0.1.tar.gz",
    "notes.txt",
    "other.tar.gz",
    "plugins/modules/__pycache__/tcp_keepalive.cpython-313.pyc",
    "reports/audit.html",
    "tcp_keepalive_audit/audit.html",
    "tcp_keepalive_audit/audit.json",
    # Reports written into a folder that is itself part of the archive.
    "docs/audit.html",
    "docs/audit.json",
    "examples/fleet/audit.json",
    "playbooks/tcp_keepalive_audit/audit.html",
)


def build(tree, output):
    """Build the tree's archive into the folder ``output``, and return its path."""
    subprocess.run([BIN / "ansible-galaxy", "collection", "build", "--output-path", output, tree], check=True)
    return next(output.glob("netops-tcp_keepalive-*.tar.gz"))


def names(archive):
    with tarfile.open(archive) as tar:
        return set(tar.getnames())


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """Return a copy of the tree as it is, whatever lies in it, but for hidden files and caches."""
    copy = tmp_path_factory.mktemp("tree") / "copy"
    return shutil.copytree(
        ROOT, copy, symlinks=True, ignore=shutil.ignore_patterns(".*", "__pycache__", "*.tar.gz")
    )


@pytest.fixture(scope="module")
def archive(tree, tmp_path_factory):
    return build(tree, tmp_path_factory.mktemp("archive"))


def test_archive_holds_what_users_need_and_no_more(archive):
    found = names(archive)
    assert {name.partition("/")[0] for name in found} == TOP_LEVEL
    assert not [name for name in found if "__pycache__" in name or Path(name).name.startswith(".")]
    assert {name for name in found if name.startswith("plugins/modules/")} == {
        "plugins/modules/tcp_keepalive.py",
        "plugins/modules/tcp_keepalive_always.py",
        "plugins/modules/tcp_keepalive_info.py",
    }


def test_archive_holds_every_file_of_its_folders(archive):
    tracked = subprocess.run(
        ["git", "ls-files", "docs", "examples", "meta", "playbooks", "plugins", "roles"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    assert {name for name in tracked if (ROOT / name).exists()} - names(archive) == set()


def test_other_files_in_the_tree_do_not_get_into_the_archive(tree, archive, tmp_path):
    littered = tmp_path / "littered"
    shutil.copytree(tree, littered, symlinks=True)
    for name in JUNK:
        (littered / name).parent.mkdir(parents=True, exist_ok=True)
        (littered / name).write_text("{}")
    assert names(build(littered, tmp_path)) == names(archive)


def test_archive_installs_and_works_by_name(archive, namespace):
    installed = namespace.folder / "collections"
    # The tree itself, which is linked into the site-packages of the tests, is to stay out of sight.
    config = f"[defaults]\ncollections_path = {installed}\ncollections_scan_sys_path = false\n"
    (namespace.folder / "ansible.cfg").write_text(config)
    done = namespace.run("ansible-galaxy", "collection", "install", "--offline", archive)
    assert done.returncode == 0, done.stderr
    found = namespace.run("ansible-doc", "--list_files", "netops.tcp_keepalive")
    assert str(installed) in found.stdout
    assert namespace.playbook("netops.tcp_keepalive.apply").returncode == 0
    assert namespace.kernel() == {"time": 41, "intvl": 6, "probes": 9}
    assert namespace.playbook("netops.tcp_keepalive.remove").returncode == 0
    assert namespace.module(time=600)["changed"] is True
