"""The execution environment up to where a container engine begins: there is none here, so no image is built."""

import re
import shlex

import pytest
import yaml
from conftest import FLEET, ROOT, succeed
from galaxy import URL

IMAGES_COLLECTIONS = "/usr/share/ansible/collections"


@pytest.fixture(scope="module")
def context(tmp_path_factory):
    """Return the folder that `ansible-builder create` makes of the example."""
    folder = tmp_path_factory.mktemp("context")
    definition = FLEET / "execution-environment.yml"
    output = ["--context", folder, "--output-filename", "Containerfile"]
    succeed("ansible-builder", "create", "--file", definition, *output, cwd=FLEET)
    return folder


def test_build_context(context):
    recipe = (context / "Containerfile").read_text()
    assert re.search(
        r'^ARG ANSIBLE_INSTALL_REFS="ansible-core~=\S+ ansible-runner~=\S+"$', recipe, re.MULTILINE
    )
    assert "ansible-galaxy collection install" in recipe
    assert (context / "_build/requirements.yml").read_text() == (
        FLEET / "collections/requirements.yml"
    ).read_text()
    assert (context / "_build/bindep.txt").read_text() == "openssh-clients"


def test_collection_installs_as_the_recipe_says_and_needs_nothing_more(context, galaxy, tmp_path):
    (line,) = re.findall(
        r"^RUN (.*ansible-galaxy collection install.*)$",
        (context / "Containerfile").read_text(),
        re.MULTILINE,
    )
    assert IMAGES_COLLECTIONS in line
    collections = tmp_path / "collections"
    # An image has no collection yet, and finds this one on this machine.
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
    assert (installed / "meta/execution-environment.yml").read_text() == (
        ROOT / "meta/execution-environment.yml"
    ).read_text()

    # What goes into the image on behalf of its collections.
    needed = succeed("python", context / "_build/scripts/introspect.py", "introspect", collections)
    assert yaml.safe_load(needed) == {"python": [], "system": []}
