# Copyright (c) 2026, the netops.tcp_keepalive authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proxies: they end TCP connections and open others, so that no keepalive probe crosses them."""

from typing import NamedTuple


class Proxy(NamedTuple):
    """``seconds``: its default idle timeout, None where it depends on its configuration or on what it
    proxies; ``stated_by``: the source."""

    title: str
    seconds: int | None
    stated_by: str


_AWS = "https://docs.aws.amazon.com/elasticloadbalancing/latest/"
_AZURE = "https://learn.microsoft.com/en-us/azure/"
_GCP = "https://docs.cloud.google.com/load-balancing/docs/https/request-distribution"

# As of November 2026; only what a source confirms. docs/guide/hops.md has the same table.
PROXIES = {
    "aws_application_load_balancer": Proxy("AWS Application Load Balancer", 60, _AWS + "application/"),
    "aws_classic_load_balancer": Proxy(
        "AWS Classic Load Balancer", 60, _AWS + "classic/config-idle-timeout.html"
    ),
    "azure_application_gateway": Proxy(
        "Azure Application Gateway", None, _AZURE + "application-gateway/tcp-tls-proxy-overview"
    ),
    "azure_front_door": Proxy("Azure Front Door", None, _AZURE + "frontdoor/front-door-traffic-acceleration"),
    "gcp_application_load_balancer": Proxy(
        "Google Cloud Application Load Balancer, to the backend", 600, _GCP
    ),
    "oci_load_balancer": Proxy(
        "OCI Load Balancer, to the backend",
        300,
        "https://docs.oracle.com/en-us/iaas/Content/Balance/Reference/connectionreuse.htm",
    ),
    "octavia": Proxy("OpenStack Octavia, amphora provider", 50, "Octavia API, timeout_client_data"),
    "haproxy": Proxy("HAProxy", None, "HAProxy Configuration Manual, timeout client and timeout server"),
    "nginx": Proxy("nginx", None, "https://nginx.org/docs/stream/ngx_stream_proxy_module.html"),
    "envoy": Proxy("Envoy", 3600, "https://www.envoyproxy.io/docs/envoy/latest/faq/configuration/timeouts"),
}
