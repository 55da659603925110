"""The archive that users install: what is in it, and that it works by name."""

import subprocess
import tarfile
from pathlib import Path

import pytest
from conftest import BIN

ROOT = Path(__file__).parents[2]
TOP_LEVEL = {
    "CHANGELOG.md", "CONTRIBUTING.md", "FILES.json", "LICENSE", "MANIFEST.json", "README.md",
    "changelogs", "docs", "examples", "meta", "playbooks", "plugins", "roles",
}  # fmt: skip


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    folder = tmp_path_factory.mktemp("archive")
    subprocess.run([BIN / "ansible-galaxy", "collection", "build", "--output-path", folder, ROOT], check=True)
    return next(folder.glob("netops-tcp_keepalive-*.tar.gz"))


def test_archive_holds_what_users_need_and_no_more(archive):
    with tarfile.open(archive) as tar:
        names = tar.getnames()
    assert {name.partition("/")[0] for name in names} == TOP_LEVEL
    assert not [name for name in names if "__pycache__" in name or Path(name).name.startswith(".")]
    assert {name for name in names if name.startswith("plugins/modules/")} == {
        "plugins/modules/tcp_keepalive.py",
        "plugins/modules/tcp_keepalive.yml",
        "plugins/modules/tcp_keepalive_info.py",
    }


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
    assert namespace.kernel() == {"time": 45, "intvl": 7, "probes": 9}
    assert namespace.playbook("netops.tcp_keepalive.remove").returncode == 0
    assert namespace.module(time=600)["changed"] is True
