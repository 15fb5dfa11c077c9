"""What runs used is added up in one place: wherever the figure is shown it is the same, and it is that of the rows."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.agenda import agenda
from planner.decisions.commands import draft
from planner.decisions.queries import memo
from planner.experiments.queries import experiment as read_experiment
from planner.experiments.queries import experiments
from planner.experiments.spending import Spent, spent_by_experiment
from planner.hypotheses.queries import hypothesis as read_hypothesis
from planner.roadmap import closing
from planner.roadmap.adoption import adopt
from planner.roadmap.budgets import budget
from planner.roadmap.candidates import candidates
from planner.roadmap.plans import needed
from planner.workspace import Workspace, open_workspace
from tests.planner.roadmap.programme import Q1, SETTINGS, experiment, hypothesis, in_state, read, stored, write

AT = "2027-02-01T12:00:00Z"
Row = tuple[str, str, str, str, str, float | None, str | None]  # arm, seed, phase, metric, slice, hours, run
ROWS: Sequence[Row] = (
    ("new", "1", "offline", "nDCG", "", 8.0, "job-1"),
    ("new", "1", "offline", "recall", "", 8.0, "job-1"),  # the same run in another metric
    ("new", "1", "offline", "nDCG", "short", None, "job-1"),  # and in a slice that does not say
    ("new", "2", "offline", "nDCG", "", 7.5, "job-1"),  # one job that ran two seeds: two runs
    ("base", "1", "offline", "nDCG", "", 6.0, None),
    ("base", "1", "online", "nDCG", "", 0.0, None),  # it says that it used none
    ("base", "2", "offline", "nDCG", "", None, None),
)
RATED = ("new", "item-1", "offline", "fluency", "", None, None)


def put(db: Any, number: int, rows: Sequence[Row], rated: Sequence[Row] = ()) -> None:
    batch = db.execute(
        "INSERT INTO result_batch (experiment_id, source, person, at) VALUES (?, 'test', 'ada', ?)", (number, AT)
    ).lastrowid
    for row in (*rows, *rated):
        db.execute(
            "INSERT INTO result (batch_id, experiment_id, value, arm, seed, phase, metric, slice, gpu_hours, run)"
            " VALUES (?, ?, 1.0, ?, ?, ?, ?, ?, ?, ?)",
            (batch, number, *row),
        )
    for arm, item, _, metric, *_ in rated:
        db.execute(
            "INSERT INTO rating (batch_id, experiment_id, metric, arm, item, rater, score)"
            " VALUES (?, ?, ?, ?, ?, 'r', 1)",
            (batch, number, metric, arm, item),
        )


def by_hand(rows: Sequence[Row]) -> tuple[float, int, int]:
    """(GPU-hours, runs that say theirs, runs that do not) by the rule as the guide has it."""
    runs: dict[tuple[str, str, str], list[float]] = {}
    for arm, seed, phase, _, _, hours, _ in rows:
        runs.setdefault((arm, seed, phase), []).extend([] if hours is None else [hours])
    known = [max(hours) for hours in runs.values() if hours]
    return sum(known), len(known), len(runs) - len(known)


def test_every_figure_shown_is_the_same(workspace: Workspace) -> None:
    belongs = hypothesis(workspace)
    number = experiment(workspace, belongs, hours=50)
    stored(workspace, 100)
    write(workspace, adopt, "ada", SETTINGS, Q1)
    in_state(workspace, number, "done")
    write(workspace, put, number, ROWS, [RATED])
    assert by_hand(ROWS) == (21.5, 4, 1)

    today = date(2027, 2, 10)
    listed = read(workspace, lambda db: experiments(db, today=today))[0]
    shown = read(workspace, lambda db: read_experiment(db, number, today=today)).row
    tested = read(workspace, read_hypothesis, belongs)
    planned = read(workspace, candidates)[0].spent
    quarter = read(workspace, budget, SETTINGS, Q1, today)
    about, _ = write(workspace, lambda db: draft(db, "ada", "proceed", hypothesis=belongs))
    found = read(workspace, memo, about)
    facts = {fact.key: fact.value for fact in found.facts}
    said = next(item for item in read(workspace, agenda, SETTINGS, "ada", today) if item.label == "Budget").text
    write(workspace, closing.close, "ada", SETTINGS, Q1, {})
    outcome = read(workspace, needed, Q1, ("closed",)).chosen[0].outcome or {}

    assert (listed.spent, listed.unknown_runs) == (shown.spent, shown.unknown_runs) == (21.5, 1)
    assert [(each.gpu_hours, each.unknown_runs) for each in tested.experiments] == [(21.5, 1)]
    assert (tested.row.gpu_hours, tested.row.unknown_runs) == (21.5, 1)
    assert planned == Spent(21.5, 4, 1)
    assert (quarter.used, quarter.unknown_runs) == (21.5, 1)
    assert facts[f"E-{number} GPU-hours actual"] == 21.5
    assert facts[f"E-{number} runs without GPU-hours"] == 1
    assert "1 run of unknown cost" in said
    assert (outcome["gpu_hours_spent"], outcome["unknown_runs"]) == (21.5, 1)


def test_where_no_run_says_what_it_used_it_is_unknown_everywhere(workspace: Workspace) -> None:
    belongs = hypothesis(workspace)
    number = experiment(workspace, belongs, hours=50)
    beside = experiment(workspace, belongs, hours=500)  # does not fit, and runs all the same
    stored(workspace, 100)
    write(workspace, adopt, "ada", SETTINGS, Q1)
    for each in (number, beside):
        in_state(workspace, each, "done")
        write(workspace, put, each, [ROWS[-1]])
    today = date(2027, 2, 10)
    assert [row.spent for row in read(workspace, lambda db: experiments(db, today=today))] == [None, None]
    tested = read(workspace, read_hypothesis, belongs)
    assert (tested.row.gpu_hours, tested.row.unknown_runs) == (None, 2)
    about, _ = write(workspace, lambda db: draft(db, "ada", "proceed", hypothesis=belongs))
    facts = {fact.key: fact.value for fact in read(workspace, memo, about).facts}
    assert facts[f"E-{number} GPU-hours actual"] is None
    write(workspace, closing.close, "ada", SETTINGS, Q1, {})
    closed = read(workspace, needed, Q1, ("closed",))
    assert (closed.chosen[0].outcome or {})["gpu_hours_spent"] is None
    assert closed.details["unplanned"] == [{"id": f"E-{beside}", "gpu_hours": None, "unknown_runs": 1}]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Any:
    with open_workspace(Path(tmp_path_factory.mktemp("lab")) / "home", person="ada") as opened:
        yield opened, experiment(opened, None)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b"]),
            st.sampled_from(["1", "2"]),
            st.sampled_from(["offline", "online"]),
            st.sampled_from(["m", "n"]),
            st.sampled_from(["", "s"]),
            st.none() | st.integers(0, 99).map(float),
            st.none() | st.sampled_from(["r1", "r2"]),
        ),
        unique_by=lambda row: row[:5],
        min_size=1,
        max_size=12,
    )
)
def test_any_rows_come_to_what_they_come_to_by_hand(lab: tuple[Workspace, int], rows: list[Row]) -> None:
    workspace, number = lab
    write(workspace, lambda db: db.execute("DELETE FROM result_batch"))
    write(workspace, put, number, rows)
    found = read(workspace, spent_by_experiment)[number]
    hours, known, unknown = by_hand(rows)
    assert found == Spent(pytest.approx(hours), known, unknown)
    assert (found.stated is None) == (known == 0)
