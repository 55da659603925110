"""ansible-pull on a host, by the example's own units, from a git repository and a Galaxy server there."""

import re
import time

from conftest import FLEET, commit, git, succeed
from galaxy import PORT, URL

HOST = "puller"
REPOSITORIES = "/srv/git"
GALAXY = "/srv/galaxy"
SERVE = (
    f"systemd-run --quiet --unit=galaxy --property=WorkingDirectory={GALAXY}"
    f" python3 -m http.server --bind 127.0.0.1 {PORT}"
)
DROPIN = "/etc/sysctl.d/99-tcp-keepalive.conf"
INSTALLED = "/root/.ansible/collections/ansible_collections/netops/tcp_keepalive"
NEWER = "9.9.9"
DEFAULTS = {"time": 7200, "intvl": 75, "probes": 9}
# 350 s at most, and 600 s until a peer is given up.
EXAMPLE = {"time": 263, "intvl": 43, "probes": 6}
EVERY_SECOND = "[Timer]\nOnCalendar=\nOnCalendar=*:*:*\nRandomizedDelaySec=0\nAccuracySec=1ms\n"
SECONDS = 60


def push(hosts, folder, name, branch="main"):
    path = f"{REPOSITORIES}/{name}.git"
    hosts.sh(HOST, f"[ -d {path} ] || git init --quiet --bare --initial-branch=main {path}")
    git(
        folder,
        "push",
        "--quiet",
        "--tags",
        f"{HOST}:{path}",
        f"main:{branch}",
        GIT_SSH_COMMAND=f"ssh -F {hosts.config}",
    )


def offer(hosts, galaxy):
    """Copy what the Galaxy server offers to the host."""
    succeed("scp", "-q", "-r", "-F", hosts.config, f"{galaxy.folder}/.", f"{HOST}:{GALAXY}")


def set_up(hosts, fleet, galaxy):
    """Do what docs/fleet.md asks of a user, with a Galaxy server on the host itself."""
    hosts.sh(HOST, f"mkdir -p {GALAXY}")
    offer(hosts, galaxy)
    hosts.sh(HOST, SERVE)
    hosts.sh(
        HOST, f"mkdir -p /etc/ansible; printf '[galaxy]\\nserver = {URL}/api/\\n' > /etc/ansible/ansible.cfg"
    )
    push(hosts, fleet, "fleet")
    hosts.sh(HOST, f"echo REPOSITORY=file://{REPOSITORIES}/fleet.git > /etc/default/ansible-pull")
    units = sorted((FLEET / "systemd").iterdir())
    succeed("scp", "-q", "-F", hosts.config, *units, f"{HOST}:/etc/systemd/system/")
    hosts.sh(HOST, "systemctl daemon-reload")


def pull(hosts):
    """Let the service run once, and return whether it succeeded, what it changed, and what it said."""
    start = time.monotonic()
    done = hosts.run(HOST, "systemctl start ansible-pull.service")
    print(f"a pull took {time.monotonic() - start:.1f} s")
    said = hosts.sh(HOST, "journalctl --unit=ansible-pull.service --invocation=0 --output=cat")
    recaps = re.findall(r"^(\w+) +: ok=\d+ +changed=(\d+)", said, re.MULTILINE)
    assert {name for name, _changed in recaps} == {HOST}, said
    return done.returncode == 0, sum(int(changed) for _name, changed in recaps), said


def test_host_follows_the_repository(hosts, fleet, galaxy, requirement):
    set_up(hosts, fleet, galaxy)
    assert hosts.kernel(HOST) == DEFAULTS

    # The collection, and the values.
    succeeded, changed, said = pull(hosts)
    assert (succeeded, changed) == (True, 2), said
    assert "+net.ipv4.tcp_keepalive_time = 263" in said, said
    assert hosts.kernel(HOST) == EXAMPLE

    # Nothing changes, and the collection is not asked for again.
    before = hosts.sh(HOST, f"stat -c '%i %Y %Z' {DROPIN}")
    hosts.sh(HOST, "systemctl stop galaxy.service")
    succeeded, changed, said = pull(hosts)
    assert (succeeded, changed) == (True, 0), said
    hosts.sh(HOST, SERVE)
    assert hosts.sh(HOST, f"stat -c '%i %Y %Z' {DROPIN}") == before

    # A commit that no host can follow changes none, and the next one is followed.
    values = fleet / "group_vars/all.yml"
    good = values.read_text()
    values.write_text(f"{good}tcp_keepalive_time: 0\n")
    commit(fleet, "Wrong")
    push(hosts, fleet, "fleet")
    succeeded, changed, said = pull(hosts)
    assert (succeeded, changed) == (False, 0), said
    assert "time: 0 is refused" in said.replace("'", "")
    assert hosts.kernel(HOST) == EXAMPLE

    galaxy.publish(NEWER)
    offer(hosts, galaxy)
    pin = fleet / "collections/requirements.yml"
    pin.write_text(pin.read_text().replace(requirement["version"], f"=={NEWER}"))
    values.write_text(good)
    (fleet / "host_vars").mkdir()
    (fleet / f"host_vars/{HOST}.yml").write_text("tcp_keepalive_time: 200\n")
    commit(fleet, "Right, for the timer of a host that goes first")
    push(hosts, fleet, "fleet", branch="canary")
    hosts.sh(HOST, "echo BRANCH=canary >> /etc/default/ansible-pull")
    hosts.sh(HOST, "mkdir /etc/systemd/system/ansible-pull.timer.d")
    hosts.sh(HOST, f"printf '{EVERY_SECOND}' > /etc/systemd/system/ansible-pull.timer.d/now.conf")
    hosts.sh(HOST, "systemctl daemon-reload; systemctl enable --quiet --now ansible-pull.timer")
    deadline = time.monotonic() + SECONDS
    while hosts.kernel(HOST) != {**EXAMPLE, "time": 200}:
        assert time.monotonic() < deadline, hosts.sh(
            HOST, "journalctl --unit=ansible-pull.service --output=cat"
        )
        time.sleep(0.5)
    hosts.sh(HOST, "systemctl disable --quiet --now ansible-pull.timer")
    assert "time = 200" in hosts.sh(HOST, f"cat {DROPIN}")
    assert f'"version": "{NEWER}"' in hosts.sh(HOST, f"cat {INSTALLED}/MANIFEST.json")
