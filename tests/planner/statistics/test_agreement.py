import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import aggregate_raters, cohens_kappa
from statsmodels.stats.inter_rater import fleiss_kappa as statsmodels_fleiss

from library.errors import UsageError
from planner.statistics import agreement
from planner.statistics.agreement import cohen_kappa, fleiss_kappa, krippendorff_alpha

RNG = np.random.default_rng(14)
N = None
# Krippendorff (2011), "Computing Krippendorff's alpha-reliability", example C: four observers, twelve units.
PUBLISHED = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, N, N, N],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, N, 3],
    [N, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, N],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, N],
]


@pytest.fixture(autouse=True)
def few_resamples(monkeypatch):
    monkeypatch.setattr(agreement, "RESAMPLES", 200)


@pytest.mark.parametrize(("level", "value"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_the_published_example(level, value):
    found = krippendorff_alpha(PUBLISHED, level)
    assert round(found.value, 3) == value
    assert found.low < found.value <= found.high
    assert (found.items, found.raters) == (11, 4)
    assert any("11 items are few" in told for told in found.warnings)


def by_definition(ratings, level):
    """1 − observed/expected from the coincidence matrix, as the publication computes it."""
    values = sorted({value for row in ratings for value in row if value is not None})
    coincidences = {pair: 0.0 for pair in itertools.product(values, repeat=2)}
    for item in zip(*ratings, strict=True):
        given_values = [value for value in item if value is not None]
        for one, other in itertools.permutations(range(len(given_values)), 2):
            coincidences[given_values[one], given_values[other]] += 1 / (len(given_values) - 1)
    sums = {value: sum(coincidences[value, other] for other in values) for value in values}

    def distance(a, b):
        if level == "nominal":
            return float(a != b)
        if level == "interval":
            return (a - b) ** 2
        low, high = min(a, b), max(a, b)
        return (sum(sums[value] for value in values if low <= value <= high) - (sums[a] + sums[b]) / 2) ** 2

    pairs = list(itertools.product(values, repeat=2))
    observed = sum(coincidences[pair] * distance(*pair) for pair in pairs)
    expected = sum(sums[a] * sums[b] * distance(a, b) for a, b in pairs) / (sum(sums.values()) - 1)
    return 1 - observed / expected


@settings(max_examples=40)
@given(
    st.lists(st.lists(st.sampled_from([N, 1.0, 2.0, 3.0, 5.0]), min_size=3, max_size=3), min_size=4, max_size=10),
    st.sampled_from(["nominal", "ordinal", "interval"]),
)
def test_alpha_equals_the_coincidence_matrix(items, level):
    ratings = [list(row) for row in zip(*items, strict=True)]
    rated = [value for item in items for value in item if value is not None and sum(v is not None for v in item) > 1]
    if len(set(rated)) > 1:
        assert krippendorff_alpha(ratings, level).value == pytest.approx(by_definition(ratings, level), abs=1e-9)


def test_kappas_equal_statsmodels():
    truth = RNG.integers(0, 3, 40)
    ratings = [np.where(RNG.random(40) < 0.7, truth, RNG.integers(0, 3, 40)).tolist() for _ in range(4)]
    table = aggregate_raters(np.array(ratings).T)[0]
    found = fleiss_kappa(ratings)
    assert found.value == pytest.approx(statsmodels_fleiss(table, method="fleiss"), abs=1e-9)
    assert found.low < found.value < found.high
    assert found.warnings == ()
    pairs = np.zeros((3, 3))
    np.add.at(pairs, (ratings[0], ratings[1]), 1)
    assert cohen_kappa(ratings[0], ratings[1]).value == pytest.approx(cohens_kappa(pairs).kappa, abs=1e-9)


def test_perfect_agreement_and_none():
    assert krippendorff_alpha([[1, 2, 3] * 8] * 2, "interval").value == pytest.approx(1.0)
    assert cohen_kappa([1, 2] * 10, [2, 1] * 10).value == pytest.approx(-1.0)
    noise = RNG.integers(0, 2, (3, 400)).tolist()
    found = krippendorff_alpha(noise, "nominal")
    assert found.low < 0 < found.high


def test_ratings_that_are_all_the_same_tell_nothing():
    for found in (
        krippendorff_alpha([[1, 1, 1]] * 2, "nominal"),
        fleiss_kappa([[1, 1, 1]] * 2),
        cohen_kappa([1, 1], [1, 1]),
    ):
        assert (found.value, found.low, found.high) == (None, None, None)


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: krippendorff_alpha([[1, 2]], "nominal"), "one rater"),
        (lambda: krippendorff_alpha([[1, 2], [1]], "nominal"), "different numbers"),
        (lambda: krippendorff_alpha([[1, N], [N, 2]], "nominal"), "No item was rated by two"),
        (lambda: krippendorff_alpha([[1, float("nan")], [1, 2]], "nominal"), "finite"),
        (lambda: fleiss_kappa([[1, N], [1, 2]]), "missing"),
        (lambda: cohen_kappa([1], [1, 2]), "1 and 2 ratings"),
        (lambda: cohen_kappa([], []), "0 and 0 ratings"),
    ],
)
def test_tables_that_cannot_be_judged_are_refused(call, said):
    with pytest.raises(UsageError, match=said):
        call()
