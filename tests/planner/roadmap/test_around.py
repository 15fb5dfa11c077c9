"""One experiment among the others, other budgets, and the plan as Markdown."""

import pytest

from library.errors import NotFound
from library.quarter import Quarter
from library.workspace import Workspace
from planner.roadmap import adoption, closing, plans, queries
from planner.roadmap.around import around, at_other_budgets
from planner.roadmap.inputs import prices_of
from planner.roadmap.markdown import plan_markdown
from planner.roadmap.model import Entry, QuarterPlan
from planner.roadmap.scoring import score_of
from planner.roadmap.week_picking import pick, week_snapshot
from planner.roadmap.weeks import store_week
from tests.planner.roadmap.programme import (
    Q1,
    SETTINGS,
    experiment,
    hypothesis,
    in_state,
    read,
    stored,
    verdict,
    write,
)


def entry_of(plan: QuarterPlan, number: int) -> Entry:
    return next(entry for entry in plan.entries if entry.experiment == number)


def test_what_comes_before_and_after(workspace: Workspace) -> None:
    h = hypothesis(workspace)
    first = experiment(workspace, h, title="First")
    second = experiment(workspace, h, title="Second", prerequisites=f"E-{first}")
    third = experiment(workspace, h, title="Third", prerequisites=f"E-{second}, E-{first}")
    found = read(workspace, around, second)
    assert [(each.id, each.title, each.state) for each in found.needs] == [(f"E-{first}", "First", "ready")]
    assert [each.number for each in found.needed_by] == [third]
    assert [each.number for each in read(workspace, around, first).needed_by] == [second, third]
    assert [each.number for each in read(workspace, around, third).needs] == [second, first]
    with pytest.raises(NotFound, match="E-99"):
        read(workspace, around, 99)


def test_the_stored_score_is_taken_where_the_inputs_are_the_same(workspace: Workspace) -> None:
    number = experiment(workspace, hypothesis(workspace))
    assert read(workspace, around, number).stored == {}
    stored(workspace, 500)
    found = read(workspace, around, number)
    assert score_of(found.candidate, prices_of(SETTINGS), found.stored) == score_of(
        found.candidate, prices_of(SETTINGS), {}
    )
    assert found.stored.keys() == {number}


def test_weeks_in_which_it_was_picked(workspace: Workspace) -> None:
    number = experiment(workspace, hypothesis(workspace))
    stored(workspace, 500)
    now = read(workspace, week_snapshot, SETTINGS, "2027-W02")
    write(workspace, store_week, "ada", pick(now, 500))
    assert read(workspace, around, number).weeks == ("2027-W02",)


def test_what_other_budgets_would_do(workspace: Workspace) -> None:
    """100 GPU-hours hold the cheaper one alone; 120 the dearer, which is worth more; 80 neither."""
    cheap = experiment(workspace, hypothesis(workspace, payoff=10), hours=90)
    dear = experiment(workspace, hypothesis(workspace, payoff=40, loss=30), hours=115)
    plan = stored(workspace, 100)
    assert [one.effect for one in at_other_budgets(plan, entry_of(plan, cheap))] == ["falls out", "falls out"]
    assert [one.effect for one in at_other_budgets(plan, entry_of(plan, dear))] == ["stays out", "comes in"]
    assert [round(one.gpu_hours) for one in at_other_budgets(plan, entry_of(plan, dear))] == [80, 120]


def test_rows_know_every_card(workspace: Workspace) -> None:
    number = experiment(workspace, hypothesis(workspace))
    over = experiment(workspace, None, state="done")
    rows = read(workspace, queries.roadmap_rows, SETTINGS, Q1)
    assert set(rows.cards) == {number, over}
    assert rows.plan is None
    assert [card.number for card in rows.added] == [number]


def test_the_plan_as_markdown(workspace: Workspace) -> None:
    h = hypothesis(workspace)
    first = experiment(workspace, h, title="A | pipe and [a link](x)", hours=60)
    second = experiment(workspace, h, title="Second", hours=60, prerequisites=f"E-{first}")
    plan = stored(workspace, 100)
    text = plan_markdown(plan)
    assert "# 2027Q1: draft, not adopted" in text
    assert "A \\| pipe and \\[a link\\](x)" in text
    assert f"E-{second}" in text
    assert "## Another budget" in text
    assert "−20 % (80 GPU-h)" in text
    write(workspace, adoption.adopt, "ada", SETTINGS, Q1)
    in_state(workspace, first, "done")
    write(workspace, closing.close, "ada", SETTINGS, Q1, {}, "Measure first.\n\n- then think")
    closed = read(workspace, plans.needed, Q1, ("closed",))
    text = plan_markdown(closed)
    assert "| done" in text
    assert "## What was learned" in text
    assert "- then think" in text
    assert "Another budget" not in text


def test_an_empty_plan_as_markdown(workspace: Workspace) -> None:
    plan = stored(workspace, 100, quarter=Quarter(2027, 2))
    assert "Nothing." in plan_markdown(plan)


def test_a_card_says_what_blocks_a_supported_verdict(workspace: Workspace) -> None:
    number = experiment(workspace, hypothesis(workspace))
    verdict(workspace, number)
    assert read(workspace, queries.board)["ready"][0].headline == "supported"
    write(workspace, lambda db: db.execute("DROP TRIGGER verdict_stays"))
    write(
        workspace,
        lambda db: db.execute("UPDATE verdict SET blocked_by = '[\"latency\"]' WHERE experiment_id = ?", (number,)),
    )
    assert read(workspace, queries.board)["ready"][0].headline == "supported, blocked by latency"


def test_todays_quarter_is_looked_at_first_where_it_is_planned(workspace: Workspace) -> None:
    experiment(workspace, hypothesis(workspace))
    day = Q1.start(1)
    assert read(workspace, plans.looked_at_first, day, 1) == Q1.shifted(1)
    stored(workspace, 100)
    assert read(workspace, plans.looked_at_first, day, 1) == Q1
    assert read(workspace, plans.looked_at_first, Q1.end(4), 4) == Q1
