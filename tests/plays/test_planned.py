"""Values that the role plans from what the connections cross, and values that are set beside it."""

import yaml
from ansible_collections.netops.tcp_keepalive.plugins.filter.plan import plan
from conftest import DROPIN

APPLY = "netops.tcp_keepalive.apply"


def text(done):
    return " ".join((done.stdout + done.stderr).split())


def test_role_plans_for_the_large_clouds_too_where_only_the_time_limit_is_given(namespace):
    done = namespace.playbook(APPLY, tcp_keepalive_detect_within=60)
    assert done.returncode == 0, text(done)
    assert namespace.kernel() == {name: plan([60], 60)[name] for name in ("time", "intvl", "probes")}


def test_role_plans_from_hops(namespace):
    done = namespace.playbook(APPLY, tcp_keepalive_crosses=["aws_nat_gateway", 1800], tcp_keepalive_detect_within=120)
    assert done.returncode == 0, text(done)
    assert namespace.kernel() == {"time": 60, "intvl": 15, "probes": 4}
    assert "tcp_keepalive_time = 60" in namespace.file()
    assert "WARNING" not in text(done).replace("[WARNING]: Platform", "")


def test_set_value_wins_over_the_planned_one_and_a_warning_says_what_it_breaks(namespace):
    done = namespace.playbook(APPLY, tcp_keepalive_crosses=["aws_nlb"], tcp_keepalive_time=340)
    assert done.returncode == 0, text(done)
    assert namespace.kernel() == {"time": 340, "intvl": 43, "probes": 9}
    assert "[WARNING]: TCP keepalive values of host break what is asked of them" in text(done)
    assert "the third comes after 426 s, too late for aws_nlb, which forgets after 350 s." in text(done)
    done = namespace.playbook(APPLY, tcp_keepalive_crosses=["aws_nlb"], tcp_keepalive_time=100)
    assert "break what is asked" not in text(done)


def test_set_values_alone_are_nobodys_business(namespace):
    done = namespace.playbook(APPLY, tcp_keepalive_time=3600, tcp_keepalive_intvl=60, tcp_keepalive_probes=5)
    assert namespace.kernel() == {"time": 3600, "intvl": 60, "probes": 5}
    assert "break what is asked" not in text(done)


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
        assert namespace.kernel() == {"time": 263, "intvl": 43, "probes": 9}


def test_variables_may_be_templates_and_the_users_template_sees_what_was_settled(namespace):
    (namespace.folder / "our.j2").write_text(
        "{% include 'head.j2' %}\n\n"
        "{% for one in names %}net.ipv4.tcp_keepalive_{{ one }} = {{ lookup('vars', 'tcp_keepalive_' ~ one) }}\n{% endfor %}"
    )
    (namespace.folder / "head.j2").write_text("# {{ template_path }} for {{ inventory_hostname }}, {{ hop }} s")
    variables = {
        "hop": 350,
        "names": ["time", "intvl", "probes"],
        "tcp_keepalive_crosses": "{{ [hop] }}",
        "tcp_keepalive_probes": "{{ 2 + 2 }}",
        "tcp_keepalive_template": "{{ playbook }}/our.j2",
        "playbook": str(namespace.folder),
    }
    (namespace.folder / "play.yml").write_text(
        yaml.safe_dump(
            [{"hosts": "all", "gather_facts": False, "vars": variables, "roles": ["netops.tcp_keepalive.tcp_keepalive"]}]
        )
    )
    done = namespace.playbook("play.yml")
    assert done.returncode == 0, text(done)
    assert namespace.kernel() == {"time": 263, "intvl": 43, "probes": 4}
    assert namespace.file() == (
        f"# {namespace.folder}/our.j2 for host, 350 s\n"
        "net.ipv4.tcp_keepalive_time = 263\nnet.ipv4.tcp_keepalive_intvl = 43\nnet.ipv4.tcp_keepalive_probes = 4\n"
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


def test_role_variables_outside_the_role_are_refused_with_the_one_that_is_missing(namespace):
    refused = namespace.module(role_variables=True)
    assert refused["failed"] and "tcp_keepalive_state is not defined" in refused["msg"]
