import json
import math
from dataclasses import replace

import pytest

from library.errors import UsageError
from planner.prioritisation.formula import information, worth
from planner.prioritisation.inputs import Inputs, Prices
from planner.prioritisation.ranking import rank
from planner.prioritisation.score import FORMULA_VERSION, Score, score
from planner.prioritisation.seeds import FEWEST, MOST
from planner.prioritisation.sentence import percent, sentence, short
from planner.statistics.power import power as paired_t
from planner.statistics.rule import LEAST_SEEDS

FULL = Inputs.stated(prior=0.3, payoff=10, loss=6, power=0.8, gpu_hours_fixed=120, people_days=5)


def test_the_default_is_evsi_per_gpu_hour() -> None:
    found = score(FULL)
    assert (found.basis, found.missing, found.version) == ("evsi", (), FORMULA_VERSION)
    assert found.evsi == pytest.approx(2.19, abs=1e-12)
    assert found.per_1000 == pytest.approx(1000 * 2.19 / 120, abs=1e-9)
    assert (found.adopt_today, found.gpu_hours, found.people_days, found.cost) == (False, 120, 5, None)
    assert found.chance == pytest.approx(0.275, abs=1e-12)
    assert found.after_positive == pytest.approx(0.24 / 0.275, abs=1e-12)
    assert found.plan_value == found.evsi


def test_prices_bring_people_days_in() -> None:
    found = score(FULL, Prices(gpu_hour=0.002, person_day=0.03))
    assert found.cost == pytest.approx(120 * 0.002 + 5 * 0.03, abs=1e-12)
    assert found.cost_gpu_hours == pytest.approx(120 + 5 * 15, abs=1e-9)
    assert found.per_1000 == pytest.approx(1000 * 2.19 / 195, abs=1e-9)
    assert score(replace(FULL, people_days=None), Prices(0.002, 0.03)).missing == ("people_days",)
    assert score(replace(FULL, people_days=None), Prices(0.002)).basis == "evsi"


def test_without_payoff_or_loss_it_is_ranked_by_bits_and_says_so() -> None:
    for lacking in (("payoff",), ("loss",), ("payoff", "loss")):
        found = score(replace(FULL, **dict.fromkeys(lacking)))
        assert (found.basis, found.missing) == ("bits", lacking)
        assert found.per_1000 == pytest.approx(1000 * information(0.3, 0.8, 0.05) / 120, abs=1e-12)
        assert found.evsi is found.adopt_today is found.plan_value is None


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({"prior": None}, ("prior",)),
        ({"gpu_hours_fixed": None}, ("cost",)),
        ({"prior": None, "gpu_hours_fixed": None}, ("prior", "cost")),
        ({"power": None}, ("delta", "sd", "seeds")),
        ({"power": None, "delta": 0.5}, ("sd", "seeds")),
        ({"power": None, "delta": 0.5, "sd": 1.0}, ("seeds",)),
        ({"gpu_hours_per_seed": "10"}, ("seeds",)),
        ({"power": None, "delta": 0.5, "sd": 1.0, "gpu_hours_fixed": None}, ("cost",)),
        ({"power": None, "delta": 0.5, "sd": 1.0, "prior": None, "gpu_hours_per_seed": 10}, ("prior",)),
        ({"gpu_hours_fixed": 0}, ("cost",)),
    ],
)
def test_what_lacks_an_input_is_not_scored(change: dict[str, object], missing: tuple[str, ...]) -> None:
    found = score(Inputs.stated(**{**FULL.to_json(), **change}))
    assert (found.basis, found.missing) == ("needs input", missing)
    assert found.per_1000 is found.evsi is found.bits is found.plan_value is None


def test_the_power_is_that_of_the_paired_t_test() -> None:
    by_test = replace(FULL, power=None, delta=1.0, sd=1.0, seeds=10)
    found = score(by_test)
    assert found.power == pytest.approx(paired_t(10, 1.0, 1.0, 0.05), abs=1e-12)
    assert found.power == pytest.approx(0.803, abs=0.001)  # tabulated
    assert FEWEST == LEAST_SEEDS


def test_one_or_two_seeds_give_no_verdict_and_no_value() -> None:
    found = score(replace(FULL, power=None, delta=1.0, sd=1.0, seeds=2))
    assert (found.basis, found.evsi, found.chance, found.after_positive) == ("evsi", 0.0, 0.0, None)


def test_an_open_number_of_seeds_is_chosen_by_enumeration() -> None:
    """Against a plain loop over the published formula, with a price and without."""
    inputs = Inputs.stated(
        prior=0.3, payoff=10, loss=6, delta=0.8, sd=1.0, gpu_hours_fixed=20, gpu_hours_per_seed="8..10..12"
    )
    merits_net, merits_rate = {}, {}
    for seeds in range(3, MOST + 1):
        hours = 20 + 10 * seeds
        evsi = worth(0.3, 10, 6, paired_t(seeds, 0.8, 1.0, 0.05), 0.05).evsi
        merits_net[seeds], merits_rate[seeds] = evsi - 0.01 * hours, evsi / hours
    priced, unpriced = score(inputs, Prices(gpu_hour=0.01)), score(inputs)
    assert priced.seeds == max(merits_net, key=lambda seeds: merits_net[seeds])
    assert unpriced.seeds == max(merits_rate, key=lambda seeds: merits_rate[seeds])
    assert priced.seeds != unpriced.seeds
    assert [row.seeds for row in priced.sweep] == list(range(3, MOST + 1))
    row = next(row for row in priced.sweep if row.seeds == priced.seeds)
    assert row.net == pytest.approx(merits_net[row.seeds or 0], abs=1e-9)
    assert priced.gpu_hours == row.gpu_hours == 20 + 10 * (priced.seeds or 0)
    assert score(replace(inputs, seeds=priced.seeds), Prices(gpu_hour=0.01)).evsi == priced.evsi


def test_an_open_number_of_seeds_without_payoff_goes_by_bits() -> None:
    found = score(Inputs.stated(prior=0.5, delta=1.0, sd=1.0, gpu_hours_fixed=50, gpu_hours_per_seed=10))
    rates = {n: information(0.5, paired_t(n, 1.0, 1.0, 0.05), 0.05) / (50 + 10 * n) for n in range(3, MOST + 1)}
    assert found.basis == "bits"
    assert found.seeds == max(rates, key=lambda seeds: rates[seeds])


def test_the_scores_beside_it() -> None:
    found = score(replace(FULL, reach=3.0, impact=2.0, confidence=0.8, effort=4.0, ease=7.0, time_criticality=2.0))
    assert found.rice == pytest.approx(3 * 2 * 0.8 / 4)
    assert found.ice == pytest.approx(2 * 0.8 * 7)
    assert found.wsjf == pytest.approx(1000 * 12 / 120)
    assert found.payoff == 10
    bare = score(FULL)
    assert (bare.rice, bare.ice, bare.wsjf) == (None, None, None)


def test_a_score_survives_json() -> None:
    swept = Inputs.stated(prior="0.2..0.3..0.5", payoff=10, loss=6, delta=0.8, sd=1.0, gpu_hours_per_seed=9)
    for one in (score(FULL), score(swept, Prices(0.01)), score(Inputs()), score(replace(FULL, loss=None))):
        assert Score.from_json(json.loads(json.dumps(one.to_json(), allow_nan=False))) == one


@pytest.mark.parametrize(
    "wrong",
    [
        {"sd": 0.0},
        {"delta": -1.0},
        {"seeds": 0},
        {"alpha": 0.0},
        {"power": 1.2},
        {"confidence": 80.0},
        {"effort": 0.0},
        {"reach": math.nan},
        {"prior": 40},
    ],
)
def test_impossible_inputs_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(UsageError):
        Inputs.stated(**wrong)


def test_ranks_by_each_method_show_where_they_disagree() -> None:
    sure = Inputs.stated(
        prior=0.9, payoff=12, loss=1, power=0.8, gpu_hours_fixed=100, reach=5.0, impact=3.0, confidence=1.0, effort=1.0
    )
    open_question = replace(
        FULL, reach=5.0, impact=3.0, confidence=0.5, effort=1.0, gpu_hours_fixed=sure.gpu_hours_fixed
    )
    ranking = rank(
        {
            "E-1": score(sure),
            "E-2": score(open_question),
            "E-3": score(replace(FULL, payoff=None)),
            "E-4": score(replace(FULL, prior=None)),
        }
    )
    assert ranking.order == ("E-2", "E-1", "E-3", "E-4")
    assert ranking.ranks["evsi"] == {"E-1": 2, "E-2": 1, "E-3": None, "E-4": None}
    assert ranking.ranks["rice"] == {"E-1": 1, "E-2": 2, "E-3": None, "E-4": None}
    assert ranking.ranks["bits"]["E-4"] is None
    assert ranking.ranks["payoff"] == {"E-1": 1, "E-2": 2, "E-3": None, "E-4": 2}
    assert ranking.apart("rice") == (("E-1", 1), ("E-2", -1))


def test_the_line_for_a_leader() -> None:
    assert sentence(score(FULL)) == (
        "Today we would not adopt. This run costs 120 GPU-h and 5 people-days. With 27 % chance it changes that "
        "decision; on average it is worth 2.2 value points, i.e. 18 per 1,000 GPU-h."
    )
    assert "worth nothing" in sentence(score(replace(FULL, payoff=FULL.loss, loss=FULL.payoff, power=0.06)))
    two_seeds = score(replace(FULL, power=None, delta=1.0, sd=1.0, seeds=2))
    assert sentence(two_seeds).endswith("With 2 seeds it can give no verdict: worth nothing.")
    by_bits = sentence(score(replace(FULL, payoff=None, loss=None)))
    assert by_bits.startswith("Ranked by information, since payoff and loss are not stated.")
    assert sentence(score(Inputs())) == (
        "Not ranked: needs input (prior, smallest effect worth having (δ), spread of the paired difference (σ), "
        "cost in GPU-hours)."
    )


def test_numbers_in_words() -> None:
    assert [short(number) for number in (0, 0.213, 2.08, 9.96, 17.3, 1203.6, None)] == [
        *("0", "0.21", "2.1", "10", "17", "1,204", "?")
    ]
    assert [percent(share) for share in (0, 0.0001, 0.384, 0.9999, 1, None)] == [
        *("0 %", "under 1 %", "38 %", "over 99 %", "100 %", "?")
    ]
