"""What the docs say of keepalive, on real kernels."""

import pytest
from cases import CASES


@pytest.mark.parametrize("name", CASES)
def test_case(results, name):
    case = results[name]
    print(f"{case['shows']}: expected {case['expected']}, measured {case['measured']}")
    assert case["holds"], case
