# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import re
from pathlib import Path

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import KeepaliveError
from ansible_collections.netops.tcp_keepalive.plugins.plugin_utils._hops import HOPS, known_timeout
from ansible_collections.netops.tcp_keepalive.plugins.plugin_utils._proxies import PROXIES

DOCS = Path(__file__).parents[4] / "docs/guide/hops.md"


def _row(name, *cells):
    cells = [f"<{cell}>" if str(cell).startswith("http") else str(cell) for cell in cells]
    return f"| `{name}` | {' | '.join(cells)} |"


def _rows(section):
    return [line for line in section.splitlines() if line.startswith("| `")]


def test_docs_have_the_tables():
    hops, proxies = DOCS.read_text(encoding="utf-8").split("## Proxies")
    assert _rows(hops) == [
        _row(name, hop.title, hop.seconds, hop.change or "no", hop.stated_by) for name, hop in HOPS.items()
    ]
    assert _rows(proxies) == [
        _row(name, proxy.title, proxy.seconds or "as configured", proxy.stated_by)
        for name, proxy in PROXIES.items()
    ]


def test_names_and_numbers():
    for name, hop in HOPS.items():
        assert name == name.lower()
        assert hop.title
        assert hop.seconds >= 60
    assert not HOPS.keys() & PROXIES.keys()


@pytest.mark.parametrize("name", PROXIES)
def test_a_proxy_is_refused_and_so_is_what_is_near_it(name):
    with pytest.raises(KeepaliveError, match="is a proxy: it ends the TCP connection"):
        known_timeout(name)
    for at in range(len(name)):
        for misspelt in (
            name[:at] + name[at + 1 :],
            name[:at] + "x" + name[at:],
            name[:at] + "x" + name[at + 1 :],
        ):
            with pytest.raises(KeepaliveError) as refused:
                known_timeout(misspelt)
            suggested = re.findall(r"Did you mean (\w+)", str(refused.value))
            assert suggested in ([], [name])


@pytest.mark.parametrize(
    "name, suggested",
    [
        ("aws_nlbb", "aws_nlb"),
        ("AWS NAT gatway", "aws_nat_gateway"),
        ("azure-load-balancer", "azure_load_balancer"),
        ("azure_app_gateway", "azure_application_gateway"),
        ("azure_aplication_gateway", "azure_application_gateway"),
        ("ha_proxy", "haproxy"),
        ("envoi", "envoy"),
        ("aws_alb", None),
        ("aws_elb", None),
        ("azure_gateway", None),
        ("oci_nat_gateway", None),
        ("oci_network_load_balancer", None),
        ("aws_load_balancer", None),
        ("f5_fastl7", None),
        ("application_gateway", None),
        ("traefik", None),
        ("openstack_nat", None),
        ("octvia", "octavia"),
        ("google_application_load_balancer", None),
        ("gcp_nat_gateway", None),
        ("", None),
        ("_" * 10**6, None),
    ],
)
def test_suggestions(name, suggested):
    with pytest.raises(KeepaliveError) as refused:
        known_timeout(name)
    found = re.findall(r"Did you mean (\w+)", str(refused.value))
    assert found == ([suggested] if suggested else [])
    assert len(str(refused.value)) < 2000
