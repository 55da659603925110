# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role's variables ask of a host, and what the host has."""

from pathlib import Path

import pytest
import yaml
from ansible_collections.netops.tcp_keepalive.plugins.plugin_utils._plan import choose

ROLE_DEFAULTS = Path(__file__).parents[3] / "roles/tcp_keepalive/defaults/main.yml"
KERNEL_DEFAULTS = {"time": 7200, "intvl": 75, "probes": 9}


@pytest.fixture
def asked(host):
    """Return the role's variables on this host, without their prefix."""
    variables = yaml.safe_load(ROLE_DEFAULTS.read_text()) | host.ansible.get_variables()
    prefix = "tcp_keepalive_"
    return {name.removeprefix(prefix): value for name, value in variables.items() if name.startswith(prefix)}


@pytest.fixture
def wanted(asked):
    """Return the three values that the role's variables ask for: planned, where they are not set."""
    values, _problems = choose(
        {name: asked[name] for name in KERNEL_DEFAULTS}, asked["crosses"], asked["detect_within"]
    )
    return values


@pytest.fixture
def kernel(host):
    """Return the three values that the kernel holds."""
    return {
        name: int(host.file(f"/proc/sys/net/ipv4/tcp_keepalive_{name}").content) for name in KERNEL_DEFAULTS
    }


@pytest.fixture
def kernel_defaults():
    return KERNEL_DEFAULTS


@pytest.fixture
def file_settings(host, asked):
    """Return what the drop-in file's assignments say, None where there is no file."""
    file = host.file(asked["path"])
    if not file.exists:
        return None
    lines = [
        line for line in file.content_string.splitlines() if "=" in line and not line.lstrip().startswith("#")
    ]
    pairs = [[part.strip() for part in line.split("=")] for line in lines]
    return {key.replace("/", ".").removeprefix("net.ipv4.tcp_keepalive_"): int(value) for key, value in pairs}
