# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What connections cross, and how long each hop remembers an idle one: clouds, firewalls, kernel tables."""

from typing import NamedTuple

from ..module_utils._settings import KeepaliveError
from ._misspelling import meant
from ._proxies import PROXIES


class Hop(NamedTuple):
    """A device or kernel table that forgets idle TCP connections.

    ``seconds``: its default idle timeout; ``change``: what its owner can change that to, None for nothing,
    "?" where the source does not mention it; ``stated_by``: the source.
    """

    title: str
    seconds: int
    change: str | None
    stated_by: str


_AWS = "https://docs.aws.amazon.com/elasticloadbalancing/latest/"
_AZURE = "https://learn.microsoft.com/en-us/azure/load-balancer/load-balancer-tcp-idle-timeout"
_GCP = "https://cloud.google.com/compute/docs/troubleshooting"
_GCP_LB = "Compute Engine API, ConnectionTrackingPolicy.idleTimeoutSec"
_FORTINET = (
    "https://community.fortinet.com/t5/FortiGate/"
    "Technical-Tip-Default-session-timeout-value-session-ttl/ta-p/194357"
)
_AWS_BLOG = "AWS blog, Implementing long-running TCP connections within VPC networking"
_EC2 = "EC2 API, ConnectionTrackingSpecificationRequest"
_IPVS = "kernel, tcp_timeouts; moby#31208"
_OTC = "Open Telekom Cloud docs, NAT gateway"

# As of November 2026; only what a source confirms. docs/guide/hops.md has the same table.
HOPS = {
    "aws_nlb": Hop(
        "AWS Network Load Balancer, TCP listener",
        350,
        "60 to 6000",
        _AWS + "network/update-idle-timeout.html",
    ),
    "aws_nlb_tls": Hop(
        "AWS Network Load Balancer, TLS listener", 350, None, _AWS + "network/update-idle-timeout.html"
    ),
    "aws_gateway_load_balancer": Hop(
        "AWS Gateway Load Balancer", 350, "60 to 6000", _AWS + "gateway/update-idle-timeout.html"
    ),
    "aws_nat_gateway": Hop("AWS NAT gateway", 350, None, _AWS_BLOG),
    "aws_vpc_endpoint": Hop("AWS VPC endpoint", 350, None, _AWS_BLOG),
    "aws_network_firewall": Hop(
        "AWS Network Firewall", 350, "60 to 6000", "Network Firewall API, FlowTimeouts"
    ),
    "aws_security_group": Hop("EC2 security group tracking", 432000, "60 to 432000", _EC2),
    "aws_security_group_nitro_v6": Hop("EC2 security group tracking, Nitro v6", 350, "60 to 432000", _EC2),
    "azure_load_balancer": Hop("Azure Load Balancer", 240, "4 to 100 minutes", _AZURE),
    "azure_nat_gateway": Hop(
        "Azure NAT Gateway", 240, "4 to 120 minutes", "Microsoft Learn, NAT gateway resource"
    ),
    "azure_firewall": Hop(
        "Azure Firewall, north-south", 240, "by support", "Microsoft Learn, tcp-session-behavior"
    ),
    "azure_aks_outbound": Hop("AKS outbound load balancer profile", 1800, "yes", "Az PowerShell reference"),
    "gcp_vpc_firewall": Hop("GCP VPC firewall connection tracking", 600, None, _GCP),
    "gcp_internal_passthrough_load_balancer": Hop(
        "GCP internal passthrough Network Load Balancer", 600, "yes", _GCP_LB
    ),
    "gcp_external_passthrough_load_balancer": Hop(
        "GCP external passthrough Network Load Balancer", 60, None, _GCP_LB
    ),
    "gcp_cloud_nat": Hop(
        "GCP Cloud NAT, established connections", 1200, "yes", "Compute Engine API, RouterNat"
    ),
    "alibaba_nat_gateway": Hop(
        "Alibaba Cloud NAT gateway",
        900,
        None,
        "https://www.alibabacloud.com/help/en/nat-gateway/support/nat-gateway-faq/",
    ),
    "tencent_nat_gateway": Hop(
        "Tencent Cloud NAT gateway", 10800, "40 to 10800", "API ModifyNatGatewayAdvancedAttribute"
    ),
    "otc_nat_gateway": Hop("Open Telekom Cloud NAT gateway", 900, "?", _OTC),
    "huawei_elb": Hop("Huawei Cloud ELB", 300, "yes", "Huawei Cloud CCE docs, ELB annotations"),
    "linux_conntrack": Hop(
        "Linux conntrack, established", 432000, "sysctl", "kernel docs, nf_conntrack-sysctl.rst"
    ),
    "kube_proxy_conntrack": Hop("conntrack as kube-proxy sets it", 86400, "flag", "kube-proxy's flags"),
    "linux_ipvs": Hop(
        "Linux IPVS, as in Docker Swarm and kube-proxy in ipvs mode", 900, "ipvsadm --set", _IPVS
    ),
    "f5_fastl4": Hop("F5 BIG-IP, FastL4 profile", 300, "yes", "F5 AS3 reference"),
    "cisco_asa": Hop("Cisco ASA", 3600, "yes", "Cisco document 222075"),
    "fortigate": Hop("FortiGate", 3600, "300 to 2764800", _FORTINET),
    "palo_alto": Hop("Palo Alto PAN-OS", 3600, "yes", "PAN-OS docs, configure session timeouts"),
    "juniper_srx": Hop("Juniper SRX", 1800, "yes", "Juniper KB34994"),
}

# What most connections of the large clouds cross: planned for where no hops are given.
LARGE_CLOUDS = (
    "alibaba_nat_gateway",
    "aws_gateway_load_balancer",
    "aws_nat_gateway",
    "aws_nlb",
    "azure_load_balancer",
    "azure_nat_gateway",
    "gcp_cloud_nat",
    "gcp_external_passthrough_load_balancer",
    "gcp_internal_passthrough_load_balancer",
    "tencent_nat_gateway",
)


def known_timeout(name: str) -> int:
    """Return the default idle timeout of a hop in seconds; KeepaliveError for an unknown hop or a proxy."""
    if name in PROXIES:
        raise KeepaliveError(f"{name} ({PROXIES[name].title}) {_refusal(name)}")
    if name not in HOPS:
        raise KeepaliveError(
            f"{name!r:.80} is not a known hop.{_suggestion(name)} Known hops: {', '.join(HOPS)}."
        )
    return HOPS[name].seconds


def _refusal(name: str) -> str:
    seconds = PROXIES[name].seconds
    timeout = "its idle timeout" if seconds is None else f"its idle timeout of {seconds} s"
    return (
        "is a proxy: it ends the TCP connection and answers probes itself, so TCP keepalive does "
        f"not count for {timeout}. Raise that timeout, or send keepalives in the application's own protocol, "
        "and leave the proxy out of the list."
    )


def _suggestion(name: str) -> str:
    similar = meant(name, [*HOPS, *PROXIES])
    if similar is None:
        return ""
    return (
        f" Did you mean {similar}? It {_refusal(similar)}"
        if similar in PROXIES
        else f" Did you mean {similar}?"
    )
