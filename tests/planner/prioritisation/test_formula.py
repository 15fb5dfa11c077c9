"""The value of information against exact fractions, against the plain formula, and against simulated decisions."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.prioritisation.formula import belief, information, worth

probabilities = st.floats(0.001, 0.999)
amounts = st.floats(0, 1000)


def published(prior: float, payoff: float, loss: float, power: float, alpha: float) -> tuple[float, float]:
    """EVSI as it is published, and the chance to change the decision, in exact arithmetic."""
    p, gain, cost, pi, a = (Fraction(number) for number in (prior, payoff, loss, power, alpha))
    pre = max(Fraction(0), p * gain - (1 - p) * cost)
    adopt = p * gain - (1 - p) * cost > 0
    evsi, chance = -pre, Fraction(0)
    positive = p * pi + (1 - p) * a
    for result, joint in ((positive, p * pi), (1 - positive, p * (1 - pi))):
        if result:
            after = joint / result
            net = after * gain - (1 - after) * cost
            evsi += result * max(Fraction(0), net)
            chance += result if (net > 0) != adopt else 0
    return float(evsi), float(chance)


@given(probabilities, amounts, amounts, probabilities, probabilities)
def test_evsi_equals_the_published_formula(
    prior: float, payoff: float, loss: float, power: float, alpha: float
) -> None:
    found = worth(prior, payoff, loss, power, alpha)
    evsi, chance = published(prior, payoff, loss, power, alpha)
    assert found.evsi == pytest.approx(evsi, abs=1e-9, rel=1e-9)
    # Where an action after a result comes to nothing either way, rounding may pick either: it then gains nothing.
    assert found.chance == pytest.approx(chance, abs=1e-9) or found.evsi < 1e-9


def test_a_case_by_hand() -> None:
    """p .3, V 10, L 6: today −1.2, so not adopted. Positive .3·.8 + .7·.05 = .275, then 2.4 − .21 = 2.19."""
    found = worth(0.3, 10, 6, 0.8, 0.05)
    assert not found.adopt_today
    assert found.chance == pytest.approx(0.275, abs=1e-12)
    assert found.evsi == pytest.approx(2.19, abs=1e-12)
    after = belief(0.3, 0.8, 0.05)
    assert after.positive == pytest.approx(0.275, abs=1e-12)
    assert after.after_positive == pytest.approx(0.24 / 0.275, abs=1e-12)
    assert after.after_negative == pytest.approx(0.06 / 0.725, abs=1e-12)


def test_a_negative_result_may_be_the_one_that_changes_the_decision() -> None:
    """p .6, V 10, L 8: today 2.8, adopted. Negative .6·.2 + .4·.95 = .5, then 1.2 − 3.04 = −1.84."""
    found = worth(0.6, 10, 8, 0.8, 0.05)
    assert found.adopt_today
    assert found.chance == pytest.approx(0.5, abs=1e-12)
    assert found.evsi == pytest.approx(1.84, abs=1e-12)


def test_a_result_that_changes_nothing_is_worth_exactly_nothing() -> None:
    assert worth(0.9, 10, 1, 0.8, 0.05).evsi == 0
    assert worth(0.9, 10, 1, 0.8, 0.05).chance == 0
    assert worth(0.01, 1, 100, 0.8, 0.05).evsi == 0


@pytest.mark.parametrize(
    ("prior", "payoff", "loss", "power", "alpha"),
    [(0.3, 10, 6, 0.8, 0.05), (0.6, 10, 8, 0.8, 0.05), (0.5, 3, 3, 0.4, 0.1), (0.9, 10, 1, 0.8, 0.05)],
)
def test_evsi_is_what_deciders_gain_on_average(
    prior: float, payoff: float, loss: float, power: float, alpha: float
) -> None:
    """A million simulated deciders, fixed draws: those who look at the result against those who do not."""
    generator, many = np.random.default_rng(11), 1_000_000
    true = generator.random(many) < prior
    positive = generator.random(many) < np.where(true, power, alpha)
    outcome = np.where(true, payoff, -loss)
    without = outcome if outcome.mean() > 0 else np.zeros(many)
    looking = np.zeros(many)
    for result in (positive, ~positive):
        if outcome[result].mean() > 0:
            looking[result] = outcome[result]
    gained = looking - without
    error = gained.std() / math.sqrt(many)
    found = worth(prior, payoff, loss, power, alpha)
    assert abs(gained.mean() - found.evsi) <= 4 * error + 1e-12
    changed = (looking != without).mean()
    assert abs(changed - found.chance) <= 4 * math.sqrt(0.25 / many)


@given(probabilities, probabilities, probabilities)
def test_bits_equal_the_mutual_information_of_the_joint_table(prior: float, power: float, alpha: float) -> None:
    joint = np.array([[prior * power, prior * (1 - power)], [(1 - prior) * alpha, (1 - prior) * (1 - alpha)]])
    apart = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    assert information(prior, power, alpha) == pytest.approx(float((joint * np.log2(joint / apart)).sum()), abs=1e-9)


def test_bits_at_the_ends() -> None:
    assert information(0.5, 1.0, 1e-300) == pytest.approx(1.0, abs=1e-12)
    assert information(0.5, 0.05, 0.05) == 0
    assert information(0.5, 0.0, 0.0) == 0


@given(probabilities, amounts, amounts, st.floats(0.05, 0.999), st.floats(0.0, 0.949))
def test_more_power_is_never_worth_less_and_never_more_than_certainty(
    prior: float, payoff: float, loss: float, power: float, share: float
) -> None:
    weaker = 0.05 + share * (power - 0.05)
    certain = worth(prior, payoff, loss, 1.0, 0.0).evsi
    assert worth(prior, payoff, loss, weaker, 0.05).evsi <= worth(prior, payoff, loss, power, 0.05).evsi + 1e-9
    assert worth(prior, payoff, loss, power, 0.05).evsi <= certain + 1e-9
    assert certain == pytest.approx(min(prior * payoff, (1 - prior) * loss), abs=1e-9)


def test_results_that_cannot_come_have_no_belief() -> None:
    assert belief(0.3, 0.0, 0.0).after_positive is None
    assert belief(0.3, 1.0, 1.0).after_negative is None
