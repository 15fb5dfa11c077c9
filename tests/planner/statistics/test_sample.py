import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact as scipy_fisher

from library.errors import UsageError
from planner.statistics.rule import Outcome
from planner.statistics.sample import fisher_exact, gather
from tests.planner.statistics.runs import runs


def test_seeds_are_paired_and_the_direction_turned():
    left, right = runs("a", [1.0, 2.0, 3.0]), runs("b", [1.5, 2.0, 1.0])
    assert gather("increase", "seed", left, right).differences == (0.5, 0.0, -2.0)
    assert gather("decrease", "seed", left, right).differences == (-0.5, 0.0, 2.0)


def test_pairs_come_in_the_order_in_which_they_were_completed():
    left = runs("a", [1.0, 2.0, 3.0])
    right = [Outcome("b", "2", 13.0), Outcome("b", "0", 11.0), Outcome("b", "1", 22.0)]
    # Seed 0 is complete at the second place, 1 and 2 at the third.
    assert gather("increase", "seed", left, right).differences == (10.0, 20.0, 10.0)


def test_what_is_left_out_is_counted_and_said():
    left = [*runs("a", [1.0, 2.0, 3.0, 4.0]), Outcome("a", "9", 1.0)]
    right = [
        *runs("b", [1.0, None, float("inf"), 4.0]),
        Outcome("b", "5", 7.0),
        Outcome("b", "6", 1.0, "excluded", "wrong data"),
        Outcome("b", "7", None, "crashed"),
    ]
    sample = gather("increase", "seed", left, right)
    assert sample.differences == (0.0, 0.0)
    count = sample.treatment_count
    assert (count.usable, count.nan, count.crashed, count.excluded, count.unmatched) == (3, 2, 1, 1, 1)
    assert (count.failed, count.tried) == (3, 6)
    assert sample.baseline_count.unmatched == 3
    assert sample.tried_seeds == 5, "the arm that has fewer is what is waited for"
    text = " ".join(sample.warnings)
    assert "1 run of b excluded: wrong data." in text
    assert "3 seeds of a without a partner" in text
    assert "1 seed of b without a partner" in text
    assert "b: 1 crashed and 2 without a finite value, of 6 runs." in text
    assert "fail at different rates (0/5 against 3/6" in text


def test_equal_failure_rates_are_counted_but_not_called_different():
    crash = [Outcome("a", "9", None, "crashed")], [Outcome("b", "8", None, "crashed")]
    sample = gather("increase", "seed", runs("a", [1.0]) + crash[0], runs("b", [1.0]) + crash[1])
    assert "crashed" in " ".join(sample.warnings)
    assert "different rates" not in " ".join(sample.warnings)


def test_repeated_seeds_are_averaged_and_a_retried_crash_counts_as_both():
    right = [Outcome("b", "0", None, "crashed"), Outcome("b", "0", 3.0), Outcome("b", "0", 5.0), Outcome("b", "1", 1.0)]
    sample = gather("increase", "seed", runs("a", [0.0, 0.0]), right)
    assert sorted(sample.differences) == [1.0, 4.0]
    assert (sample.treatment_count.crashed, sample.treatment_count.repeated) == (1, 1)
    assert "1 repeated value of a seed in b: averaged within the seed; 1 seed with differing values." in sample.warnings
    equal = gather("increase", "seed", runs("a", [0.1]), runs("b", [0.3]) * 3)
    assert equal.treatment == (0.3,)
    assert "with equal values" in " ".join(equal.warnings)


def test_unknown_seeds_are_values_but_never_pairs():
    sample = gather("increase", "seed", [Outcome("a", "", 1.0)] * 3, [Outcome("b", "", 2.0)] * 4)
    assert sample.differences == ()
    assert (sample.baseline, sample.treatment) == ((1.0,) * 3, (2.0,) * 4)
    assert sample.baseline_count.unmatched == 0


def test_pairing_that_the_rule_rules_out_is_not_done():
    assert gather("increase", "none", runs("a", [1.0]), runs("b", [2.0])).differences == ()


def test_mixed_or_equal_arms_are_refused():
    with pytest.raises(UsageError, match="several arms: a, b"):
        gather("increase", "seed", runs("a", [1.0]) + runs("b", [1.0]), runs("c", [1.0]))
    with pytest.raises(UsageError, match="with itself"):
        gather("increase", "seed", runs("a", [1.0]), runs("a", [1.0]))


def test_nothing_at_all_is_a_sample_too():
    sample = gather("increase", "seed", [], [])
    assert (sample.differences, sample.baseline, sample.treatment, sample.warnings) == ((), (), (), ())


@given(st.integers(0, 12), st.integers(0, 12), st.integers(0, 12), st.integers(0, 12))
def test_fisher_equals_scipy(a, b, c, d):
    if a + b and c + d:
        assert fisher_exact(a, a + b, c, c + d) == pytest.approx(scipy_fisher([[a, b], [c, d]])[1], abs=1e-9)


@given(st.randoms(use_true_random=False), st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=8))
def test_the_order_of_outcomes_changes_nothing_but_the_order_of_pairs(rng: random.Random, values):
    left, right = runs("a", [0.0] * len(values)), runs("b", values)
    one = gather("increase", "seed", left, right)
    rng.shuffle(left)
    rng.shuffle(right)
    other = gather("increase", "seed", left, right)
    assert sorted(one.differences) == sorted(other.differences)
    assert (one.baseline, one.treatment, one.warnings) == (other.baseline, other.treatment, other.warnings)
