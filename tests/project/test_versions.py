# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sessions, versions and hosts that the documents and the workflow name are those that are run."""

import re
from pathlib import Path

import pytest
import yaml

import noxfile

ROOT = Path(__file__).parents[2]

README, TESTING = ((ROOT / name).read_text() for name in ("README.md", "docs/testing.md"))
SCENARIOS = "pytest -v -s tests/scenarios"
# No interpreter is available for these on the workflow's machines.
TOO_OLD_FOR_THE_WORKFLOW = {"3.6", "3.7"}


@pytest.fixture(scope="module")
def job():
    return yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())["jobs"]["check"]


def rows(text, head):
    """Return the cells of the only table whose first column has this header."""
    (table,) = re.findall(rf"^\| {re.escape(head)} \|.*\n\|[-|]+\|\n((?:\|.*\n)+)", text, re.MULTILINE)
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()]


def test_table_of_versions_in_the_readme_is_what_the_sessions_run():
    named = {core: (python, targets.split(", ")) for core, python, targets in rows(README, "ansible-core")}
    assert {core: targets for core, (_python, targets) in named.items()} == {
        core: targets for core, (_pythons, targets) in noxfile.CORES.items()
    }
    assert not [core for core, (python, _targets) in named.items() if python not in noxfile.CORES[core][0]]


def test_oldest_core_is_what_the_collection_requires():
    required = yaml.safe_load((ROOT / "meta/runtime.yml").read_text())["requires_ansible"]
    assert required == f">={noxfile.OLDEST.rpartition('.')[0]}.0"


def test_newest_core_is_what_make_installs():
    assert f"ansible-core=={next(iter(noxfile.CORES))};" in (ROOT / "requirements/run.in").read_text()


def test_workflow_runs_every_session_and_the_scenarios(job):
    sessions = [f"nox -s {session}" for session in noxfile.nox.options.sessions]
    assert sorted(job["strategy"]["matrix"]["check"]) == sorted([*sessions, SCENARIOS])


def test_workflow_installs_every_python_of_a_target(job):
    (installed,) = [
        step["with"]["python-version"].split()
        for step in job["steps"]
        if "python-version" in step.get("with", {})
    ]
    assert set(installed) == set(noxfile.TARGETS) - TOO_OLD_FOR_THE_WORKFLOW
    assert all(set(installed) & set(pythons) for pythons, _targets in noxfile.CORES.values())


def test_every_session_is_in_the_document_on_testing():
    named = " ".join(re.findall(r"`nox -s ([\w ]+)`", TESTING)).split()
    assert sorted(set(named)) == sorted(noxfile.nox.options.sessions)


def test_table_of_hosts_is_what_the_scenarios_boot():
    booted = {
        (platform["image"], path.parent.name)
        for path in ROOT.glob("molecule/*/molecule.yml")
        for platform in yaml.safe_load(path.read_text())["platforms"]
    }
    named = {
        (image.strip("`"), name)
        for _what, image, names in rows(TESTING, "host")
        for name in names.split(", ")
    }
    assert named == booted
