# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later

import pytest
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot import _tuned_version
from ansible_collections.netops.tcp_keepalive.plugins.module_utils._boot._tree import Tree

PACKAGE = "/usr/lib/python3.9/site-packages/tuned"
SOURCES = [
    (_tuned_version.V2_11, ("", "", "", "")),
    (_tuned_version.V2_22, ('tr(option, "./", "/.")', "", "", "")),
    (_tuned_version.V2_23, ('"./"', "", "_priority", "CFG_PROFILE_DIRS")),
    (
        _tuned_version.V2_28,
        (
            '"./" CFG_REAPPLY_SYSCTL_EXCLUDE sysctl_settings',
            "unit.priority PLUGIN_VARIABLES_UNIT_NAME",
            "_priority",
            "CFG_PROFILE_DIRS",
        ),
    ),
]


@pytest.mark.parametrize("expected, sources", SOURCES)
def test_by_its_source(host, expected, sources):
    for path, text in zip(("plugins/plugin_sysctl", "profiles/merger", "profiles/unit", "consts"), sources):
        host.put(f"{PACKAGE}/{path}.py", text.encode())
    assert _tuned_version.candidates(Tree(host.root)) == [expected]


@pytest.mark.parametrize(
    "folder, versions",
    [
        ("/etc/tuned/web", [_tuned_version.V2_11, _tuned_version.V2_22]),
        ("/etc/tuned/profiles", [_tuned_version.V2_23, _tuned_version.V2_28]),
    ],
)
def test_candidates_without_its_source(host, folder, versions):
    host.put(folder + "/x", b"")
    assert _tuned_version.candidates(Tree(host.root)) == versions
