# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values that the role plans from what the connections cross, and values that are set beside it."""

import yaml
from ansible_collections.netops.tcp_keepalive.plugins.filter.plan import plan
from conftest import DROPIN

APPLY = "netops.tcp_keepalive.apply"
PLANNED = {"time": 41, "intvl": 6, "probes": 9}


def text(done):
    return " ".join((done.stdout + done.stderr).split())


def play_role(namespace, variables):
    """Run a play of the role alone, with variables of the play's own, which may be templates."""
    play = {
        "hosts": "all",
        "gather_facts": False,
        "vars": variables,
        "roles": ["netops.tcp_keepalive.tcp_keepalive"],
    }
    (namespace.folder / "play.yml").write_text(yaml.safe_dump([play]))
    return namespace.playbook("play.yml")


def test_role_plans_for_the_large_clouds_too_where_only_the_time_limit_is_given(namespace):
    done = namespace.playbook(APPLY, tcp_keepalive_detect_within=60)
    assert done.returncode == 0, text(done)
    assert namespace.kernel() == {name: plan([60], 60)[name] for name in ("time", "intvl", "probes")}


def test_role_plans_from_hops(namespace):
    done = namespace.playbook(
        APPLY, tcp_keepalive_crosses=["aws_nat_gateway", 1800], tcp_keepalive_detect_within=120
    )
    assert done.returncode == 0, text(done)
    assert namespace.kernel() == {"time": 54, "intvl": 13, "probes": 4}
    assert "tcp_keepalive_time = 54" in namespace.file()
    assert "WARNING" not in text(done).replace("[WARNING]: Platform", "")


def test_set_value_wins_over_the_planned_one_and_a_warning_says_what_it_breaks(namespace):
    done = namespace.playbook(APPLY, tcp_keepalive_crosses=["aws_nlb"], tcp_keepalive_time=340)
    assert done.returncode == 0, text(done)
    assert namespace.kernel() == {"time": 340, "intvl": 38, "probes": 9}
    assert "[WARNING]: TCP keepalive values of host do not meet what is asked of them" in text(done)
    assert "the third comes after 416 to 468 s, too late for aws_nlb, which forgets after 350 s." in text(
        done
    )
    done = namespace.playbook(APPLY, tcp_keepalive_crosses=["aws_nlb"], tcp_keepalive_time=100)
    assert "do not meet what is asked" not in text(done)


def test_no_warning_where_nothing_is_asked_of_the_values(namespace):
    done = namespace.playbook(APPLY, tcp_keepalive_time=3600, tcp_keepalive_intvl=60, tcp_keepalive_probes=5)
    assert namespace.kernel() == {"time": 3600, "intvl": 60, "probes": 5}
    assert "do not meet what is asked" not in text(done)


def test_proxy_is_refused_with_the_reason(namespace):
    before = namespace.state()
    done = namespace.playbook(APPLY, tcp_keepalive_crosses=["aws_classic_load_balancer"])
    assert done.returncode != 0
    assert "is a proxy: it ends the TCP connection" in text(done)
    assert namespace.state() == before
    assert namespace.file(DROPIN) is None


def test_remove_asks_nothing_of_the_values(namespace):
    namespace.playbook(APPLY)
    variables = {"tcp_keepalive_crosses": ["aws_classic_load_balancer"], "tcp_keepalive_detect_within": 1}
    done = namespace.playbook("netops.tcp_keepalive.remove", **variables)
    assert done.returncode == 0, text(done)
    assert "WARNING" not in text(done).replace("[WARNING]: Platform", "")
    assert namespace.file() is None


def test_hops_on_the_command_line(namespace):
    for given in ("aws_nlb,1800", "aws_nlb, 1800", "350", '{"tcp_keepalive_crosses": [350, "1800"]}'):
        extra = given if given.startswith("{") else f"tcp_keepalive_crosses='{given}'"
        done = namespace.playbook(APPLY, "-e", extra)
        assert done.returncode == 0, text(done)
        assert namespace.kernel() == {"time": 235, "intvl": 38, "probes": 9}


def test_variables_may_be_templates_and_a_template_sees_the_chosen_values(namespace):
    (namespace.folder / "our.j2").write_text(
        "{% include 'head.j2' %}\n\n"
        "{% for name in names %}"
        "net.ipv4.tcp_keepalive_{{ name }} = {{ lookup('vars', 'tcp_keepalive_' ~ name) }}\n"
        "{% endfor %}"
    )
    (namespace.folder / "head.j2").write_text(
        "# {{ template_path }} for {{ inventory_hostname }}, {{ hop }} s"
    )
    variables = {
        "hop": 350,
        "names": ["time", "intvl", "probes"],
        "tcp_keepalive_crosses": "{{ [hop] }}",
        "tcp_keepalive_probes": "{{ 2 + 2 }}",
        "tcp_keepalive_template": "{{ playbook }}/our.j2",
        "playbook": str(namespace.folder),
    }
    done = play_role(namespace, variables)
    assert done.returncode == 0, text(done)
    assert namespace.kernel() == {"time": 235, "intvl": 38, "probes": 4}
    assert namespace.file() == (
        f"# {namespace.folder}/our.j2 for host, 350 s\n"
        "net.ipv4.tcp_keepalive_time = 235\n"
        "net.ipv4.tcp_keepalive_intvl = 38\n"
        "net.ipv4.tcp_keepalive_probes = 4\n"
    )


def test_the_roles_variables_win_over_module_defaults_and_reach_no_module_of_the_users_own(namespace):
    (namespace.folder / "play.yml").write_text("""
- hosts: all
  gather_facts: false
  module_defaults:
    group/netops.tcp_keepalive.tcp_keepalive: {path: /etc/sysctl.d/50-ours.conf}
  vars: {tcp_keepalive_intvl: 33}
  roles: [netops.tcp_keepalive.tcp_keepalive]
  tasks:
    - netops.tcp_keepalive.tcp_keepalive: {time: 600, persist: false}
""")
    done = namespace.playbook("play.yml")
    assert done.returncode == 0, text(done)
    assert namespace.file("/etc/sysctl.d/50-ours.conf") is None
    assert "intvl = 33" in namespace.file()
    assert namespace.kernel() == {"time": 600, "intvl": 33, "probes": 9}


def test_variables_may_be_omitted(namespace):
    variables = {
        "tcp_keepalive_probes": "{{ nothing | default(none) }}",
        "tcp_keepalive_backup": "{{ nothing | default(omit) }}",
        "tcp_keepalive_detect_within": "{{ nothing | default(omit) }}",
    }
    done = play_role(namespace, variables)
    assert done.returncode == 0, text(done)
    assert namespace.kernel() == PLANNED


def test_role_is_one_task(namespace):
    """Neither Ansible's own validation of the variables nor anything else costs a task more."""
    done = namespace.playbook(APPLY)
    assert done.stdout.count("TASK [netops.tcp_keepalive.tcp_keepalive : ") == 1
    assert "Validating arguments" not in done.stdout


def test_module_plans_what_is_not_given_where_it_is_asked_to(namespace):
    result = namespace.module(crosses=["aws_nlb"], idle=200)
    assert result["runtime"]["after"] == {"time": 200, "intvl": 38, "probes": 9}
    result = namespace.module(crosses=[], persist=False)
    assert result["runtime"]["after"] == PLANNED
    result = namespace.module(time=600)
    assert result["runtime"]["after"] == {"time": 600, "intvl": 75, "probes": 9}
    refused = namespace.module(template="our.j2", content="text", time=600)
    assert refused["failed"] and '"template" and "content" exclude each other' in refused["msg"]


def test_inline_vaulted_number(namespace):
    (namespace.folder / "password").write_text("secret")
    encrypt = (
        "ansible-vault",
        "encrypt_string",
        "--vault-password-file",
        "password",
        "--name",
        "tcp_keepalive_time",
        "120",
    )
    encrypted = namespace.run(*encrypt)
    assert encrypted.returncode == 0, encrypted.stderr
    variables = "\n".join("    " + line for line in encrypted.stdout.splitlines())
    (namespace.folder / "play.yml").write_text(
        "- hosts: all\n  gather_facts: false\n  roles: [netops.tcp_keepalive.tcp_keepalive]\n  vars:\n"
        + variables
    )
    done = namespace.playbook("play.yml", "--vault-password-file", "password")
    assert done.returncode == 0, text(done)
    assert namespace.kernel()["time"] == 120


def test_text_from_a_host_is_not_evaluated_as_a_template(namespace):
    (namespace.folder / "play.yml").write_text("""
- hosts: all
  gather_facts: false
  tasks:
    - ansible.builtin.raw: cat said
      register: said
    - ansible.builtin.include_role:
        name: netops.tcp_keepalive.tcp_keepalive
        rolespec_validate: false
      vars:
        tcp_keepalive_probes: "{{ hostvars[inventory_hostname].said.stdout | regex_replace('^n=', '') }}"
""")
    (namespace.folder / "said").write_text("n={{ lookup('pipe', 'touch executed; echo 5') }}")
    done = namespace.playbook("play.yml")
    assert done.returncode != 0
    assert "probes: " in text(done) and "is refused" in text(done)
    assert not (namespace.folder / "executed").exists()


def test_template_that_fails_is_named(namespace):
    (namespace.folder / "our.j2").write_text("# ours\n{{ nothing_of_that_name }}\n")
    done = namespace.playbook(APPLY, tcp_keepalive_template=str(namespace.folder / "our.j2"))
    assert done.returncode != 0
    assert "nothing_of_that_name" in text(done)
    assert namespace.file() is None


def test_vaulted_template_is_in_no_file_of_the_controllers(namespace):
    (namespace.folder / "password").write_text("secret")
    plain = "# passphrase\n" + "".join(
        f"net.ipv4.tcp_keepalive_{name} = {{{{ tcp_keepalive_{name} }}}}\n" for name in PLANNED
    )
    (namespace.folder / "our.j2").write_text(plain)
    done = namespace.run("ansible-vault", "encrypt", "--vault-password-file", "password", "our.j2")
    assert done.returncode == 0, done.stderr
    (namespace.folder / "play.yml").write_text("""
- hosts: all
  gather_facts: false
  roles: [netops.tcp_keepalive.tcp_keepalive]
  tasks:
    - ansible.builtin.raw: "! grep -r passphrase tmp"
""")
    (namespace.folder / "ansible.cfg").write_text(
        "[defaults]\nlocal_tmp = tmp\nvault_password_file = password\n"
    )
    done = namespace.playbook("play.yml", tcp_keepalive_template="our.j2")
    assert done.returncode == 0, text(done)
    assert namespace.file().startswith("# passphrase\nnet.ipv4.tcp_keepalive_time = 41\n")
