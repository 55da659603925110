"""What was left after the cuts: of ours, all that was reported, and never a part; of the peer, whatever it was, told."""

import json
import os
from pathlib import Path

import pytest

EARLIER, ASKED = [600, 60, 5], [120, 30, 4]
CUTS = int(os.environ.get("CUTS", "3"))


@pytest.fixture
def cuts(host):
    """Return the records of the cuts by playbook."""
    folder = Path(os.environ["MOLECULE_EPHEMERAL_DIRECTORY"])
    name = host.backend.get_hostname()
    return {
        what: [json.loads(line) for line in (folder / f"{name}.{what}.jsonl").read_text().splitlines()]
        for what in ("ours", "peer")
    }


def succeeded(cuts):
    return [cut for cut in cuts if cut["succeeded"]]


def interrupted(cuts):
    return [cut for cut in cuts if not cut["succeeded"]]


def test_nothing_is_lost_after_success(cuts):
    assert len(succeeded(cuts["ours"])) >= CUTS
    assert all(cut["boot"] == ASKED for cut in succeeded(cuts["ours"]))


def test_no_file_is_ever_torn(cuts):
    whole = {cut["file"] for cut in succeeded(cuts["ours"])}
    assert len(whole) == 1
    assert "= 120" in next(iter(whole))
    assert len(interrupted(cuts["ours"])) == CUTS
    for cut in interrupted(cuts["ours"]):
        assert cut["boot"] in (EARLIER, ASKED)
        assert cut["file"].startswith("# earlier\n") if cut["boot"] == EARLIER else cut["file"] in whole


def test_of_the_peer_it_is_told(cuts, capsys):
    for what, records in cuts.items():
        lost = sum(cut["boot"] != ASKED for cut in succeeded(records))
        mixed = sum(cut["boot"] not in (EARLIER, ASKED) for cut in interrupted(records))
        told = f"{len(succeeded(records))} cuts after success, {lost} lost"
        told += f"; {len(interrupted(records))} during, {mixed} neither old nor new"
        with capsys.disabled():
            print(f"\n{records[0]['host']}, {what}: {told}")
    assert len(interrupted(cuts["peer"])) == CUTS
