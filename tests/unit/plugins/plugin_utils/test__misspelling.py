# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.plugin_utils._hops import HOPS, PROXIES
from ansible_collections.netops.tcp_keepalive.plugins.plugin_utils._misspelling import meant

MISSPELLED = [
    ("aws_nlbb", "aws_nlb"),
    ("aws-nat-gateway", "aws_nat_gateway"),
    ("AWS_NAT_Gateway", "aws_nat_gateway"),
    ("aws_nat_gatway", "aws_nat_gateway"),
    ("azure_load_balancr", "azure_load_balancer"),
    ("gcp_clod_nat", "gcp_cloud_nat"),
    ("linux_conntrak", "linux_conntrack"),
    ("hproxy", "haproxy"),
    ("oci_load_balanser", "oci_load_balancer"),
]
OTHER_PRODUCTS = [
    "aws_alb",
    "aws_elb",
    "alb",
    "aws_load_balancer",
    "azure_app_gateway",
    "azure_gateway",
    "azure_apim_gateway",
    "gcp_load_balancer",
    "gcp_proxy_load_balancer",
    "gcp_external_application_load_balancer",
    "gcp_internal_application_load_balancer",
    "oci_network_load_balancer",
    "oci_nat_gateway",
    "aliyun_nat",
    "traefik",
    "ngin",
    "f5",
    "",
]


@pytest.mark.parametrize("name, expected", MISSPELLED)
def test_misspelled(name, expected):
    assert meant(name, (*HOPS, *PROXIES)) == expected


@pytest.mark.parametrize("name", OTHER_PRODUCTS)
def test_no_guess_for_another_product(name):
    assert meant(name, (*HOPS, *PROXIES)) not in HOPS
