"""Ratings by people: kept one by one, averaged into results, and held against each other."""

from pathlib import Path
from typing import Any

import pytest

from library.errors import UsageError
from library.workspace import Workspace
from planner.experiments.importing import NotImported, known_names
from planner.experiments.ratings import Rated, agreements, import_ratings, read_ratings
from planner.experiments.storing import results
from tests.planner.experiments.making import bring_in, csv_of, judged, planned, read, row, undo, write

RATING = "relevance from 1 to 5 | 3 | double | 0.67"
# Krippendorff (2011), "Computing Krippendorff's alpha-reliability", section C: 4 observers, 12 units; ordinal 0.815.
KRIPPENDORFF = (
    (1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None),
    (1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3),
    (None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None),
    (1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None),
)


def bring(workspace: Workspace, folder: Path, number: int, rows: list[str], **more: Any) -> tuple[int, Any]:
    file = folder / "ratings.csv"
    file.write_text("\n".join(["item,rater,arm,score", *rows]) + "\n")
    read_ = read_ratings(str(file), read(workspace, known_names, number), metric=more.pop("metric", None))
    found: tuple[int, Any] = write(workspace, import_ratings, number, read_, **more)
    return found


def rows_of(table: Any, arm: str = "dense") -> list[str]:
    return [
        f"q{item},rater {rater},{arm},{score}"
        for rater, line in enumerate(table)
        for item, score in enumerate(line)
        if score is not None
    ]


def agreement(workspace: Workspace, number: int) -> Rated:
    (found,) = read(workspace, agreements, number)
    return found


def test_the_mean_over_raters_is_the_result_of_each_item(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace, rating=RATING)
    rows = ["q1,ann,bm25,2", "q1,bob,bm25,3", "q1,ann,dense,4", "q1,bob,dense,5", "q2,ann,dense,1"]
    count, change = bring(workspace, tmp_path, number, rows)
    assert (count, change.summary) == (5, "imported 5 ratings of E-1 from ratings.csv")
    got = {(each.arm, each.seed): each.value for each in read(workspace, results, number)}
    assert got == {("bm25", "q1"): 2.5, ("dense", "q1"): 4.5, ("dense", "q2"): 1.0}
    assert row(workspace, number).state == "analysing"
    bring(workspace, tmp_path, number, ["q2,bob,dense,4", "q1,ann,bm25,2"])
    got = {(each.arm, each.seed): each.value for each in read(workspace, results, number)}
    assert got["dense", "q2"] == 2.5
    undo(workspace)
    undo(workspace)
    assert read(workspace, results, number) == ()
    assert read(workspace, lambda db: db.execute("SELECT count(*) FROM rating").fetchone()[0]) == 0


def test_agreement_is_krippendorffs(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace, rating=RATING)
    bring(workspace, tmp_path, number, rows_of(KRIPPENDORFF))
    found = agreement(workspace, number)
    assert found.agreement.value == pytest.approx(0.815, abs=5e-4)
    assert (found.agreement.raters, found.agreement.items, found.below) == (4, 11, False)
    assert found.agreement.low is not None
    assert found.agreement.low < found.agreement.value < (found.agreement.high or 0)
    assert "at least 0.67 was wanted" in found.said


def test_raters_who_do_not_agree_are_flagged_in_the_verdict(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace, rating=RATING, seeds="4")
    table = ((1, 5, 1, 5), (5, 1, 5, 1), (3, 3, 1, 5))
    bring(workspace, tmp_path, number, [*rows_of(table), *rows_of(table[::-1], "bm25")])
    found = agreement(workspace, number)
    assert found.below
    assert "which is missed" in found.said
    verdict = judged(workspace, number)
    assert any(line.startswith("Raters agree too little") for line in verdict.details["warnings"])
    assert verdict.details["agreement"][0]["value"] == found.agreement.value
    assert verdict.row.n == 4


def test_an_item_that_one_person_rated_alone_says_nothing_of_agreement(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace)
    bring(workspace, tmp_path, number, ["q1,ann,bm25,2", "q2,ann,bm25,3"])
    assert read(workspace, agreements, number) == ()


def test_bad_ratings_are_refused_with_their_lines(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace)
    rows = ["q1,ann,bm25,2", "q1,ann,bm25,3", "q1,,bm25,3", "q1,bob,nobody,3", 'q1,bob,bm25,"3,5"', "q1,bob,bm25,nan"]
    with pytest.raises(NotImported) as caught:
        bring(workspace, tmp_path, number, rows)
    assert [bad.line for bad in caught.value.bad] == [3, 4, 5, 6, 7]
    count, _ = bring(workspace, tmp_path, number, rows, skip_bad=True)
    assert count == 1
    with pytest.raises(NotImported, match=r"and 2 is stored"):
        bring(workspace, tmp_path, number, ["q1,ann,bm25,4"])
    bring(workspace, tmp_path, number, ["q1,ann,bm25,4"], replacing=True)
    assert read(workspace, results, number)[0].value == 4.0


def test_ratings_never_replace_a_result_that_came_otherwise(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace)
    bring_in(workspace, tmp_path, number, csv_of({"bm25": [1.0]}))
    with pytest.raises(UsageError, match="does not come from ratings"):
        bring(workspace, tmp_path, number, ["0,ann,bm25,4"])


def test_columns_have_to_be_clear(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace)
    known = read(workspace, known_names, number)
    file = tmp_path / "r.csv"
    file.write_text("question,who,arm,score\nq1,ann,bm25,3\n")
    with pytest.raises(UsageError, match="No column is the rater"):
        read_ratings(str(file), known)
    found = read_ratings(str(file), known, columns={"who": "rater"})
    assert found.scores == {("bm25", "q1", "ann"): (3.0, 2)}
    with pytest.raises(UsageError, match="Ratings have no mood"):
        read_ratings(str(file), known, columns={"who": "mood"})


@pytest.mark.parametrize(
    ("scores", "told"),
    [
        ({"ann": range(5)}, ["How far raters agree is not known, and at least 0.67 was wanted.",
                             "3 raters were planned, and 1 rated."]),
        ({"ann": [3] * 5, "bob": [3] * 5, "cy": [3] * 5}, ["How far raters agree is not known, and at least 0.67 was "
                                                           "wanted."]),
        ({"ann": range(5), "bob": range(5), "cy": range(5)}, []),
    ],
)  # fmt: skip
def test_an_agreement_that_nobody_can_know_is_said(
    workspace: Workspace, tmp_path: Path, scores: dict[str, Any], told: list[str]
) -> None:
    number = planned(workspace, rating=RATING)
    rows = [
        f"q{item},{rater},{arm},{score}"
        for rater, line in scores.items()
        for item, score in enumerate(line)
        for arm in ("bm25", "dense")
    ]
    bring(workspace, tmp_path, number, rows)
    assert [line for line in judged(workspace, number).details["warnings"] if "rater" in line] == told


def test_means_without_their_ratings_say_that_agreement_is_not_known(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace, rating=RATING)
    bring_in(workspace, tmp_path, number, csv_of({"bm25": [1.0, 2.0, 3.5], "dense": [2.0, 3.0, 4.0]}))
    assert any("How far raters agree is not known" in line for line in judged(workspace, number).details["warnings"])
