# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""After the cuts: nothing reported by us is lost, no file is partial, and the peer's losses are printed."""

import json
import os
from pathlib import Path

import pytest

EARLIER, ASKED = [600, 60, 5], [109, 26, 4]
CUTS = int(os.environ.get("CUTS", "2"))


@pytest.fixture
def cuts(host):
    """Return the records of the cuts by playbook."""
    folder = Path(os.environ["MOLECULE_EPHEMERAL_DIRECTORY"])
    name = host.backend.get_hostname()
    return {
        playbook: [
            json.loads(line) for line in (folder / f"{name}.{playbook}.jsonl").read_text().splitlines()
        ]
        for playbook in ("ours", "peer")
    }


def succeeded(cuts):
    return [cut for cut in cuts if cut["succeeded"]]


def interrupted(cuts):
    return [cut for cut in cuts if not cut["succeeded"]]


def test_nothing_is_lost_after_success(cuts):
    assert len(succeeded(cuts["ours"])) >= CUTS
    assert all(cut["boot"] == ASKED for cut in succeeded(cuts["ours"]))


def test_no_file_is_ever_partial(cuts):
    whole = {cut["file"] for cut in succeeded(cuts["ours"])}
    assert len(whole) == 1
    assert "= 109" in next(iter(whole))
    assert len(interrupted(cuts["ours"])) == CUTS
    for cut in interrupted(cuts["ours"]):
        assert cut["boot"] in (EARLIER, ASKED)
        assert cut["file"].startswith("# earlier\n") if cut["boot"] == EARLIER else cut["file"] in whole


def test_losses_of_both_are_printed(cuts, capsys):
    for playbook, records in cuts.items():
        lost = sum(cut["boot"] != ASKED for cut in succeeded(records))
        mixed = sum(cut["boot"] not in (EARLIER, ASKED) for cut in interrupted(records))
        summary = f"{len(succeeded(records))} cuts after success, {lost} lost"
        summary += f"; {len(interrupted(records))} cuts during the play, {mixed} neither old nor new"
        with capsys.disabled():
            print(f"\n{records[0]['host']}, {playbook}: {summary}")
    assert len(interrupted(cuts["peer"])) == CUTS
