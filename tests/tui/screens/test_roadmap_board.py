"""The Roadmap's board and timeline: cards moved on by keys, bars that say what is critical, late and unknown."""

from library.workspace import Workspace
from planner.experiments.queries import experiment as read_experiment
from tests.planner.roadmap.programme import read, state_of, stored
from tests.tui.screens.driving import settled
from tests.tui.screens.roadmapping import detail, notes, opened, planned, programme, revised, roadmap, to_tab, typed
from tui.screens.form import FormScreen
from tui.widgets.board import COLUMNS


async def test_cards_are_moved_through_the_allowed_states(workspace: Workspace) -> None:
    found = planned(workspace)
    app = opened(workspace)
    async with app.run_test(size=(160, 48)) as pilot:
        await settled(pilot)
        await to_tab(pilot, "board")
        screen = roadmap(app)
        assert screen.board.move_to_id(found["index"])
        for state in ("planned", "running", "analysing"):
            await pilot.press(">")
            await settled(pilot)
            assert state_of(workspace, found["index"]) == state
            assert screen.board.cursor_id == found["index"]  # the cursor goes with its card
            assert screen.board.state == state
        await pilot.press(">")  # done needs a reason, since there is no verdict
        await settled(pilot)
        assert isinstance(app.screen, FormScreen)
        await typed(pilot, "nothing more to learn")
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert state_of(workspace, found["index"]) == "done"
        moves = read(workspace, read_experiment, found["index"]).moves
        assert moves[-1].reason == "nothing more to learn"
        await pilot.press("u")
        await settled(pilot)
        assert state_of(workspace, found["index"]) == "analysing"
        assert screen.board.state == "analysing"
        await pilot.press("shift+left")
        await settled(pilot)
        assert state_of(workspace, found["index"]) == "running"
        # What lacks something stays an idea, and is told why.
        assert screen.board.move_to_id(found["rewrite"])
        revised(workspace, found["rewrite"], seeds="")
        await pilot.press(">")
        await settled(pilot)
        assert state_of(workspace, found["rewrite"]) == "idea"
        assert "a number of seeds" in notes(app)


async def test_many_keys_in_a_row_move_one_card_on(workspace: Workspace) -> None:
    found = planned(workspace)
    app = opened(workspace)
    async with app.run_test(size=(160, 48)) as pilot:
        await settled(pilot)
        await to_tab(pilot, "board")
        assert roadmap(app).board.move_to_id(found["index"])
        await pilot.press(">", ">", ">")
        await settled(pilot)
        assert state_of(workspace, found["index"]) == "analysing"


async def test_moving_with_a_reason(workspace: Workspace) -> None:
    found = planned(workspace)
    app = opened(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert roadmap(app).planned.move_to_id(found["rewrite"])
        await pilot.press("m")
        await settled(pilot)
        await pilot.press("d", "tab")
        await typed(pilot, "not worth it")
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert state_of(workspace, found["rewrite"]) == "dropped"
        assert f"moved E-{found['rewrite']} from idea to dropped" in notes(app)


async def test_a_narrow_board_shows_three_columns_and_says_which(workspace: Workspace) -> None:
    found = planned(workspace)
    app = opened(workspace)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await to_tab(pilot, "board")
        board = roadmap(app).board
        assert len(board.shown) == 3
        await pilot.press("l", "l", "l", "l", "l", "l")
        assert board.state == "done"
        assert [COLUMNS[number] for number in board.shown] == ["running", "analysing", "done"]
        assert board.cursor_id == found["done"]
        head = roadmap(app).query_one("#rm-line").render()
        assert "‹ running" in str(head)
        await pilot.press("enter")
        await settled(pilot)
        assert roadmap(app).has_class("-detail")
        assert "A cheap look at it" in detail(app)
        await pilot.press("escape")
        assert app.focused is board
        await pilot.resize_terminal(160, 48)
        await settled(pilot)
        assert len(board.shown) == 6


async def test_the_timeline_marks_the_critical_path_what_is_late_and_what_is_unknown(workspace: Workspace) -> None:
    found = programme(workspace)
    revised(workspace, found["distil"], days="60")
    stored(workspace, 300)
    app = opened(workspace)
    async with app.run_test(size=(160, 48)) as pilot:
        await settled(pilot)
        await to_tab(pilot, "timeline")
        table = roadmap(app).timeline
        lines = {number: table.render_line(1 + place).text for place, number in enumerate(table.ids)}
        assert "━" in lines[found["index"]]
        assert "━" in lines[found["distil"]]
        assert "▶" in lines[found["distil"]]
        assert "late" in lines[found["distil"]]
        assert f"←E-{found['index']}" in lines[found["distil"]]
        assert "─" in lines[found["hard"]]
        assert "━" not in lines[found["hard"]]
        assert "nobody said how long" in lines[found["running"]]
        assert list(table.ids)[-1] == found["running"]  # what is unknown comes last
        assert "┆" in lines[found["distil"]]  # today, before it begins
        head = str(roadmap(app).query_one("#rm-line").render())
        assert f"critical E-{found['index']} → E-{found['distil']}" in head
        assert "1 late" in head
        assert "1 of unknown length" in head
