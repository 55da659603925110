# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._tuned_variables import Variables


@pytest.mark.parametrize(
    "variables, text, expanded",
    [
        ({}, "600", "600"),
        ({}, "${a}", "${a}"),
        ({"a": "6"}, "${a}00", "600"),
        ({"a": "6", "b": "7"}, "${a}${b}", "67"),
        ({"a": "6", "b": "${a}0"}, "${b}", "60"),
        ({"b": "${a}0", "a": "6"}, "${b}", "${a}0"),
        ({"a": "6"}, r"\${a}", "${a}"),
        ({"a": None}, "${a}", "${a}"),
        ({"a-b": "6"}, "${a-b}", "${a-b}"),
        ({"a": r"\1"}, "${a}", r"\1"),
        ({}, "${f:exec:ls}", None),
        ({}, r"\${f:exec:ls}", "${f:exec:ls}"),
        ({"a": "${f:exec:ls}"}, "${a}", None),
        ({"a": "${f:exec:ls}", "b": "${a}"}, "${b}", None),
        ({"a": "${f:exec:ls}"}, "600", "600"),
        ({"v0": "00", **{f"v{n}": f"${{v{n - 1}}}" * 2 for n in range(1, 90)}}, "${v89}", None),
    ],
)
def test_expand(variables, text, expanded):
    known = Variables()
    known.add(variables)
    assert known.expand(text) == expanded
