"""Values that the role plans from what the connections cross, and values that are set beside it."""

from pathlib import Path

import yaml
from ansible_collections.netops.tcp_keepalive.plugins.filter.plan import plan
from conftest import DROPIN

VARIABLES = Path(__file__).parents[2] / "roles/tcp_keepalive/vars/main.yml"
APPLY = "netops.tcp_keepalive.apply"


def text(done):
    return " ".join((done.stdout + done.stderr).split())


def test_values_for_the_large_clouds_are_those_that_the_filter_plans():
    variables = yaml.safe_load(VARIABLES.read_text())
    noted = variables["tcp_keepalive_plans"]["large_clouds"]
    assert noted.items() <= plan(variables["tcp_keepalive_large_clouds"]).items()


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
