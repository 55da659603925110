# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images of test hosts, built from Debian packages and cached outside the tree."""

import fcntl
import hashlib
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

from . import inits

PACKAGES = ["python3", "openssh-server", "iproute2", "procps", "busybox"]
KERNEL_PACKAGES = ["linux-image-cloud-amd64", "initramfs-tools"]
PODMAN = ["podman", "netavark", "iptables", "nftables", "catatonit", "uidmap", "passt", "slirp4netns"]
DOCKER = ["docker.io", "docker-cli", "apparmor"]
ENGINE_PACKAGES = {"bookworm": PODMAN, "trixie": [*PODMAN, "dbus-user-session", *DOCKER]}
# Started where they are tested: they slow down each boot.
ENGINE_UNITS = ["docker.service", "docker.socket", "containerd.service", "apparmor.service"]
# Of no use on a test host, where each costs seconds.
NEEDLESS_UNITS = [
    *("podman-auto-update.service", "podman-auto-update.timer", "apt-daily.timer", "apt-daily-upgrade.timer"),
    *("dpkg-db-backup.timer", "e2scrub_all.timer", "e2scrub_reap.service", "fstrim.timer"),
    *("ldconfig.service", "systemd-journal-catalog-update.service", "netavark-dhcp-proxy.service"),
    *("modprobe@drm.service", "modprobe@efi_pstore.service", "user@0.service"),
]
DISK_SIZE = "2G"
# User 0 of an unprivileged container is this user outside it.
OWNERS = 0x80000
# A mirror may serve a release file of unstable that expired some days ago.
APT_OPTIONS = ['Acquire::Check-Valid-Until "false";']
# Part of every image's name: to be raised when the recipe below changes.
RECIPE = "2"

NETWORK = """\
[Match]
Name=en* eth*

[Network]
Address=10.0.2.15/24
Gateway=10.0.2.2
"""


def cache() -> Path:
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "netops.tcp_keepalive" / "test-hosts"


def key() -> Path:
    """Return the private SSH key that every image accepts, created on first use."""
    path = cache() / "id_ed25519"
    with _lock("key"):
        if not path.exists():
            subprocess.run(
                ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test hosts", "-f", path], check=True
            )
    return path


def tree(suite: str) -> Path:
    """Return the root folder of a Debian suite (SUITE or SUITE-INIT) that boots under systemd-nspawn."""
    return cached(
        f"{suite}-tree",
        lambda target: _bootstrap(suite, [], target),
        *_packages(suite),
        *inits.recipe(_init(suite)),
    )


def unprivileged_tree(suite: str) -> Path:
    """Return the same with OWNERS added to every owner, for a container in its own user namespace."""
    source = tree(suite)

    def build(target: Path) -> None:
        subprocess.run(["cp", "--archive", f"{source}/.", target], check=True)
        for path in [target, *target.rglob("*")]:
            status = path.lstat()
            os.chown(path, OWNERS + status.st_uid, OWNERS + status.st_gid, follow_symlinks=False)
            if not path.is_symlink():
                path.chmod(stat.S_IMODE(status.st_mode))

    return cached(f"{suite}-unprivileged-tree", build, str(source), str(OWNERS))


def disk(suite: str) -> Path:
    """Return a folder with disk.img, vmlinuz and initrd.img that boot a suite under QEMU: SUITE, SUITE-xfs,
    or SUITE-containers, which has container engines."""
    release, _dash, kind = suite.partition("-")
    filesystem = "xfs" if kind == "xfs" else "ext4"
    packages = KERNEL_PACKAGES + (ENGINE_PACKAGES[release] if kind == "containers" else [])

    def build(target: Path) -> None:
        root = target / "root"
        _bootstrap(release, packages, root)
        (root / "etc/fstab").write_text(f"/dev/vda / {filesystem} defaults 0 1\n")
        (root / "etc/systemd/network/test.network").write_text(NETWORK)
        systemctl = ["systemctl", f"--root={root}", "--quiet"]
        subprocess.run([*systemctl, "enable", "systemd-networkd"], check=True)
        subprocess.run([*systemctl, "mask", *NEEDLESS_UNITS], check=True)
        if "docker.io" in packages:
            subprocess.run([*systemctl, "disable", *ENGINE_UNITS], check=True)
        for name in ("vmlinuz", "initrd.img"):
            shutil.copy(root / name, target / name)
        MAKE_DISK[filesystem](root, target / "disk.img")
        shutil.rmtree(root)

    return cached(f"{suite}-disk", build, *_packages(release), *packages, *NEEDLESS_UNITS, NETWORK, DISK_SIZE)


def _make_ext4(root: Path, image: Path) -> None:
    subprocess.run(["mkfs.ext4", "-q", "-d", root, image, DISK_SIZE], check=True)


def _make_xfs(root: Path, image: Path) -> None:
    subprocess.run(["truncate", f"--size={DISK_SIZE}", image], check=True)
    subprocess.run(["mkfs.xfs", "-q", image], check=True)
    with mounted(image) as target:
        subprocess.run(["cp", "--archive", f"{root}/.", target], check=True)


MAKE_DISK = {"ext4": _make_ext4, "xfs": _make_xfs}


@contextmanager
def mounted(image: Path):
    """Mount an image, which replays its journal, and yield the folder."""
    with tempfile.TemporaryDirectory(prefix="mounted-") as folder:
        subprocess.run(["mount", "-o", "loop", image, folder], check=True)
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", folder], check=True)


def _packages(suite: str) -> list[str]:
    return PACKAGES + inits.PACKAGES[_init(suite)]


def _init(suite: str) -> str:
    return suite.partition("-")[2]


def _bootstrap(suite: str, more: list[str], root: Path) -> None:
    packages = _packages(suite) + more
    subprocess.run(
        ["mmdebstrap", "--quiet", "--variant=apt", f"--include={','.join(packages)}"]
        + [f"--aptopt={option}" for option in APT_OPTIONS]
        + [suite.partition("-")[0], root],
        check=True,
        stdin=subprocess.DEVNULL,
    )
    inits.arrange(_init(suite), root)
    # mmdebstrap copies the building machine's hostname; each host gets its own when it boots.
    (root / "etc/hostname").unlink()
    ssh = root / "root/.ssh"
    ssh.mkdir(mode=0o700, exist_ok=True)
    shutil.copy(key().with_suffix(".pub"), ssh / "authorized_keys")


def cached(name: str, build, *recipe: str) -> Path:
    """Return the cached folder of that name and recipe, built first if it is missing."""
    digest = hashlib.sha256("\n".join([RECIPE, *recipe]).encode()).hexdigest()
    target = cache() / f"{name}-{digest[:8]}"
    with _lock(name):
        if not target.exists():
            print(f"Building {name}; it is then kept in {cache()}", file=sys.stderr, flush=True)
            unfinished = target.with_suffix(".unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            build(unfinished)
            unfinished.rename(target)
    return target


@contextmanager
def _lock(name: str):
    cache().mkdir(parents=True, exist_ok=True)
    with open(cache() / f"{name}.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
