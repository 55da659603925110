# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot import _patterns
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._errors import CannotPredict


@pytest.mark.parametrize(
    "pattern, path, matches",
    [
        ("net/ipv4/*", "net/ipv4/x", True),
        ("net/*", "net/ipv4/x", False),
        ("*/*/x", "net/ipv4/x", True),
        ("net/ipv4/[!y]", "net/ipv4/x", True),
        ("net/ipv4/[^x]", "net/ipv4/x", False),
        ("net/ipv4/?", "net/ipv4/x", True),
        ("net/ipv4/[", "net/ipv4/x", False),
        ("net/ipv6/*", "net/ipv4/x", False),
        ("net/ipv4/x", "net/ipv4/x", True),
        ("net/ipv4/x/*", "net/ipv4/x", False),
        # An unclear pattern matters only where everything else matches.
        ("net/ipv6/\\*", "net/ipv4/x", False),
    ],
)
def test_patterns(pattern, path, matches):
    assert bool(_patterns.matches(pattern, path)) is matches


@pytest.mark.parametrize(
    "text, expanded",
    [("a", ["a"]), ("a{b,c}d", ["abd", "acd"]), ("{,x}", ["", "x"]), ("a{b}c", ["abc"]), ("a{}c", ["ac"])],
)
def test_braces(text, expanded):
    assert _patterns.expand_braces(text) == expanded


@pytest.mark.parametrize("text", ["{a,b}{c,d}", "{a,{b,c}}", "a{b,c", "{a}{b,c}"])
def test_braces_that_tools_may_expand_differently(text):
    with pytest.raises(CannotPredict, match="braces"):
        _patterns.expand_braces(text)


@pytest.mark.parametrize("pattern", ["net/ipv4/\\*", "net/ipv4/[[:alpha:]]"])
def test_patterns_that_python_reads_differently_are_refused(pattern):
    with pytest.raises(CannotPredict, match="the pattern"):
        _patterns.matches(pattern, "net/ipv4/x")
