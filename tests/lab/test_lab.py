# SPDX-FileCopyrightText: 2026 The netops.tcp_keepalive authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the docs claim about keepalive, measured on a real kernel."""

import pytest
from cases import CASES


@pytest.mark.parametrize("name", CASES)
def test_measurement_is_as_expected(results, name):
    case = results[name]
    print(f"{case['shows']}: expected {case['expected']}, measured {case['measured']}")
    assert case["holds"], case
