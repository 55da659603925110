# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A container of LXC on a host: it has its name, and what it holds is seen and reached from outside."""

import json
from pathlib import Path

from conftest import run

HOST = "lxc"
APPLICATION = Path(__file__).parents[2] / "molecule/always/files/application.py"
CONFIG = """\
lxc.uts.name = shop
lxc.rootfs.path = dir:/srv/shop
lxc.mount.auto = proc
lxc.mount.entry = /usr usr none ro,bind 0 0
lxc.init.cmd = /bin/sh /start
lxc.net.0.type = empty
lxc.apparmor.profile = unconfined
"""
SET_UP = f"""
set -eu
mkdir -p /srv/shop/usr /srv/shop/proc /srv/shop/dev /var/lib/lxc/shop
for folder in bin lib lib64; do ln -s usr/$folder /srv/shop/$folder; done
cat > /srv/shop/application.py <<'END'
{APPLICATION.read_text()}
END
echo 'ip link set lo up; exec python3 /application.py' > /srv/shop/start
cat > /var/lib/lxc/shop/config <<'END'
{CONFIG}
END
lxc-start --name shop
lxc-wait --name shop --state RUNNING --timeout 30
for second in $(seq 30); do
  [ "$(lxc-attach --name shop -- ss -Htn state established | wc -l)" = 2 ] && exit
  sleep 1
done
exit 1
"""


def module(hosts, tmp_path, name, arguments):
    inventory = hosts.inventory(tmp_path / "hosts.json", **{HOST: {}})
    ad_hoc = ["-m", f"netops.tcp_keepalive.{name}", "-a", arguments]
    done = run("ansible", "-i", inventory, HOST, *ad_hoc, ANSIBLE_STDOUT_CALLBACK="ansible.builtin.default")
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout[done.stdout.index("{") :])


def test_a_container_has_its_name_and_is_reached(hosts, tmp_path):
    hosts.sh(HOST, SET_UP)
    look = "sockets=summary namespaces=all"
    (seen,) = module(hosts, tmp_path, "tcp_keepalive_info", look)["namespaces"]
    assert (seen["container"]["engine"], seen["container"]["name"]) == (
        "lxc",
        hosts.sh(HOST, "lxc-ls -1").strip(),
    )
    assert seen["owner"] == "lxc container shop (python3)"
    assert (seen["sockets"]["established"], seen["sockets"]["unprotected"]) == (2, 2)

    module(hosts, tmp_path, "tcp_keepalive_always", "time=45 intvl=7 probes=9")
    (seen,) = module(hosts, tmp_path, "tcp_keepalive_info", look)["namespaces"]
    assert (seen["sockets"]["keepalive"], seen["sockets"]["unprotected"]) == (2, 0)
    module(hosts, tmp_path, "tcp_keepalive_always", "state=absent")
