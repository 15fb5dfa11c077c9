import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.statistics.solve import root, smallest


@given(st.floats(-100, 100))
def test_roots_are_found_to_the_last_bits(target):
    assert root(lambda x: math.atan(x - target), -101, 101) == pytest.approx(target, abs=1e-12)
    assert root(lambda x: target - x, -101, 101) == pytest.approx(target, abs=1e-12)


def test_roots_at_the_ends_and_nowhere():
    assert root(lambda x: x, 0.0, 1.0) == 0.0
    assert root(lambda x: x - 1, 0.0, 1.0) == 1.0
    with pytest.raises(ValueError, match="no change of sign"):
        root(lambda x: x + 2, 0.0, 1.0)


@given(st.integers(0, 300), st.integers(0, 100), st.integers(0, 300))
def test_smallest_is_the_first_that_holds(border, low, most):
    expected = next((n for n in range(low, most + 1) if n >= border), None)
    assert smallest(lambda n: n >= border, low, most) == expected
