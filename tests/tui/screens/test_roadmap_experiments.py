"""Every experiment on the Roadmap: results brought in and judged, what is in the way."""

from pathlib import Path
from time import sleep
from typing import Any

import pytest
from textual import events
from textual.widgets import Static

from library.workspace import Workspace
from planner.experiments.queries import experiment as read_experiment
from planner.obstacles.queries import obstacles
from tests.planner.roadmap.programme import read, state_of
from tests.tui.screens.driving import settled
from tests.tui.screens.roadmapping import (
    detail,
    notes,
    opened,
    pasted,
    planned,
    results,
    revised,
    roadmap,
    to_tab,
    typed,
)
from tui.screens import roadmap_panes
from tui.screens.form import FormScreen


async def test_results_come_in_from_a_file_and_are_judged(workspace: Workspace, tmp_path: Path) -> None:
    found = planned(workspace)
    good, bad = tmp_path / "results.csv", tmp_path / "bad.csv"
    rows = [f"{arm},{seed},{40 + seed / 10 + gain + (seed % 3) / 20 * bool(gain)}" for seed in range(1, 6)
            for arm, gain in (("base", 0.0), ("new", 1.5))]  # fmt: skip
    good.write_text("arm,seed,value\n" + "\n".join(rows) + "\n", encoding="utf-8")
    bad.write_text("arm,seed,value\nbase,1,4x\nnobody,2,1\n", encoding="utf-8")
    app = opened(workspace)
    async with app.run_test(size=(160, 48)) as pilot:
        await settled(pilot)
        await to_tab(pilot, "experiments")
        screen = roadmap(app)
        assert screen.all.move_to_id(found["index"])
        await settled(pilot)
        await pilot.press("J")
        await settled(pilot)
        assert f"E-{found['index']} has no results yet" in notes(app)
        await pilot.press("R")
        await settled(pilot)
        await pasted(pilot, str(bad))
        await pilot.press("ctrl+s")
        await settled(pilot)
        form = app.screen
        assert isinstance(form, FormScreen)  # refused as a whole, and the path stands there to be mended
        assert "2 lines of bad.csv" in str(form.query_one("#form-hint", Static).content)
        form.form.write(0, str(good))
        form.body.reload()
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert "imported 10 results" in notes(app)
        assert state_of(workspace, found["index"]) == "analysing"
        assert screen.experiments[found["index"]].seeds_done == 5
        await pilot.press("J")
        await settled(pilot)
        stored_ = read(workspace, read_experiment, found["index"])
        assert stored_.verdicts[0].state == "supported"
        assert "supported" in screen.all.render_line(1 + screen.all.cursor).text
        text = detail(app)
        assert "┣" in text
        assert "●" in text
        assert "δ 1" in text
        assert "version 1" in text
        await pilot.press("J")
        await settled(pilot)
        assert "results are as they were" in notes(app)
        await pilot.press("u")
        await settled(pilot)
        assert not read(workspace, read_experiment, found["index"]).verdicts


async def test_keys_right_behind_the_tab_key_wait_for_the_new_tab(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = planned(workspace)
    read_all = roadmap_panes.experiments

    def slowly(*args: Any, **kwargs: Any) -> Any:
        sleep(0.4)
        return read_all(*args, **kwargs)

    monkeypatch.setattr(roadmap_panes, "experiments", slowly)
    app = opened(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await to_tab(pilot, "board")
        assert roadmap(app).board.move_to_id(found["hard"])
        below = list(roadmap(app).experiments)
        for key in ("full_stop", "full_stop", "j", "e"):
            app.post_message(events.Key(key, None))
        await settled(pilot)
        assert not below  # it was not read before
        ids = list(roadmap(app).all.ids)
        after = ids[ids.index(found["hard"]) + 1]
        assert roadmap(app).all.cursor_id == after
        assert isinstance(app.screen, FormScreen)
        assert app.screen._heading.startswith(f"E-{after} ")


async def test_of_several_treatments_one_is_chosen(workspace: Workspace) -> None:
    found = planned(workspace)
    revised(workspace, found["index"], arms="base|baseline\nnew|treatment\nother|treatment")
    results(workspace, found["index"])
    app = opened(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert roadmap(app).planned.move_to_id(found["index"])
        await pilot.press("J")
        await settled(pilot)
        await typed(pilot, "new")
        await pilot.press("enter")
        await settled(pilot)
        verdicts = read(workspace, read_experiment, found["index"]).verdicts
        assert [verdict.treatment for verdict in verdicts] == ["new"]


async def test_exploration_and_what_is_for_production_are_counted_apart(workspace: Workspace) -> None:
    planned(workspace)
    app = opened(workspace)
    async with app.run_test(size=(160, 48)) as pilot:
        await settled(pilot)
        await to_tab(pilot, "experiments")
        head = str(roadmap(app).query_one("#rm-line").render())
        assert "exploration 5" in head
        assert "transfer-ready 2" in head
        assert "7" not in head


async def test_a_blocker_is_noted_and_resolved(workspace: Workspace) -> None:
    found = planned(workspace)
    app = opened(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        assert roadmap(app).planned.move_to_id(found["index"])
        await pilot.press("b")
        await settled(pilot)
        await typed(pilot, "Data not here")
        form = app.screen
        assert isinstance(form, FormScreen)
        place = next(p for p, entry in enumerate(form.form.entries) if entry.key == "on_whom")
        form.form.write(place, "kim")
        await pilot.press("ctrl+s")
        await settled(pilot)
        (there,) = read(workspace, lambda db: obstacles(db, experiment=found["index"]))
        assert (there.what, there.on_whom, there.since) == ("Data not here", "kim", "2027-02-15")
        assert "Data not here" in detail(app)
        await pilot.press("b")
        await settled(pilot)
        await pilot.press("down", "down", "enter")
        await settled(pilot)
        await typed(pilot, "it came")
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert read(workspace, lambda db: obstacles(db, experiment=found["index"])) == ()


async def test_a_stale_baseline_is_planned_to_be_measured_again(workspace: Workspace) -> None:
    found = planned(workspace)
    revised(workspace, found["index"], arms="base|baseline||2026-06-01\nnew|treatment")
    app = opened(workspace)
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        screen = roadmap(app)
        assert screen.planned.move_to_id(found["index"])
        await settled(pilot)
        assert "The baseline base was measured 259 days ago" in " ".join(detail(app).split())
        await pilot.press("b")
        await settled(pilot)
        await typed(pilot, "measure")
        await pilot.press("enter")
        await settled(pilot)
        again = read(workspace, read_experiment, found["index"]).plan.values["prerequisites"]
        assert read(workspace, read_experiment, again[0]).row.title == f"Measure base again for E-{found['index']}"
        assert f"← E-{again[0]}" in detail(app)
