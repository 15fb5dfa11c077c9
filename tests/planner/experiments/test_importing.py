"""Results into an experiment: whole or not at all, once, traceable, undone in one step."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from library.db import journal
from library.errors import LabtopError, NotFound, UsageError
from library.workspace import Workspace
from planner.experiments import commands
from planner.experiments.columns import Choices
from planner.experiments.exclusions import exclude, include, rules
from planner.experiments.importing import Imported, NotImported, add_result, import_results, known_names
from planner.experiments.model import Result
from planner.experiments.reading import read_results
from planner.experiments.storing import results
from planner.hypotheses.queries import hypothesis
from tests.planner.experiments.making import METRIC, bring_in, csv_of, detail, judged, planned, read, row, undo, write

Bring = Callable[..., Imported]


def stored(workspace: Workspace, number: int) -> dict[tuple[str, str], Result]:
    found: tuple[Result, ...] = read(workspace, results, number)
    return {(each.arm, each.seed): each for each in found}


def tables(workspace: Workspace) -> dict[str, list[Any]]:
    """Everything that an import may touch."""
    names = ("result", "result_batch", "preregistration", "experiment", "experiment_move", "hypothesis", "verdict",
             "hypothesis_move", "evidence", "belief", "rating")  # fmt: skip
    return read(
        workspace, lambda db: {name: [tuple(row) for row in db.execute(f"SELECT * FROM {name}")] for name in names}
    )  # type: ignore[no-any-return]


def test_a_first_import_stores_freezes_and_moves_in_one_step(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace)
    before = tables(workspace)
    report = bring_in(workspace, tmp_path, number, csv_of({"bm25": [1.0, "crashed"], "dense": [2.0, "nan"]}))
    assert (report.added, report.failed, report.same, report.skipped) == (4, 2, 0, ())
    found = detail(workspace, number)
    assert (found.row.state, found.row.frozen, found.results, found.row.seeds_done) == ("analysing", 1, 4, 1)
    assert found.moves[-1].reason == "first result: results.csv"
    assert read(workspace, hypothesis, 1).row.state == "testing"
    (batch,) = read(workspace, lambda db: [dict(each) for each in db.execute("SELECT * FROM result_batch")])
    assert (batch["source"], batch["person"], batch["preregistration_id"]) == ("results.csv", "ada", 1)
    assert len(batch["file_hash"]) == 64
    after = tables(workspace)
    undo(workspace)
    assert tables(workspace) == before
    last = workspace.store.read(lambda db: journal.entries(db, limit=1)[0]).result()
    workspace.store.write(lambda db: journal.undo(db, "ada", last.id)).result()  # done again
    assert tables(workspace) == after


def test_importing_again_changes_nothing(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace)
    rows = csv_of({"bm25": [1.0, "nan"], "dense": [2.0, 3.0]})
    bring_in(workspace, tmp_path, number, rows)
    before = tables(workspace)
    report = bring_in(workspace, tmp_path, number, [*rows, rows[0]], name="again.csv")
    assert (report.added, report.same, report.batch) == (0, 5, None)
    assert tables(workspace) == before


def test_another_value_is_refused_unless_it_is_to_be_replaced(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace)
    bring_in(workspace, tmp_path, number, csv_of({"bm25": [1.0, 2.0]}))
    before = tables(workspace)
    with pytest.raises(NotImported) as caught:
        bring_in(workspace, tmp_path, number, csv_of({"bm25": [1.0, 2.5, 9.0]}))
    assert "line 3: gives 2.5 for bm25, seed 1, nDCG@10, and 2 is stored" in caught.value.message
    assert tables(workspace) == before
    report = bring_in(workspace, tmp_path, number, csv_of({"bm25": [1.0, 2.5, 9.0]}), replacing=True, name="new.csv")
    assert (report.added, report.replaced, report.same) == (1, 1, 1)
    assert {key: each.value for key, each in stored(workspace, number).items()} == {
        ("bm25", "0"): 1.0,
        ("bm25", "1"): 2.5,
        ("bm25", "2"): 9.0,
    }
    entry = workspace.store.read(lambda db: journal.entries(db, limit=1)[0]).result()
    assert [
        (change[2]["value"], change[3]["value"]) for change in entry.changes if change[0] == "result" and change[2]
    ] == [(2.0, 2.5)]  # type: ignore[index]
    undo(workspace)
    assert tables(workspace) == before


def test_hours_that_were_not_known_are_filled_in(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace)
    head = "arm,seed,metric,value,gpu_hours,run"
    bring_in(workspace, tmp_path, number, ["bm25,0,nDCG@10,1,,"], head=head)
    report = bring_in(workspace, tmp_path, number, ["bm25,0,nDCG@10,1,2.5,r-7"], head=head)
    assert (report.filled, report.added, report.same) == (1, 0, 0)
    assert (stored(workspace, number)["bm25", "0"].gpu_hours, row(workspace, number).spent) == (2.5, 2.5)
    with pytest.raises(NotImported, match="other GPU-hours"):
        bring_in(workspace, tmp_path, number, ["bm25,0,nDCG@10,1,3.5,r-7"], head=head)


@pytest.mark.parametrize("skip", [False, True])
def test_a_bad_line_keeps_everything_out_unless_it_is_to_be_skipped(
    workspace: Workspace, tmp_path: Path, skip: bool
) -> None:
    number = planned(workspace)
    rows = [*csv_of({"bm25": [1.0, 2.0]}), "nobody,0,nDCG@10,,1,", 'bm25,3,nDCG@10,,"1,5",']
    before = tables(workspace)
    if skip:
        report = bring_in(workspace, tmp_path, number, rows, skip_bad=True)
        assert report.added == 2
        assert [bad.line for bad in report.skipped] == [4, 5]
        return
    with pytest.raises(NotImported) as caught:
        bring_in(workspace, tmp_path, number, rows)
    assert [bad.line for bad in caught.value.bad] == [4, 5]
    assert "2 lines of results.csv" in caught.value.message
    assert tables(workspace) == before


def test_an_experiment_without_arms_takes_no_result(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace, arms="")
    with pytest.raises(UsageError, match="has no arms"):
        bring_in(workspace, tmp_path, number, csv_of({"bm25": [1.0]}))
    with pytest.raises(NotFound):
        bring_in(workspace, tmp_path, 99, csv_of({"bm25": [1.0]}))


def test_dropped_experiments_take_no_result(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace)
    write(workspace, commands.move, number, "dropped", "no time")
    with pytest.raises(LabtopError, match="is dropped and takes no results"):
        bring_in(workspace, tmp_path, number, csv_of({"bm25": [1.0]}))


def test_what_no_verdict_will_look_at_is_said(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace)
    rows = [*csv_of({"bm25": [1.0]}), *csv_of({"bm25": [1.0]}, "ndcg10"), *csv_of({"bm25": [1.0]}, METRIC, "short")]
    told = bring_in(workspace, tmp_path, number, rows).warnings
    assert any("metric ndcg10" in line and "Is it nDCG@10?" in line for line in told)
    assert any("slice short" in line for line in told)


def test_a_plan_that_is_frozen_too_early_is_said_to_be(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace, hypothesis_id="", metric=METRIC, direction="increase", seeds="")
    told = bring_in(workspace, tmp_path, number, csv_of({"bm25": [1.0]})).warnings
    assert any("frozen without δ, seeds" in line for line in told)


def test_one_result_by_hand(workspace: Workspace) -> None:
    number = planned(workspace)
    report, change = write(workspace, add_result, number, {"arm": "BM25", "seed": "3", "value": "0.83"})
    assert (report.added, change.summary) == (1, "noted a result of E-1")
    write(workspace, add_result, number, {"arm": "dense", "seed": "3", "status": "crashed", "reason": "OOM"})
    found = stored(workspace, number)
    assert (found["bm25", "3"].value, found["dense", "3"].status, found["dense", "3"].reason) == (
        0.83,
        "crashed",
        "OOM",
    )
    for raw, why in (
        ({"arm": "bm25", "seed": "3", "value": "0,83"}, "comma"),
        ({"arm": "bm26", "seed": "3", "value": "1"}, "did you mean bm25"),
        ({"arm": "bm25", "seed": "3", "value": "1"}, "0.83 is stored"),
        ({"arm": "bm25", "seed": "3", "value": "1", "colour": "red"}, "A result has no colour"),
    ):
        with pytest.raises(UsageError, match=why):
            write(workspace, add_result, number, raw)
    write(workspace, add_result, number, {"arm": "bm25", "seed": "3", "value": "1"}, replacing=True)
    assert stored(workspace, number)["bm25", "3"].value == 1.0


# Leaving runs out.


def test_a_run_left_out_under_a_rule_keeps_the_verdict_confirmatory(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace, seeds=4, exclusions="- node failed\n2. the loss is NaN\n")
    bring_in(workspace, tmp_path, number, csv_of({"bm25": [1.0, 2.0, 3.0, 4.0], "dense": [2.1, 3.2, 4.1, 9.0]}))
    assert read(workspace, rules, number) == ("node failed", "the loss is NaN")
    change = write(workspace, exclude, number, arm="dense", seed="3", reason="node-7 rebooted", rule=1)
    assert "exploratory" not in change.summary
    found = judged(workspace, number)
    assert (found.row.n, found.row.exploratory) == (3, False)
    assert any("1 run of dense excluded: node-7 rebooted" in line for line in found.details["warnings"])
    (left_out,) = [each for each in read(workspace, results, number) if each.status == "excluded"]
    assert (left_out.value, left_out.exclusion) == (9.0, "node failed")


def test_a_run_left_out_without_a_rule_makes_it_exploratory(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace, seeds=4)
    bring_in(workspace, tmp_path, number, csv_of({"bm25": [1.0, 2.0, 3.0, 4.0], "dense": [2.1, 3.2, 4.1, 0.0]}))
    assert not judged(workspace, number).row.exploratory
    change = write(workspace, exclude, number, arm="dense", seed="3", reason="looks wrong")
    assert "verdicts are exploratory" in change.summary
    found = judged(workspace, number)
    assert found.row.exploratory
    assert found.details["exploratory"] == [
        "1 run left out under no rule of the frozen plan: dense, seed 3 (looks wrong)"
    ]
    write(workspace, include, number, arm="dense", seed="3")
    again = judged(workspace, number)
    assert (again.row.n, again.row.exploratory) == (4, False)


def test_what_cannot_be_left_out_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace, exclusions="node failed")
    bring_in(workspace, tmp_path, number, csv_of({"bm25": [1.0, "crashed"]}))
    for asked, error, why in (
        ({"arm": "bm25", "seed": "0", "reason": " "}, UsageError, "Why is it left out"),
        ({"arm": "bm25", "seed": "0", "reason": "x", "rule": 2}, UsageError, "no exclusion rule 2"),
        ({"arm": "bm25", "seed": "1", "reason": "x"}, NotFound, "no value of bm25, seed 1"),
        ({"arm": "bm25", "seed": "7", "reason": "x"}, NotFound, "no value of bm25, seed 7"),
    ):
        with pytest.raises(error, match=why):
            write(workspace, exclude, number, **asked)  # type: ignore[arg-type]
    with pytest.raises(NotFound, match="Nothing of bm25"):
        write(workspace, include, number, arm="bm25", seed="0")
    before = tables(workspace)
    write(workspace, exclude, number, arm="bm25", seed="0", reason="x", rule=1)
    undo(workspace)
    assert tables(workspace) == before


def test_an_excluded_value_that_is_replaced_stays_excluded(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace)
    bring_in(workspace, tmp_path, number, csv_of({"bm25": [1.0]}))
    write(workspace, exclude, number, arm="bm25", seed="0", reason="node failed")
    assert bring_in(workspace, tmp_path, number, csv_of({"bm25": [1.0]})).same == 1
    bring_in(workspace, tmp_path, number, csv_of({"bm25": [1.5]}), replacing=True)
    found = stored(workspace, number)["bm25", "0"]
    assert (found.value, found.status, found.reason) == (1.5, "excluded", "node failed")


def test_a_hostile_file_shows_nothing_that_a_terminal_obeys(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace)
    rows = ["bm25,\x1b]0;x\x07a\u202eb,nDCG@10,[/red]\x1b[5m,1,"]
    bring_in(workspace, tmp_path, number, rows, name="x.csv")
    (found,) = read(workspace, results, number)
    assert (found.seed, found.slice) == ("ab", "[/red]")
    assert "\x1b" not in json.dumps([found.seed, found.slice])


def test_seeds_that_look_alike_and_a_file_that_may_be_cut_are_said(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace)
    (tmp_path / "cut.csv").write_text("arm,seed,value\nbm25,01,1\nbm25,2,1\ndense,1,2\ndense,2,1.", encoding="utf-8")
    known = read(workspace, known_names, number)
    found = write(workspace, import_results, number, read_results(str(tmp_path / "cut.csv"), known, Choices()))[0]
    assert found.warnings == (
        "The last line of the file has no end: is the file whole?",
        "The seeds 01 and 1 are different ones here: they make no pair.",
    )


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ({"value": "1,5"}, "The value “1,5” has a comma"),
        ({"value": "1", "arm": "splade"}, "The result names the arm “splade”"),
        ({}, "The result has no value"),
        ({"value": "1", "gpu_hours": "-2"}, "gpu_hours -2 is below 0"),
    ],
)
def test_what_somebody_typed_is_refused_in_a_sentence(workspace: Workspace, raw: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        write(workspace, add_result, planned(workspace), {"arm": "dense", "seed": "1", **raw})


def test_the_same_result_typed_again_is_there_already(workspace: Workspace) -> None:
    number = planned(workspace)
    for _ in range(2):
        change = write(workspace, add_result, number, {"arm": "dense", "seed": "1", "value": "2"})[1]
    assert change.summary == "E-1 holds this result already"
