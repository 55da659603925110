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


def test_nothing_is_lost_after_success(cuts):
    succeeded = [cut["boot"] for cut in cuts["ours"] if cut["succeeded"]]
    assert len(succeeded) >= CUTS
    assert all(boot == ASKED for boot in succeeded)


def test_no_file_is_ever_torn(cuts):
    whole = {cut["file"] for cut in cuts["ours"][:CUTS]}
    assert len(whole) == 1
    assert "= 120" in next(iter(whole))
    during = cuts["ours"][CUTS:]
    assert len(during) == CUTS
    for cut in during:
        assert cut["boot"] in (EARLIER, ASKED)
        assert cut["file"].startswith("# earlier\n") if cut["boot"] == EARLIER else cut["file"] in whole


def test_of_the_peer_it_is_told(cuts, capsys):
    for what in cuts:
        succeeded = [cut for cut in cuts[what] if cut["succeeded"]]
        during = [cut for cut in cuts[what] if not cut["succeeded"]]
        lost = sum(cut["boot"] != ASKED for cut in succeeded)
        mixed = sum(cut["boot"] not in (EARLIER, ASKED) for cut in during)
        told = f"{len(succeeded)} cuts after success, {lost} lost; {len(during)} during, {mixed} neither old nor new"
        with capsys.disabled():
            print(f"\n{cuts[what][0]['host']}, {what}: {told}")
    assert len(cuts["peer"]) == 2 * CUTS
