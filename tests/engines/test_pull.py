# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""ansible-pull on a host, run by the example's units, from a git repository and a Galaxy server on it."""

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
METRICS = "/var/lib/prometheus/node-exporter/tcp_keepalive.prom"
INSTALLED = "/root/.ansible/collections/ansible_collections/netops/tcp_keepalive"
NEWER = "9.9.9"
DEFAULTS = {"time": 7200, "intvl": 75, "probes": 9}
# Connections cross a hop that forgets after 350 s, and a dead peer must be detected within 600 s.
EXAMPLE = {"time": 235, "intvl": 38, "probes": 7}
EVERY_SECOND = "[Timer]\nOnCalendar=\nOnCalendar=*:*:*\nRandomizedDelaySec=0\nAccuracySec=1ms\n"
SECONDS = 60


def push(hosts, folder, name, branch="main"):
    path = f"{REPOSITORIES}/{name}.git"
    hosts.sh(HOST, f"[ -d {path} ] || git init --quiet --bare --initial-branch=main {path}")
    arguments = ["--quiet", "--tags", f"{HOST}:{path}", f"main:{branch}"]
    git(folder, "push", *arguments, GIT_SSH_COMMAND=f"ssh -F {hosts.config}")


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
    """Run the service once, and return whether it succeeded, how many tasks changed, and its output."""
    start = time.monotonic()
    done = hosts.run(HOST, "systemctl start ansible-pull.service")
    print(f"A pull took {time.monotonic() - start:.1f} s")
    output = hosts.sh(HOST, "journalctl --unit=ansible-pull.service --invocation=0 --output=cat")
    recaps = re.findall(r"^(\w+) +: ok=\d+ +changed=(\d+)", output, re.MULTILINE)
    assert {name for name, _changed in recaps} == {HOST}, output
    return done.returncode == 0, sum(int(changed) for _name, changed in recaps), output


def state_in_metrics(hosts):
    metrics = hosts.sh(HOST, f"cat {METRICS}")
    (state,) = re.findall(
        rf'^tcp_keepalive_host_state{{host="{HOST}",state="(\w+)"}} 1$', metrics, re.MULTILINE
    )
    return state


def test_host_follows_the_repository(hosts, fleet, galaxy, requirement):
    set_up(hosts, fleet, galaxy)
    assert hosts.kernel(HOST) == DEFAULTS

    # The first pull installs the collection and sets the values.
    succeeded, changed, output = pull(hosts)
    assert (succeeded, changed) == (True, 3), output
    assert "+net.ipv4.tcp_keepalive_time = 235" in output, output
    assert hosts.kernel(HOST) == EXAMPLE
    assert state_in_metrics(hosts) == "holds"

    # The second pull changes nothing, and does not fetch the collection again.
    before = hosts.sh(HOST, f"stat -c '%i %Y %Z' {DROPIN}")
    hosts.sh(HOST, "systemctl stop galaxy.service")
    succeeded, changed, output = pull(hosts)
    assert (succeeded, changed) == (True, 0), output
    hosts.sh(HOST, SERVE)
    assert hosts.sh(HOST, f"stat -c '%i %Y %Z' {DROPIN}") == before

    # A bad commit changes nothing, and the next good one is applied.
    values = fleet / "group_vars/all.yml"
    good = values.read_text()
    values.write_text(f"{good}tcp_keepalive_time: 0\n")
    commit(fleet, "Wrong")
    push(hosts, fleet, "fleet")
    succeeded, changed, output = pull(hosts)
    assert (succeeded, changed) == (False, 0), output
    assert "time: 0 is refused" in output.replace("'", "")
    assert hosts.kernel(HOST) == EXAMPLE
    written = hosts.sh(HOST, f"stat -c %Y {METRICS}")
    assert int(written) >= int(hosts.sh(HOST, "date +%s")) - SECONDS

    galaxy.publish(NEWER)
    offer(hosts, galaxy)
    pin = fleet / "collections/requirements.yml"
    pin.write_text(pin.read_text().replace(requirement["version"], f"=={NEWER}"))
    values.write_text(good)
    (fleet / "host_vars").mkdir()
    (fleet / f"host_vars/{HOST}.yml").write_text("tcp_keepalive_time: 200\n")
    commit(fleet, "Right, for the canary host's timer")
    push(hosts, fleet, "fleet", branch="canary")
    hosts.sh(HOST, "echo BRANCH=canary >> /etc/default/ansible-pull")
    hosts.sh(HOST, "mkdir /etc/systemd/system/ansible-pull.timer.d")
    hosts.sh(HOST, f"printf '{EVERY_SECOND}' > /etc/systemd/system/ansible-pull.timer.d/now.conf")
    hosts.sh(HOST, "systemctl daemon-reload; systemctl enable --quiet --now ansible-pull.timer")
    deadline = time.monotonic() + SECONDS
    while hosts.kernel(HOST) != {**EXAMPLE, "time": 200}:
        log = "journalctl --unit=ansible-pull.service --output=cat"
        assert time.monotonic() < deadline, hosts.sh(HOST, log)
        time.sleep(0.5)
    hosts.sh(HOST, "systemctl disable --quiet --now ansible-pull.timer")
    assert "time = 200" in hosts.sh(HOST, f"cat {DROPIN}")
    assert f'"version": "{NEWER}"' in hosts.sh(HOST, f"cat {INSTALLED}/MANIFEST.json")
