"""The list and the page: in what order, what is counted, and what is said where nothing is known."""

import json
from dataclasses import replace

import pytest

from library.clock import stamp
from library.errors import NotFound
from planner.hypotheses import commands, evidence
from planner.hypotheses.calibration import calibration
from planner.hypotheses.model import HypothesisRow
from planner.hypotheses.queries import hypotheses, hypothesis
from planner.hypotheses.record import calibration_record, hypothesis_record, row_record
from planner.hypotheses.remarks import remarks_on
from tests.contracts.test_json_shapes import broken_rules
from tests.planner.hypotheses.conftest import PAPER, STATEMENT, Lab
from tui.output import as_json


def only(lab: Lab, number: int = 1) -> HypothesisRow:
    return next(row for row in lab.read(hypotheses) if row.id == number)


def results(lab: Lab, experiment: int, *runs: tuple[str, float | None]) -> None:
    who = {"experiment_id": experiment, "person": "ada", "at": stamp()}
    frozen = {"version": experiment, "hash": "h", "plan": "{}", "cause": "asked", "exploratory": 0}
    plan = lab.insert("preregistration", **frozen, **who)
    batch = lab.insert("result_batch", source="a.csv", preregistration_id=plan, **who)
    for seed, hours in runs:
        for metric in ("nDCG@10", "latency"):
            lab.insert("result", **{"batch_id": batch, "experiment_id": experiment, "arm": "new", "metric": metric},
                       **{"seed": seed, "value": 1.0, "gpu_hours": hours})  # fmt: skip


def test_a_bare_one_says_what_is_not_known(lab: Lab) -> None:
    number = lab.add()
    row = only(lab)
    assert (row.prior, row.belief, row.gpu_hours, row.verdict, row.next_experiment) == (None,) * 5
    assert (row.supporting, row.opposing, row.context, row.stale) == (0, 0, 0, 0)
    detail = lab.read(lambda db: hypothesis(db, number))
    assert detail.missing == ("metric", "delta")
    assert detail.change_mind[0] == "no result yet: its metric or δ is not stated"
    assert detail.row == row
    with pytest.raises(NotFound):
        lab.read(lambda db: hypothesis(db, 99))


def test_row_and_page_say_the_same(lab: Lab) -> None:
    number = lab.active(owner="kim", tags="a, b", horizon="2027Q1")
    experiment = lab.experiment(number, state="planned", start="2026-12-01", success="+0.5 points")
    lab.experiment(number, state="planned", start="2026-11-01")
    lab.experiment(number, state="done")
    results(lab, experiment, ("0", 2.5), ("1", 1.5), ("2", None))
    lab.verdict(number, experiment, "inconclusive")
    lab.write(
        lambda db: evidence.add_evidence(db, "ada", number, lab.papers[PAPER.key], {"stance": "against"}, sentence="3")
    )
    row = only(lab)
    detail = lab.read(lambda db: hypothesis(db, number))
    assert detail.row == row
    assert (row.gpu_hours, row.unknown_runs) == (4.0, 1)  # a run counts once, whatever it measured
    assert row.next_experiment is not None
    assert (row.next_experiment.id, row.next_experiment.state) == (2, "planned")
    assert (row.supporting, row.opposing, row.context) == (0, 1, 1)
    assert row.tags == ("a", "b")
    assert row.verdict is not None
    assert row.verdict.headline == "inconclusive"


def test_hours_are_unknown_where_no_run_says(lab: Lab) -> None:
    number = lab.active()
    results(lab, lab.experiment(number), ("0", None))
    assert (only(lab).gpu_hours, only(lab).unknown_runs) == (None, 1)


def test_what_runs_is_next(lab: Lab) -> None:
    number = lab.active()
    for state, start in (("idea", "2026-01-01"), ("planned", None), ("planned", "2026-05-01"), ("dropped", None)):
        lab.experiment(number, state=state, start=start)
    assert only(lab).next_experiment == lab.read(lambda db: hypothesis(db, number)).experiments[2]
    lab.experiment(number, state="running")
    found = only(lab).next_experiment
    assert found is not None
    assert found.state == "running"


def test_refuted_ones_stand_where_supported_ones_do(lab: Lab) -> None:
    numbers = [lab.active() for _ in range(4)]
    for number, state in zip(numbers, ("refuted", "supported", "refuted", "inconclusive"), strict=True):
        lab.move(number, state)
        lab.write(
            lambda db, n=number: db.execute("UPDATE hypothesis SET updated_at = ? WHERE id = ?", (f"2099-01-0{n}", n))
        )
    lab.add("a draft")
    testing = lab.active()
    lab.move(testing, "testing")
    retired = lab.active()
    lab.move(retired, "retired")
    assert [row.id for row in lab.read(hypotheses)] == [6, 4, 3, 2, 1, 5, 7]  # decided ones by time alone
    # And in the other order of events, the other way round.
    lab.write(lambda db: db.execute("UPDATE hypothesis SET updated_at = '2099-02-01' WHERE id = 1"))
    assert [row.id for row in lab.read(hypotheses)] == [6, 1, 4, 3, 2, 5, 7]


def test_an_outcome_outlives_its_state(lab: Lab) -> None:
    number = lab.active()
    lab.move(number, "refuted")
    lab.move(number, "retired")
    assert (only(lab).outcome, only(lab).shown_state) == ("refuted", "retired (refuted)")
    lab.move(number, "active")
    assert (only(lab).outcome, only(lab).shown_state) == ("refuted", "active")


def test_filters(lab: Lab) -> None:
    lab.add("one", owner="Kim", tags="Retrieval, long")
    lab.testable(statement="two", owner="ada", tags="long")
    lab.move(2, "active")
    lab.add("three", owner="kim")

    def found(**filters: object) -> list[int]:
        return sorted(row.id for row in lab.read(lambda db: hypotheses(db, **filters)))  # type: ignore[arg-type]

    assert found(owner="kim") == [1, 3]
    assert found(tag="retrieval") == [1]
    assert found(tag="long", states=["active"]) == [2]
    assert found(states=["active", "draft"]) == [1, 2, 3]
    assert found(owner="%") == []


def test_disagreement_with_the_newest_verdict_stays_visible(lab: Lab) -> None:
    number = lab.active()
    lab.move(number, "supported")
    assert only(lab).disagreement == "without a confirmatory verdict"
    lab.verdict(number, lab.experiment(number), "refuted", label="equivalent")
    assert only(lab).disagreement == "against V-1, refuted (equivalent)"
    lab.move(number, "refuted", None)
    assert only(lab).disagreement == ""


def test_what_would_change_our_mind_follows_the_side_it_is_held_on(lab: Lab) -> None:
    number = lab.active(unit="points", direction="decrease", metric="latency")

    def lines() -> tuple[str, ...]:
        return lab.read(lambda db: hypothesis(db, number)).change_mind

    above = "an effect on latency (lower is better) of 0.5 points or more whose interval lies above 0"
    below = "an effect on latency (lower is better) whose interval lies below 0.5 points"
    assert lines()[0] == above  # held for improbable
    assert lines()[1] == "no experiment is planned that could"
    assert lines()[2] == "nothing is recorded for it: look for what supports it"
    lab.experiment(number, state="planned", success="two seeds agree")
    assert lines()[1] == "E-1 (planned): two seeds agree"
    lab.write(lambda db: commands.believe(db, "ada", number, 0.8, "so"))
    assert lines()[0] == below
    assert lines()[2] == "nothing is recorded against it: look for what contradicts it"
    lab.move(number, "refuted")
    assert lines()[0] == above
    lab.move(number, "inconclusive")
    assert lines()[0] == f"{below}; or {above}"


def test_remarks_name_what_one_should_know(lab: Lab) -> None:
    lab.testable(prior="")
    number = lab.add("On long documents, late interaction outperforms dense retrieval")
    told = lab.read(lambda db: remarks_on(db, number))
    assert told[0].startswith(f"H-2 is nearly H-1 “{STATEMENT}” (draft; words .")
    assert told[1:] == (
        "H-2 needs metric and δ before it can be tested",
        "H-2 has no prior: no verdict can move belief in it, and no score can rank its experiments",
    )
    lab.edit(1, prior=0.5)
    lab.move(1, "active")
    lab.verdict(1, lab.experiment(1), "supported", at="2026-01-01T00:00:00Z")
    lab.edit(1, statement="Only ColBERT wins")
    assert lab.read(lambda db: remarks_on(db, 1)) == (
        "what H-1 claims was changed since V-1: a verdict is on the earlier wording",
    )


def test_calibration_sets_priors_against_verdicts_alone(lab: Lab) -> None:
    empty = lab.read(calibration)
    assert (empty.n, empty.score, empty.table) == (0, None, ())
    outcomes = ((0.9, "supported"), (0.8, "refuted"), (0.3, "refuted"), (0.25, "inconclusive"), (None, "supported"))
    for prior, state in outcomes:
        number = lab.active(prior=prior)
        lab.verdict(number, lab.experiment(number), "supported", exploratory=1)
        lab.verdict(number, lab.experiment(number), state)
        lab.move(number, "supported")  # what people decide does not count
    lab.active(prior=0.6)
    found = lab.read(calibration)
    assert (found.n, found.undecided, found.without_prior) == (3, 2, 1)
    assert found.score is not None
    assert found.score.score == pytest.approx((0.1**2 + 0.8**2 + 0.3**2) / 3)
    assert [(row.n, row.came_true) for row in found.table] == [(1, 0.0), (2, 0.5)]
    record = as_json(calibration_record(found))
    assert [*broken_rules(record)] == []
    assert json.loads(json.dumps(record))["forecasts"][0]["hypothesis_id"] == "H-1"


def test_records_obey_the_rules_for_scripts(lab: Lab) -> None:
    number = lab.active(owner="kim", tags="a", payoff="1..2..3", prior_reason="so")
    lab.put(replace(PAPER, version=2, abstract="Quite another text now stands here."))
    experiment = lab.experiment(number, state="planned", start="2026-12-01")
    lab.verdict(number, experiment, "supported", blocked_by=[{"name": "latency"}], label="")
    lab.write(lambda db: evidence.add_evidence(db, "ada", number, lab.papers[PAPER.key], {"scale": "-2"}, sentence="1"))
    lab.write(lambda db: evidence.add_run(db, "ada", number, "r1", {"stance": "for"}))
    lab.add("Late interaction beats dense retrieval on short documents")
    lab.edit(number, unit="points", tags="a, b")
    record = as_json(hypothesis_record(lab.read(lambda db: hypothesis(db, number))))
    assert [*broken_rules(record)] == []
    assert (record["id"], record["tags"], record["payoff"]) == ("H-1", ["a", "b"], "1..2..3")
    assert record["verdict"]["label"] is None
    assert record["verdict"]["blocked_by"] == ["latency"]
    assert record["evidence"][1]["paper_id"] == PAPER.key
    assert {"for", "against", "context"} == set(record["balance"])
    assert not [key for key in _keys(record) if "score" in key]  # for and against are never made one number
    assert as_json(row_record(only(lab))).keys() <= record.keys()


def _keys(value: object) -> list[str]:
    if isinstance(value, dict):
        return [*value, *(key for inner in value.values() for key in _keys(inner))]
    return [key for inner in value for key in _keys(inner)] if isinstance(value, list) else []
