# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The execution environment's build context. No image is built, as there is no container engine here."""

import re
import shlex

import pytest
import yaml
from conftest import FLEET, ROOT, succeed
from galaxy import URL

IMAGES_COLLECTIONS = "/usr/share/ansible/collections"


@pytest.fixture(scope="module")
def context(tmp_path_factory):
    """Return the folder that `ansible-builder create` generates from the example."""
    folder = tmp_path_factory.mktemp("context")
    definition = FLEET / "execution-environment.yml"
    output = ["--context", folder, "--output-filename", "Containerfile"]
    succeed("ansible-builder", "create", "--file", definition, *output, cwd=FLEET)
    return folder


def test_build_context_holds_the_examples_requirements(context):
    recipe = (context / "Containerfile").read_text()
    assert re.search(
        r'^ARG ANSIBLE_INSTALL_REFS="ansible-core~=\S+ ansible-runner~=\S+"$', recipe, re.MULTILINE
    )
    assert "ansible-galaxy collection install" in recipe
    assert (context / "_build/requirements.yml").read_text() == (
        FLEET / "collections/requirements.yml"
    ).read_text()
    assert (context / "_build/bindep.txt").read_text() == "openssh-clients"


def test_recipe_installs_the_collection_without_dependencies(context, galaxy, tmp_path):
    (line,) = re.findall(
        r"^RUN (.*ansible-galaxy collection install.*)$",
        (context / "Containerfile").read_text(),
        re.MULTILINE,
    )
    assert IMAGES_COLLECTIONS in line
    collections = tmp_path / "collections"
    # An image has no collections yet.
    environment = {
        "ANSIBLE_COLLECTIONS_SCAN_SYS_PATH": "false",
        "ANSIBLE_COLLECTIONS_PATH": str(collections),
        "ANSIBLE_GALAXY_SERVER": f"{URL}/api/",
        "ANSIBLE_HOME": str(tmp_path / "home"),
    }
    command = line.replace(IMAGES_COLLECTIONS, shlex.quote(str(collections)))
    with galaxy.serve() as server:
        try:
            succeed("sh", "-ec", command, cwd=context / "_build", **environment)
        finally:
            server.terminate()
    installed = collections / "ansible_collections/netops/tcp_keepalive"
    definition = (ROOT / "meta/execution-environment.yml").read_text()
    assert (installed / "meta/execution-environment.yml").read_text() == definition

    # The packages that the image gets for its collections.
    packages = succeed("python", context / "_build/scripts/introspect.py", "introspect", collections)
    assert yaml.safe_load(packages) == {"python": [], "system": []}
