"""What a score is reckoned from comes from the records, and what nobody stated stays missing."""

from datetime import date
from typing import Any

import pytest

from library.clock import stamp
from library.errors import NotFound
from library.settings import ProgrammeSettings
from planner.experiments.spending import Spent, spent_by_experiment
from planner.roadmap.inputs import inputs_of, prices_of
from planner.workspace import Workspace
from tests.planner.roadmap.programme import SETTINGS, experiment, hypothesis, read, result, write


def test_blanks_come_from_the_hypothesis(workspace: Workspace) -> None:
    belongs = hypothesis(workspace, prior=0.3, payoff="10..20..40", loss=4, delta=0.5)
    number = experiment(workspace, belongs, loss="1..2..3", gpu_hours_per_seed="8", hours="5", sigma=0.7, urgency=3)
    found = read(workspace, inputs_of, SETTINGS, number)
    assert found.prior is not None
    assert found.payoff is not None
    assert found.loss is not None
    assert (found.prior.mode, str(found.payoff), str(found.loss)) == (0.3, "10..20..40", "1..2..3")
    assert (found.delta, found.sd, found.seeds, found.alpha, found.time_criticality) == (0.5, 0.7, 5, 0.05, 3)
    assert found.gpu_hours(5) == 45
    own = experiment(workspace, belongs, delta=2)
    assert read(workspace, inputs_of, SETTINGS, own).delta == 2


def test_the_prior_is_what_is_believed_now(workspace: Workspace) -> None:
    belongs = hypothesis(workspace, prior=0.3)
    number = experiment(workspace, belongs)

    def believe(db: Any, value: float) -> None:
        columns = "hypothesis_id, value, reason, method, person, at"
        db.execute(f"INSERT INTO belief ({columns}) VALUES (?, ?, 'r', 'person', 'a', ?)", (belongs, value, stamp()))

    write(workspace, believe, 0.6)
    write(workspace, believe, 0.2)
    prior = read(workspace, inputs_of, SETTINGS, number).prior
    assert prior is not None
    assert prior.mode == 0.2


def test_what_nobody_stated_is_missing(workspace: Workspace) -> None:
    number = experiment(workspace, None, hours=None, people_days=None, sigma=None, seeds=None)
    found = read(workspace, inputs_of, SETTINGS, number)
    assert found.to_json() == {"alpha": 0.05}
    with pytest.raises(NotFound, match="E-99"):
        read(workspace, inputs_of, SETTINGS, 99)


def test_nothing_is_priced_unless_somebody_priced_it() -> None:
    assert prices_of(SETTINGS).to_json() == {"gpu_hour": None, "person_day": None}
    priced = ProgrammeSettings(gpu_hour_price=2.0, person_day_rate=300.0)
    assert prices_of(priced).to_json() == {"gpu_hour": 2.0, "person_day": 300.0}


def test_a_run_counts_once_and_what_it_does_not_say_is_unknown(workspace: Workspace) -> None:
    number = experiment(workspace, None)
    for metric in ("nDCG", "recall"):
        result(workspace, number, "1", 8.0, metric=metric)
    result(workspace, number, "2", 7.0)
    result(workspace, number, "3", None)
    result(workspace, number, "4", 5.0, at="2027-04-02T00:00:00Z")
    assert read(workspace, spent_by_experiment, number) == {number: Spent(20.0, 3, 1)}
    first_quarter = read(workspace, spent_by_experiment, None, date(2027, 1, 1), date(2027, 3, 31))
    assert first_quarter == {number: Spent(15.0, 2, 1)}
