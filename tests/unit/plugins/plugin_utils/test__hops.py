# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

from pathlib import Path

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.plugin_utils._hops import HOPS

DOCS = Path(__file__).parents[4] / "docs/guide/hops.md"


@pytest.mark.parametrize("name", HOPS)
def test_docs_have_the_table(name):
    hop = HOPS[name]
    stated_by = f"<{hop.stated_by}>" if hop.stated_by.startswith("http") else hop.stated_by
    change = [] if hop.proxy else [hop.change or "no"]
    row = " | ".join([f"`{name}`", hop.title, str(hop.seconds), *change, stated_by])
    assert f"| {row} |\n" in DOCS.read_text(encoding="utf-8")


def test_names_and_numbers():
    for name, hop in HOPS.items():
        assert name == name.lower()
        assert hop.title
        assert hop.seconds >= 60
