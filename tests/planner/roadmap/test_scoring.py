"""Scores of stored experiments are those of the formula, are ranked, and are kept with their inputs."""

import json

import pytest

from library.settings import ProgrammeSettings
from planner.prioritisation.score import FORMULA_VERSION
from planner.roadmap.candidates import candidates
from planner.roadmap.explaining import disagreement
from planner.roadmap.inputs import prices_of
from planner.roadmap.scoring import ranked, save_scores, score_all, stored_scores
from planner.workspace import Workspace
from tests.planner.roadmap.oracle import evsi, power
from tests.planner.roadmap.programme import SETTINGS, experiment, hypothesis, in_state, read, write


def test_a_score_is_that_of_the_formula(workspace: Workspace) -> None:
    belongs = hypothesis(workspace, prior=0.38, payoff=17, loss=8)
    experiment(workspace, belongs, hours=None, gpu_hours_per_seed=24, sigma=0.9)
    experiment(workspace, belongs, hours=None, gpu_hours_per_seed=24, sigma=0.9, pairing="none")
    for one, paired in zip(sorted_by_number(workspace), (True, False), strict=True):
        strength = power(5, 1, 0.9, paired=paired)
        assert one.score.power == pytest.approx(strength, abs=1e-9)
        assert one.score.evsi == pytest.approx(evsi(0.38, 17, 8, strength), abs=1e-9)
        assert one.score.per_1000 == pytest.approx(1000 * evsi(0.38, 17, 8, strength) / 120, abs=1e-6)


def sorted_by_number(workspace: Workspace) -> list:  # type: ignore[type-arg]
    return sorted(read(workspace, score_all, SETTINGS), key=lambda one: one.candidate.number)


def test_by_value_then_by_bits_then_what_needs_input(workspace: Workspace) -> None:
    valued, unvalued = hypothesis(workspace), hypothesis(workspace, payoff=None, loss=None)
    bits = experiment(workspace, unvalued, hours=10)
    dear = experiment(workspace, valued, hours=200)
    cheap = experiment(workspace, valued, hours=20)
    lacking = experiment(workspace, None, hours=None)
    experiment(workspace, valued, state="done")
    experiment(workspace, valued, state="dropped")
    found = read(workspace, score_all, SETTINGS)
    assert [(one.candidate.number, one.rank, one.score.basis) for one in found] == [
        (cheap, 1, "evsi"),
        (dear, 2, "evsi"),
        (bits, 3, "bits"),
        (lacking, None, "needs input"),
    ]
    assert found[2].score.missing == ("payoff", "loss")
    assert set(found[3].score.missing) == {"prior", "delta", "cost"}


def test_of_equals_the_lower_number_comes_first_beyond_nine_too(workspace: Workspace) -> None:
    belongs = hypothesis(workspace)
    numbers = [experiment(workspace, belongs) for _ in range(11)]
    assert [one.candidate.number for one in read(workspace, score_all, SETTINGS)] == numbers


def test_rice_beside_it_and_why_it_differs(workspace: Workspace) -> None:
    sure, open_ = hypothesis(workspace, prior=0.97), hypothesis(workspace, prior=0.4)
    rice = {"reach": 1000, "impact": 2, "effort": 2}
    certain = experiment(workspace, sure, confidence=0.9, **rice)
    doubted = experiment(workspace, open_, confidence=0.4, **rice)
    without = experiment(workspace, open_, hours=300)
    by_number = {one.candidate.number: one for one in read(workspace, score_all, SETTINGS)}
    assert (by_number[doubted].rank, by_number[doubted].rice_rank, by_number[doubted].rice_apart) == (1, 2, -1)
    assert (by_number[certain].rice_rank, by_number[certain].rice_apart) == (1, 1)
    assert (by_number[without].rice_rank, by_number[without].rice_apart) == (None, None)
    assert "does not ask whether a result changes the decision" in disagreement(by_number[certain])
    assert "a confidence of 40 % against it" in disagreement(by_number[doubted])
    assert disagreement(by_number[without]) == ""


def test_scores_are_kept_with_their_inputs_and_used_again(workspace: Workspace) -> None:
    belongs = hypothesis(workspace)
    number = experiment(workspace, belongs, seeds=None, hours=None, gpu_hours_per_seed=20)
    found = read(workspace, score_all, SETTINGS)
    pairs = [(one.candidate, one.score) for one in found]
    rows = write(workspace, save_scores, pairs)
    assert write(workspace, save_scores, pairs) == rows
    kept = read(workspace, stored_scores)
    row, version, inputs, outputs = kept[number]
    assert (row, version) == (rows[number], FORMULA_VERSION)
    assert json.loads(inputs)["inputs"]["prior"]["mode"] == 0.4
    assert json.loads(outputs)["evsi"] == found[0].score.evsi
    assert read(workspace, score_all, SETTINGS) == found  # read back, sweep of seeds included
    doctored = {number: (row, version, inputs, outputs.replace('"basis": "evsi"', '"basis": "bits"'))}
    everything = read(workspace, candidates)
    assert ranked(everything, prices_of(SETTINGS), doctored)[0].score.basis == "bits"  # so it is not reckoned again
    other_prices = prices_of(ProgrammeSettings(gpu_hour_price=0.001))
    assert ranked(everything, other_prices, doctored)[0].score.basis == "evsi"
    write(workspace, lambda db: db.execute("UPDATE experiment SET sigma = 2"))
    again = read(workspace, score_all, SETTINGS)
    assert again[0].score != found[0].score
    assert write(workspace, save_scores, [(one.candidate, one.score) for one in again])[number] > rows[number]


def test_what_is_under_way_is_scored_too(workspace: Workspace) -> None:
    number = experiment(workspace, hypothesis(workspace))
    in_state(workspace, number, "running")
    assert [one.candidate.state for one in read(workspace, score_all, SETTINGS)] == ["running"]
