import os

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.plugin_utils._hops import HOPS

DOCS = os.path.join(os.path.dirname(__file__), "../../../../docs/guide/hops.md")


@pytest.mark.parametrize("name", HOPS)
def test_docs_have_the_table(name):
    hop = HOPS[name]
    stated_by = "<{0}>".format(hop.stated_by) if hop.stated_by.startswith("http") else hop.stated_by
    change = [] if hop.proxy else [hop.change or "no"]
    row = "| {0} |\n".format(
        " | ".join(["`{0}`".format(name), hop.title, str(hop.seconds), *change, stated_by])
    )
    with open(DOCS, encoding="utf-8") as file:
        assert row in file.read()


def test_names_and_numbers():
    for name, hop in HOPS.items():
        assert name == name.lower()
        assert hop.title
        assert hop.seconds >= 60
