# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audit's page as the playbook's own tasks make it, in headless Chromium."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

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
    - set_fact:
        tcp_keepalive_audit: "{{{{ lookup('ansible.builtin.file', file) | from_json }}}}"
    - import_tasks: {}/playbooks/tasks/report.yml
"""


def pytest_addoption(parser):
    parser.addoption("--write", action="store_true", help="update the screenshot in docs")


class Rendered(NamedTuple):
    page: Path
    seconds: float  # from the task that compiles the report to the end of the play


def render(fleet: dict, folder: Path) -> Rendered:
    """Return the page for hosts with these results and variables.

    The results are read with a lookup, whose text is never taken for a template, as with a module's result.
    """
    hosts = {}
    for number, (name, variables) in enumerate(fleet.items()):
        (folder / f"{number}.json").write_text(json.dumps(variables.pop("tcp_keepalive_audit")))
        hosts[name] = {**variables, "file": f"{folder}/{number}.json"}
    (folder / "inventory.json").write_text(json.dumps({"all": {"hosts": hosts}}))
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
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, "PWD": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    printed, started = "", None
    for line in process.stdout:
        printed += line
        if started is None and line.startswith("TASK [Compile the report"):
            started = time.monotonic()
    assert process.wait() == 0, printed
    return Rendered(folder / "audit/audit.html", time.monotonic() - started)


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
        page.goto(f"{pages(fleet).page.as_uri()}{fragment}")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert messages == []
    assert [url for url in requests if not url.startswith(("file:", "data:"))] == []
    assert len([url for url in requests if url.startswith("file:")]) == len(contexts)
