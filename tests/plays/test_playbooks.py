# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks and the role, run as users run them."""

import re
from pathlib import Path

import pytest
from conftest import DROPIN, FOLDER

ROOT = Path(__file__).parents[2]
DEFAULTS = {"time": 7200, "intvl": 75, "probes": 9}
ROLE = {"time": 41, "intvl": 6, "probes": 9}
APPLY = "netops.tcp_keepalive.apply"
REMOVE = "netops.tcp_keepalive.remove"


def recap(done, host="host"):
    """Return a host's counts in the recap of a play."""
    line = re.search(rf"^{host} +: (.*)$", done.stdout, re.MULTILINE)
    assert line, done.stdout + done.stderr
    return {name: int(count) for name, count in re.findall(r"(\w+)=(\d+)", line.group(1))}


def changed(done, host="host"):
    """Return how many tasks changed the host in a play that succeeded."""
    counts = recap(done, host)
    assert (done.returncode, counts["failed"], counts["unreachable"]) == (0, 0, 0), done.stdout + done.stderr
    return counts["changed"]


def refusal(done):
    """Return the output of a play that failed, on one line."""
    assert done.returncode != 0, done.stdout
    return " ".join((done.stdout + done.stderr).split())


def up_to_the_summary(done):
    """Return the output of a play before its summary, which says in check mode what would be."""
    return done.stdout.partition("TASK [Show what each host")[0]


@pytest.mark.parametrize("where", ["netops.tcp_keepalive.", f"{ROOT}/playbooks/"], ids=["by name", "by path"])
def test_host_is_applied_repaired_and_removed(namespace, where):
    apply, remove = (where + name + (".yml" if "/" in where else "") for name in ("apply", "remove"))

    before = namespace.state()
    predicted = namespace.playbook(apply, "--check", "--diff")
    assert changed(predicted) == 1
    assert "+net.ipv4.tcp_keepalive_time = 41" in predicted.stdout
    assert "-net.ipv4.tcp_keepalive_time = 7200" in predicted.stdout
    assert "now:            time 7200 s, intvl 75 s, probes 9" in predicted.stdout
    assert "would be:       time 41 s, intvl 6 s, probes 9" in predicted.stdout
    assert f"after a reboot: would be time 41 s, intvl 6 s, probes 9 ({DROPIN})" in predicted.stdout
    assert namespace.state() == before

    first = namespace.playbook(apply, "--diff")
    assert up_to_the_summary(first) == up_to_the_summary(predicted)
    assert namespace.kernel() == ROLE
    assert "now:            time 41 s, intvl 6 s, probes 9" in first.stdout
    assert f"after a reboot: time 41 s, intvl 6 s, probes 9 ({DROPIN})" in first.stdout
    applied = namespace.state()

    assert changed(namespace.playbook(apply)) == 0
    assert namespace.state() == applied

    namespace.sh("echo 99 > /proc/sys/net/ipv4/tcp_keepalive_time")
    assert changed(namespace.playbook(apply)) == 1
    assert namespace.state() == applied

    namespace.sh(f"echo net.ipv4.tcp_keepalive_time = 99 >> {DROPIN}")
    assert changed(namespace.playbook(apply)) == 1
    assert namespace.file().count("tcp_keepalive_time") == 1
    assert namespace.kernel() == ROLE

    assert changed(namespace.playbook(remove, "--check")) == 1
    assert namespace.kernel() == ROLE
    assert changed(namespace.playbook(remove)) == 1
    assert namespace.state()[0] == DEFAULTS
    assert namespace.sh(f"ls -A {FOLDER}") == ""
    assert changed(namespace.playbook(remove)) == 0


def test_apply_takes_one_execution_per_host(namespace):
    done = namespace.playbook(APPLY, "-vvv")
    assert changed(done) == 1
    assert done.stdout.count("> EXEC ") == 1


def test_limit_serial_and_hosts_select_the_hosts(namespace):
    done = namespace.playbook(
        APPLY, "--limit", "two,three", inventory="one,two,three,", tcp_keepalive_serial=1
    )
    assert changed(done, "two") == 1
    assert changed(done, "three") == 0
    assert not re.search(r"^one +:", done.stdout, re.MULTILINE)
    assert done.stdout.count("PLAY [Apply") == 2
    done = namespace.playbook(APPLY, inventory="one,two,", tcp_keepalive_hosts="one")
    assert not re.search(r"^two +:", done.stdout, re.MULTILINE)


def test_users_template_and_ansible_managed_are_rendered(namespace):
    managed = 'Grüße "from" us: net.ipv4.tcp_keepalive_time = 1'
    # Before ansible-core 2.19 it comes from the configuration, since then from a variable.
    (namespace.folder / "ansible.cfg").write_text(f"[defaults]\nansible_managed = {managed}\n")
    assert changed(namespace.playbook(APPLY, ansible_managed=managed)) == 1
    assert '# Grüße "from" us: net.ipv4.tcp_keepalive_time = 1\n' in namespace.file()
    assert namespace.kernel() == ROLE

    (namespace.folder / "our.j2").write_text(
        "# [ours]\n{% for n in ['time', 'intvl', 'probes'] %}\nnet.ipv4.tcp_keepalive_{{ n }} "
        "= {{ lookup('vars', 'tcp_keepalive_' ~ n) }}\n{% endfor %}\n\n"
    )
    variables = {"tcp_keepalive_template": str(namespace.folder / "our.j2"), "tcp_keepalive_time": 600}
    assert changed(namespace.playbook(APPLY, **variables)) == 1
    values = {**ROLE, "time": 600}
    lines = [f"net.ipv4.tcp_keepalive_{name} = {value}\n" for name, value in values.items()]
    assert namespace.file() == f"# [ours]\n{''.join(lines)}\n"
    assert changed(namespace.playbook(APPLY, **variables)) == 0


@pytest.mark.parametrize(
    "variables, words",
    [
        ({"tcp_keepalive_time": 0}, "time: 0 is refused"),
        ({"tcp_keepalive_time": 32768}, "from 1 to 32767"),
        ({"tcp_keepalive_time": "010"}, "time: 010 is refused"),
        ({"tcp_keepalive_time": "0x10"}, "time: 0x10 is refused"),
        ({"tcp_keepalive_time": "abc"}, "time: abc is refused"),
        ({"tcp_keepalive_time": True}, "time"),
        ({"tcp_keepalive_time": [600]}, "time: [600] is refused"),
        ({"tcp_keepalive_probes": 128}, "from 1 to 127"),
        ({"tcp_keepalive_intvl": -1}, "intvl: -1 is refused"),
        ({"tcp_keepalive_persist": False, "tcp_keepalive_apply": False}, "both off"),
        ({"tcp_keepalive_state": "gone"}, "state must be one of: present, absent, got: gone"),
        ({"tcp_keepalive_overrides": "maybe"}, "overrides must be one of: fail, warn, disable, got: maybe"),
        ({"tcp_keepalive_backup": "perhaps"}, "backup"),
        ({"tcp_keepalive_path": "/etc/sysctl.d/99"}, ".conf"),
        ({"tcp_keepalive_path": "/etc/keepalive.conf"}, "boot tools read the folders"),
        ({"tcp_keepalive_template": "missing.j2"}, "missing.j2"),
        ({"tcp_keepalive_template": "/proc/self/comm"}, "content, line 1"),
    ],
)
def test_bad_variables_are_refused_and_nothing_changes(namespace, variables, words):
    before = namespace.state()
    # ansible-core 2.16 passes numbers as text, which the message then quotes.
    assert words in refusal(namespace.playbook(APPLY, **variables)).replace("'", "")
    assert namespace.state() == before


def test_role_registers_its_result_and_refuses_bad_variables_by_their_names(namespace):
    play = namespace.folder / "play.yml"
    play.write_text("""
- hosts: all
  gather_facts: false
  roles: [netops.tcp_keepalive.tcp_keepalive]
  tasks:
    - ansible.builtin.assert:
        that: tcp_keepalive_result.runtime.after.time == 600
""")
    assert "value of tcp_keepalive_state must be one of: present, absent" in refusal(
        namespace.playbook(play, tcp_keepalive_state="gone")
    )
    assert changed(namespace.playbook(play, tcp_keepalive_time=600)) == 1
    assert namespace.kernel() == {**ROLE, "time": 600}


def test_module_defaults_reach_both_modules(namespace):
    path = f"{FOLDER}/50-ours.conf"
    play = namespace.folder / "play.yml"
    play.write_text(f"""
- hosts: all
  gather_facts: false
  module_defaults:
    group/netops.tcp_keepalive.tcp_keepalive:
      path: {path}
  tasks:
    - netops.tcp_keepalive.tcp_keepalive:
        time: 600
    - netops.tcp_keepalive.tcp_keepalive_info:
      register: info
    - ansible.builtin.assert:
        that: info.file.exists and info.boot.time.file == '{path}'
""")
    assert changed(namespace.playbook(play)) == 1
    assert "= 600" in namespace.file(path)
