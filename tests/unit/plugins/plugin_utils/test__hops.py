# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

from pathlib import Path

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._settings import KeepaliveError
from ansible_collections.netops.tcp_keepalive.plugins.plugin_utils._hops import HOPS, PROXIES, known_timeout

DOCS = Path(__file__).parents[4] / "docs/guide/hops.md"


def source(stated_by):
    return f"<{stated_by}>" if stated_by.startswith("http") else stated_by


@pytest.mark.parametrize("name", HOPS)
def test_docs_have_the_hops(name):
    hop = HOPS[name]
    row = " | ".join([f"`{name}`", hop.title, str(hop.seconds), hop.change or "no", source(hop.stated_by)])
    assert f"| {row} |\n" in DOCS.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PROXIES)
def test_docs_have_the_proxies(name):
    proxy = PROXIES[name]
    row = " | ".join([f"`{name}`", proxy.title, proxy.idle_timeout, source(proxy.stated_by)])
    assert f"| {row} |\n" in DOCS.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PROXIES)
def test_proxies_are_refused(name):
    with pytest.raises(KeepaliveError, match=f"^{name} .* is a proxy"):
        known_timeout(name)


def test_names_and_numbers():
    assert not set(HOPS) & set(PROXIES)
    for name, hop in HOPS.items():
        assert name == name.lower()
        assert hop.title
        assert hop.seconds >= 60
