# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit's page as the playbook's own tasks make it, in headless Chromium."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parents[2]
# Without these it contacts its vendor at every start.
QUIET = [
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PLAY = """
- hosts: all
  gather_facts: false
  tasks:
    - import_tasks: {}/playbooks/tasks/report.yml
"""


def pytest_addoption(parser):
    parser.addoption("--write", action="store_true", help="update the screenshot in docs")


def render(fleet: dict, folder: Path) -> Path:
    """Return the page for hosts with these results and variables.

    The results are read with a lookup, whose text is never taken for a template, as with a module's result.
    """
    hosts = {}
    for number, (name, variables) in enumerate(fleet.items()):
        (folder / f"{number}.json").write_text(json.dumps(variables.pop("tcp_keepalive_audit")))
        hosts[name] = {**variables, "result": f"{folder}/{number}.json"}
    result = "{{ lookup('ansible.builtin.file', result) | from_json }}"
    (folder / "inventory.json").write_text(
        json.dumps({"all": {"hosts": hosts, "vars": {"tcp_keepalive_audit": result}}})
    )
    (folder / "templates").symlink_to(ROOT / "playbooks/templates")
    (folder / "play.yml").write_text(PLAY.format(ROOT))
    command = [
        Path(sys.executable).parent / "ansible-playbook",
        "-i",
        "inventory.json",
        "play.yml",
        "-e",
        f"tcp_keepalive_audit_folder={folder}/audit",
    ]
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PWD": str(folder)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "audit/audit.html"


@pytest.fixture(scope="session")
def pages(tmp_path_factory):
    """Return a function that returns the page of a fleet of fleet.py, rendered once."""
    rendered = {}

    def page(fleet):
        if fleet not in rendered:
            rendered[fleet] = render(fleet(), tmp_path_factory.mktemp(fleet.__name__))
        return rendered[fleet]

    return page


@pytest.fixture(scope="session")
def browser():
    chromium = shutil.which("chromium")
    assert chromium, "Missing: run as root: apt-get install --no-install-recommends chromium"
    with sync_playwright() as playwright:
        sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
        launched = playwright.chromium.launch(executable_path=chromium, args=[*sandbox, *QUIET])
        yield launched
        launched.close()


@pytest.fixture
def visit(browser, pages):
    """Return a function that opens the page of a fleet; in the end, no message and no request is allowed."""
    contexts, messages, requests = [], [], []

    def opened(fleet, fragment="", **options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: messages.append(message.text))
        page.on("pageerror", lambda error: messages.append(str(error)))
        page.on("dialog", lambda dialog: messages.append(dialog.message))
        page.on("request", lambda request: requests.append(request.url))
        page.goto(f"{pages(fleet).as_uri()}{fragment}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert messages == []
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []
    assert len([url for url in requests if url.startswith("file:")]) == len(contexts)
