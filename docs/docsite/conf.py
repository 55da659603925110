# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sphinx's configuration of the documentation site, which `nox -s docsite` builds."""

import os
import re
from pathlib import Path, PurePosixPath

ROOT = Path(os.environ["DOCSITE_ROOT"])
FILES = "https://github.com/netops/tcp_keepalive/blob/main"

project = "netops.tcp_keepalive"
copyright = "2026 The netops.tcp_keepalive authors"
title = html_short_title = "netops.tcp_keepalive"
extensions = ["myst_parser", "sphinx_antsibull_ext"]
html_theme = "sphinx_ansible_theme"
html_show_sphinx = False
html_use_index = False
html_copy_source = False
pygments_style = "ansible"
highlight_language = "YAML+Jinja"
default_role = "any"
myst_heading_anchors = 3
nitpicky = True
# Ansible's own documentation, which a build without a network cannot look up.
nitpick_ignore_regex = [
    ("std:ref", r"ansible_collections\.ansible\..*"),
    ("std:ref", r"action_plugins|ansible_configuration_settings|common_return_values"),
]


def link_files_of_the_repository(_app, docname, source):
    """Make links to files outside docs/ links to the repository; an error if there is no such file."""
    if not docname.startswith("docs/"):
        return
    folder = PurePosixPath(docname).parent

    def link(match):
        path = os.path.normpath(folder / match["path"])
        if path.startswith("docs/"):
            return match[0]
        if not (ROOT / path).exists():
            raise FileNotFoundError(f"{docname}: {match['path']}")
        return f"]({FILES}/{path}{match['anchor'] or ''})"

    source[0] = re.sub(r"\]\((?P<path>\.\./[^)#]+)(?P<anchor>#[^)]*)?\)", link, source[0])


def setup(app):
    app.connect("source-read", link_files_of_the_repository)
