"""The Roadmap by keys: a quarter planned, adopted and closed, and what its list and detail say."""

import asyncio
from typing import Any

import pytest
from textual.widgets import Static

from library.workspace import Workspace
from planner.experiments.queries import experiment as read_experiment
from planner.roadmap import adoption, locks, weeks
from tests.planner.roadmap.programme import Q1, SETTINGS, in_state, read, state_of, write
from tests.tui.screens.driving import settled
from tests.tui.screens.roadmapping import (
    detail,
    draft,
    notes,
    opened,
    planned,
    programme,
    revised,
    roadmap,
    to_tab,
    typed,
)
from tui.screens.form import FormScreen
from tui.screens.page import Page, PageText
from tui.screens.review import ReviewScreen


async def test_a_quarter_is_planned_locked_vetoed_and_adopted(workspace: Workspace) -> None:
    found = programme(workspace)
    app = opened(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        screen = roadmap(app)
        assert str(screen.quarter) == "2027Q2"  # this one has no plan, so the next is planned
        await pilot.press("[")
        await settled(pilot)
        assert str(screen.quarter) == "2027Q1"
        await pilot.press("P")
        await settled(pilot)
        assert isinstance(app.screen, FormScreen)
        await typed(pilot, "300")
        await pilot.press("tab")
        await typed(pilot, "30")
        await pilot.press("ctrl+s")
        await settled(pilot)
        plan = draft(workspace)
        assert (plan.state, plan.gpu_hours, plan.people_days) == ("draft", 300, 30)
        chosen = {entry.experiment for entry in plan.chosen}
        assert {found["index"], found["distil"], found["hard"], found["running"]} <= chosen
        assert found["big"] not in chosen
        assert plan.details["robustness"]["draws"] == 200  # streamed in behind it, then stored
        assert all(entry.stays is not None for entry in plan.chosen)
        assert "stays in" in detail(app)
        # A veto needs its reason; the next plan keeps to it.
        assert screen.planned.move_to_id(found["distil"])
        await pilot.press("v")
        await settled(pilot)
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert isinstance(app.screen, FormScreen)  # no reason, not stored
        await typed(pilot, "too early")
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert read(workspace, locks.locks_of, Q1)[found["distil"]].reason == "too early"
        assert screen.list_rows[found["distil"]].lock is not None
        await pilot.press("P")
        await settled(pilot)
        await pilot.press("ctrl+s")  # the last budget stands there already
        await settled(pilot)
        plan = draft(workspace)
        assert (plan.gpu_hours, plan.people_days) == (300, 30)
        assert found["distil"] not in {entry.experiment for entry in plan.chosen}
        await pilot.press("v")  # again takes it back
        await settled(pilot)
        assert found["distil"] not in read(workspace, locks.locks_of, Q1)
        await pilot.press("A")
        await settled(pilot)
        assert draft(workspace).state == "adopted"
        assert state_of(workspace, found["index"]) == "planned"
        assert "adopted the plan of 2027Q1" in notes(app)
        await pilot.press("u")
        await settled(pilot)
        assert draft(workspace).state == "draft"
        assert state_of(workspace, found["index"]) == "ready"


async def test_drawing_streams_in_and_x_keeps_the_draws_so_far(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    from planner.prioritisation import robustness
    from tui.screens import roadmap_planning

    found = programme(workspace)
    go_on = asyncio.Event()
    seen: list[float | None] = []
    loop = asyncio.get_running_loop()

    def slowly(planned_: Any, **more: Any) -> Any:
        for each in robustness.robustness(
            [robustness.Candidate(item) for item in planned_.offer.items],
            planned_.solved.budget,
            done=planned_.offer.done,
            draws=200,
            cancel=more["cancel"],
        ):
            yield each
            asyncio.run_coroutine_threadsafe(go_on.wait(), loop).result()

    monkeypatch.setattr(roadmap_planning, "resampled", slowly)
    app = opened(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("[", "P")
        await settled(pilot)
        await typed(pilot, "300")
        await pilot.press("ctrl+s")
        for _ in range(400):
            await pilot.pause(0.02)
            row = roadmap(app).list_rows.get(found["index"])
            seen.append(row.entry.stays if row is not None and row.entry is not None else None)
            if seen[-1] is not None:
                break
        assert seen[-1] == 1.0  # shown before anything of it is stored
        assert draft(workspace).details["robustness"] is None
        assert "drawing what stays in 2027Q1" in app.status.work
        await pilot.press("x")
        go_on.set()
        await settled(pilot)
        assert app.status.work == ""
        assert 0 < draft(workspace).details["robustness"]["draws"] < 200


async def test_what_cannot_be_planned_is_told_with_what_excludes_it(workspace: Workspace) -> None:
    found = programme(workspace)
    write(workspace, locks.set_lock, "ada", [found["big"]], Q1, "in", "we want it")
    app = opened(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("[", "P")
        await settled(pilot)
        await typed(pilot, "100")
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert f"E-{found['big']} is locked in" in notes(app)
        assert draft(workspace) is None
        assert app.status.work == ""


async def test_the_budget_is_checked_at_its_field(workspace: Workspace) -> None:
    programme(workspace)
    app = opened(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("P")
        await settled(pilot)
        await typed(pilot, "many")
        await pilot.press("ctrl+s")
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, FormScreen)
        assert "is a number" in screen.form.entries[0].problem


async def test_the_detail_says_what_it_is_worth_why_it_is_out_and_what_is_in_the_way(workspace: Workspace) -> None:
    found = planned(workspace)
    app = opened(workspace)
    async with app.run_test(size=(160, 48)) as pilot:
        await settled(pilot)
        screen = roadmap(app)
        assert screen.planned.move_to_id(found["big"])
        await settled(pilot)
        text = detail(app)
        assert "A bigger encoder" in text
        assert "per 1,000 GPU-h" in text
        assert "○ out" in text
        assert "+20 % of the budget (360 GPU-h): stays out" in text
        assert "No GPU with 80 GB" in text
        assert "on the platform team" in text
        assert "prior p" in text
        assert screen.planned.move_to_id(found["rewrite"])
        await settled(pilot)
        assert "Not ranked: needs input" in detail(app)
        assert screen.planned.move_to_id(found["hard"])
        await settled(pilot)
        assert "locked in by ada: the team waits for it" in detail(app)
        assert screen.planned.move_to_id(found["distil"])
        await settled(pilot)
        assert f"← E-{found['index']}" in detail(app)
        assert screen.planned.move_to_id(found["index"])
        await settled(pilot)
        assert f"→ E-{found['distil']}" in detail(app)


async def test_changed_inputs_and_new_experiments_are_marked(workspace: Workspace) -> None:
    found = planned(workspace)
    revised(workspace, found["index"], gpu_hours="90")
    app = opened(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        screen = roadmap(app)
        assert screen.list_rows[found["index"]].changed
        await pilot.press("n")
        await settled(pilot)
        await typed(pilot, "Something new")
        await pilot.press("ctrl+s")
        await settled(pilot)
        new = screen.planned.cursor_id
        assert new == max(found.values()) + 1
        assert screen.list_rows[new].entry is None
        assert "does not know it yet" in detail(app)
        await pilot.press("e")
        await settled(pilot)
        form = app.screen
        assert isinstance(form, FormScreen)
        assert form.form.entries[0].text == "Something new"
        await typed(pilot, "!")
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert read(workspace, read_experiment, new).row.title == "Something new!"


async def test_the_filter_narrows_every_tab(workspace: Workspace) -> None:
    found = planned(workspace)
    app = opened(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        screen = roadmap(app)
        await pilot.press("slash")
        await typed(pilot, "bigger")
        await settled(pilot)
        assert list(screen.planned.ids) == [found["big"]]
        await pilot.press("enter")
        for tab in ("board", "experiments"):
            await to_tab(pilot, tab)
            assert screen.pane.cursor_id == found["big"]
        await to_tab(pilot, "timeline")
        assert screen.has_class("-empty")
        await pilot.press("escape")
        await settled(pilot)
        assert not screen.has_class("-empty")
        await to_tab(pilot, "list")
        await pilot.press("slash")
        await typed(pilot, "nothing of it")
        await settled(pilot)
        assert screen.has_class("-empty")
        await pilot.press("escape", "escape")
        await settled(pilot)
        assert len(screen.planned.ids) == 6


async def test_the_plan_is_copied_as_markdown(workspace: Workspace) -> None:
    planned(workspace)
    app = opened(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("y")
        assert app.clipboard.startswith("# 2027Q1: draft")
        assert "Hard-negative mining" in app.clipboard
        await pilot.press("]")
        await settled(pilot)
        await pilot.press("y")
        assert "There is no plan to copy" in notes(app)


async def test_the_week_is_picked_and_shown(workspace: Workspace) -> None:
    found = planned(workspace)
    app = opened(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("w")
        await settled(pilot)
        await typed(pilot, "60")
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert isinstance(app.screen, Page)
        text = app.screen.query_one(PageText).content.plain
        assert "of 60 GPU-h" in text
        assert f"E-{found['running']}" in text
        await pilot.press("escape")
        week = read(workspace, lambda db: weeks.week_plan(db, SETTINGS, "2027-W07"))
        assert week is not None
        assert found["running"] in {item.experiment for item in week.items}


async def test_a_quarter_is_closed_item_by_item_and_the_next_one_is_begun(workspace: Workspace) -> None:
    found = planned(workspace)
    write(workspace, adoption.adopt, "ada", SETTINGS, Q1)
    in_state(workspace, found["index"], "done")
    app = opened(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("c")
        await settled(pilot)
        review = app.screen
        assert isinstance(review, ReviewScreen)
        open_ones = list(review.entries)
        assert found["index"] not in open_ones
        await pilot.press("ctrl+s")
        assert "has no answer yet" in str(review.query_one("#review-hint", Static).content)
        for number in open_ones:
            assert review.table.cursor_id == number
            await pilot.press("d" if number == found["distil"] else "c")
        await pilot.press("tab")
        await typed(pilot, "measure first")
        await pilot.press("ctrl+s")
        await settled(pilot)
        closed = draft(workspace)
        assert closed.state == "closed"
        assert closed.learned == "measure first"
        assert state_of(workspace, found["distil"]) == "dropped"
        following = draft(workspace, Q1.shifted(1))
        assert {entry.experiment for entry in following.chosen} == set(open_ones) - {found["distil"]}
        assert "closed 2027Q1" in notes(app)
        lines = [roadmap(app).planned.render_line(1 + place).text for place in range(4)]
        assert any("● in" in line and f"E-{found['index']}" in line for line in lines)  # what became of it
        assert any("✗ in" in line and f"E-{found['distil']}" in line for line in lines)
        await pilot.press("P")
        await settled(pilot)
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert "was closed by ada" in notes(app)


async def test_closing_needs_an_adopted_plan(workspace: Workspace) -> None:
    planned(workspace)
    app = opened(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("c")
        await settled(pilot)
        assert not isinstance(app.screen, ReviewScreen)
        assert "no plan of 2027Q1 that was adopted" in notes(app)


async def test_what_changed_since_the_last_review(workspace: Workspace) -> None:
    found = planned(workspace)
    write(workspace, lambda db: db.execute("UPDATE roadmap SET at = '2027-01-04T08:00:00Z'"))
    write(workspace, adoption.adopt, "ada", SETTINGS, Q1)
    write(workspace, lambda db: db.execute("UPDATE experiment_move SET at = '2027-01-05T08:00:00Z'"))
    app = opened(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("C")
        await settled(pilot)
        assert isinstance(app.screen, Page)
        text = app.screen.query_one(PageText).content.plain
        assert f"E-{found['index']}" in text
        assert "ready → planned" in text
        await pilot.press("escape")
        assert app.screen is roadmap(app)
