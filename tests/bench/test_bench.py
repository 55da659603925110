"""What does not depend on how busy the machine is: the counts. Times are for docs/performance.md."""

from comparison import CHANGING, CONTENDERS, PING, UNCHANGED

# The bytes of an execution beside those of ping.
LARGEST_PAYLOAD = 1.37


def test_everyone_was_measured(results):
    for by_contender in results.usage.values():
        for contender, used in by_contender.items():
            assert all(one.seconds > 0 and one.processor > 0 and one.memory > 2**20 for one in used), (
                contender
            )
    assert set(results.counts) == set(CONTENDERS)


def test_one_execution_to_a_host(results):
    assert [results.counts[one].executions for one in (PING, UNCHANGED, CHANGING)] == [1, 1, 1]


def test_payload(results):
    ratios = [results.counts[one].payload / results.counts[PING].payload for one in (UNCHANGED, CHANGING)]
    assert 1 < max(ratios) <= LARGEST_PAYLOAD
