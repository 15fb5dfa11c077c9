import itertools

import numpy as np
import pytest
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.statistics.permutation import FLIPS, sign_flip

RNG = np.random.default_rng(6)


def brute_force(differences) -> float:
    seen = abs(sum(differences))
    signs = list(itertools.product((-1, 1), repeat=len(differences)))
    return sum(abs(float(np.dot(one, differences))) >= seen * (1 - 1e-12) for one in signs) / len(signs)


@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=10))
def test_every_sign_assignment_is_counted(differences):
    assert sign_flip([float(value) for value in differences]) == (
        pytest.approx(brute_force(differences), abs=1e-12),
        "exact",
    )


@pytest.mark.parametrize("n", [1, 2, 3, 6, 9, 13])
def test_real_valued_differences_equal_brute_force_and_scipy(n):
    differences = RNG.normal(0.5, 1, n)
    p, how = sign_flip(differences.tolist())
    assert how == "exact"
    assert p == pytest.approx(brute_force(differences), abs=1e-12)
    if n > 1:
        oracle = scipy.stats.permutation_test(
            (differences,), np.mean, permutation_type="samples", n_resamples=np.inf, alternative="two-sided"
        )
        assert p == pytest.approx(oracle.pvalue, abs=1e-12)


def test_the_smallest_p_is_two_in_all():
    for n in range(1, 12):
        assert sign_flip([1.0] * n)[0] == 2 / 2**n
    assert sign_flip([1e300] * 7)[0] == 2 / 2**7


def test_forty_pairs_are_still_exact_against_a_recount_over_whole_numbers():
    differences = RNG.integers(-3, 5, 40)
    # The distribution of Σ ±dᵢ by adding one seed after the other.
    ways = {0: 1}
    for size in map(abs, differences.tolist()):
        step: dict[int, int] = {}
        for total, count in ways.items():
            for after in (total - size, total + size):
                step[after] = step.get(after, 0) + count
        ways = step
    seen = abs(int(differences.sum()))
    expected = sum(count for total, count in ways.items() if abs(total) >= seen) / 2**40
    assert sign_flip(differences.astype(float).tolist()) == (pytest.approx(expected, rel=1e-12), "exact")


def test_beyond_forty_pairs_flips_are_drawn_with_a_fixed_seed_and_say_so():
    differences = RNG.normal(0.25, 1, 60).tolist()
    p, how = sign_flip(differences)
    assert how.startswith(f"{FLIPS:,} random sign flips")
    assert sign_flip(differences[::-1]) == (p, how)
    z = abs(sum(differences)) / np.sqrt(np.sum(np.square(differences)))
    assert p == pytest.approx(2 * scipy.stats.norm.sf(z), abs=0.01)
    assert sign_flip([5.0] * 50)[0] == 1 / (FLIPS + 1)


@settings(max_examples=50)
@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=12), st.floats(1e-3, 1e3))
def test_turning_all_signs_or_the_unit_changes_nothing(differences, unit):
    p = sign_flip(differences)[0]
    assert sign_flip([-value for value in differences])[0] == p
    assert sign_flip(differences[::-1])[0] == p
    assert sign_flip([value * unit for value in differences])[0] == pytest.approx(p, abs=1e-9)


def test_no_effect_at_all_and_no_data():
    assert sign_flip([0.0] * 8) == (1.0, "exact")
    assert sign_flip([1.0, -1.0])[0] == 1.0
    with pytest.raises(ValueError, match="no differences"):
        sign_flip([])


def test_thousands_of_pairs_take_fewer_flips_and_little_memory():
    differences = np.random.default_rng(4).normal(0.02, 1, 5000).tolist()
    p, how = sign_flip(differences)
    assert how.startswith("9,999 random sign flips")
    assert p == pytest.approx(scipy.stats.ttest_1samp(differences, 0).pvalue, abs=0.02)
