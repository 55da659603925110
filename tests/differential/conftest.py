import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from tools import SUITES, Suite


@pytest.fixture(scope="session")
def suites():
    opened = [Suite(name) for name in SUITES]
    yield opened
    for suite in opened:
        suite.close()
