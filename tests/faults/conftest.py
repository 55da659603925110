import pytest
from host import Host


def pytest_terminal_summary(terminalreporter):
    counts = [
        dict(report.user_properties).get("faults", 0) for report in terminalreporter.stats.get("passed", [])
    ]
    terminalreporter.write_line(f"{sum(counts)} faults were injected, each into a run of its own.")


@pytest.fixture(scope="session")
def hosts():
    """Return a function that opens the host of a suite, once."""
    opened = {}

    def host(suite):
        if suite not in opened:
            opened[suite] = Host(suite)
        return opened[suite]

    yield host
    for one in opened.values():
        one.close()
