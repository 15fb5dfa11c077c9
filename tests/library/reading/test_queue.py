"""The queue: what a person does to it, what stands on it, how it is undone; a colleague's is another one."""

import sqlite3
from datetime import date
from pathlib import Path

import pytest

from library.db import journal
from library.db.journal import Recorder, record
from library.errors import LabtopError, NotFound, UsageError
from library.papers import commands
from library.reading import doing
from library.reading.critiques import delete_critique, write_critique
from library.reading.doing import TooManyAtOnce, read_progress
from library.reading.model import Entry, State
from library.reading.queue import counts, dequeue_untouched, enqueue, queue
from planner.workspace import open_workspace
from tests.library.reading.conftest import Desk, draft

TODAY = date(2026, 4, 20)
ALL: tuple[State, ...] = ("reading", "queued", "read", "dropped")


def keys(desk: Desk, *states: State, person: str = "ada", order: str = "hand") -> list[int]:
    found = desk.read(lambda db: queue(db, person, states or ("reading", "queued"), order=order))  # type: ignore[arg-type]
    return [int(entry.key[-1]) for entry in found]


def entry(desk: Desk, paper_id: int, person: str = "ada") -> Entry:
    return next(each for each in desk.read(lambda db: queue(db, person, ALL)) if each.id == paper_id)


def journalled(desk: Desk, write: object, person: str = "ada") -> bool:
    def run(db: sqlite3.Connection) -> bool:
        done, _ = record(db, person=person, action="paper.decide", summary="kept it", write=write)  # type: ignore[arg-type, var-annotated]
        return bool(done)

    return desk.write(run)


# As part of another action.


def test_what_is_kept_goes_to_the_end_and_what_is_starred_to_the_front(desk: Desk, five: tuple[int, ...]) -> None:
    assert journalled(desk, lambda r: enqueue(r, "ada", five[0]))
    assert journalled(desk, lambda r: enqueue(r, "ada", five[1]))
    assert journalled(desk, lambda r: enqueue(r, "ada", five[2], front=True))
    assert keys(desk) == [3, 1, 2]
    assert not journalled(desk, lambda r: enqueue(r, "ada", five[1])), "it waits already"
    assert journalled(desk, lambda r: enqueue(r, "ada", five[1], front=True)), "and now it comes first"
    assert keys(desk) == [2, 3, 1]
    assert not journalled(desk, lambda r: enqueue(r, "ada", five[1], front=True))
    desk.undo()
    assert keys(desk) == [3, 1, 2]
    assert keys(desk, person="kim") == []


@pytest.mark.parametrize("state", ["reading", "read"])
def test_what_is_begun_or_read_is_not_queued_again(desk: Desk, five: tuple[int, ...], state: State) -> None:
    desk.write(lambda db: doing.put(db, "ada", five[:1], state))
    assert not journalled(desk, lambda r: enqueue(r, "ada", five[0], front=True))
    assert entry(desk, five[0]).state == state


def test_what_was_dropped_comes_back(desk: Desk, five: tuple[int, ...]) -> None:
    desk.write(lambda db: doing.add(db, "ada", five[:1]))
    desk.write(lambda db: doing.drop(db, "ada", five[:1]))
    assert journalled(desk, lambda r: enqueue(r, "ada", five[0]))
    assert (entry(desk, five[0]).state, entry(desk, five[0]).finished_at) == ("queued", None)


def test_an_untouched_entry_comes_off_and_a_touched_one_stays(desk: Desk, five: tuple[int, ...]) -> None:
    one, noted, due, begun, assessed = five
    desk.write(lambda db: doing.add(db, "ada", five))
    desk.write(lambda db: commands.add_note(db, "ada", noted, "Read this."))
    desk.write(lambda db: doing.set_due(db, "ada", [due], TODAY))
    desk.write(lambda db: doing.put(db, "ada", [begun], "reading"))
    desk.write(lambda db: write_critique(db, "ada", assessed, {"verdict": "4"}))
    desk.write(lambda db: commands.add_note(db, "kim", one, "A colleague's note keeps nobody's entry."))

    def off(recorder: Recorder) -> list[bool]:
        return [dequeue_untouched(recorder, "ada", paper_id) for paper_id in five]

    found = desk.write(lambda db: record(db, person="ada", action="x", summary="changed my mind", write=off))[0]
    assert found == [True, False, False, False, False]
    assert keys(desk) == [4, 2, 3, 5]
    desk.undo()
    assert keys(desk) == [4, 1, 2, 3, 5]
    assert not journalled(desk, lambda r: dequeue_untouched(r, "kim", one)), "it is not on that queue"


# States.


def test_a_paper_goes_from_state_to_state_and_each_step_is_undone(desk: Desk, five: tuple[int, ...]) -> None:
    paper = five[0]
    steps = [desk.write(lambda db: doing.step(db, "ada", [paper], 1)).summary for _ in range(3)]
    assert [step.split(" “")[0] for step in steps] == ["queued", "began to read", "finished"]
    assert entry(desk, paper).state == "read"
    assert entry(desk, paper).finished_at is not None
    with pytest.raises(UsageError, match="read already"):
        desk.write(lambda db: doing.step(db, "ada", [paper], 1))
    desk.write(lambda db: doing.step(db, "ada", [paper], -1))
    assert (entry(desk, paper).state, entry(desk, paper).finished_at) == ("reading", None)
    states = []
    for _ in range(4):
        desk.undo()
        found = desk.read(lambda db: queue(db, "ada", ALL))
        states.append(found[0].state if found else None)
    assert states == ["read", "reading", "queued", None]


def test_finishing_what_was_never_queued_is_one_action(desk: Desk, five: tuple[int, ...]) -> None:
    change = desk.write(lambda db: doing.put(db, "ada", five[:2], "read"))
    assert change.summary == "finished 2 papers"
    assert desk.read(lambda db: counts(db, "ada")) == {"reading": 0, "queued": 0, "read": 2, "dropped": 0}
    desk.undo()
    assert desk.read(lambda db: queue(db, "ada", ALL)) == ()


def test_dropping_what_was_never_queued_is_refused(desk: Desk, five: tuple[int, ...]) -> None:
    with pytest.raises(NotFound, match="not on your queue"):
        desk.write(lambda db: doing.drop(db, "ada", five[:1]))
    desk.write(lambda db: doing.add(db, "ada", five[:1]))
    desk.write(lambda db: doing.drop(db, "ada", five[:2]))
    assert keys(desk, "dropped") == [1]


def test_the_limit_is_said_and_can_be_passed_over(desk: Desk, five: tuple[int, ...]) -> None:
    desk.write(lambda db: doing.put(db, "ada", five[:2], "reading", limit=2))
    with pytest.raises(TooManyAtOnce, match="reading 2 papers already, and 2 at once is your limit") as refused:
        desk.write(
            lambda db: doing.step(db, "ada", five[2:3], 1, limit=2) and doing.step(db, "ada", five[2:3], 1, limit=2)
        )
    assert "--over" in refused.value.mend
    assert keys(desk) == [1, 2], "nothing of it was stored"
    desk.write(lambda db: doing.put(db, "ada", five[2:3], "reading", limit=2, over=True))
    desk.write(
        lambda db: doing.put(db, "ada", five[2:3], "reading", limit=2)
    )  # it is begun already: no more than before
    desk.write(lambda db: doing.put(db, "ada", five[3:], "reading", limit=0))
    assert keys(desk, "reading") == [1, 2, 3, 4, 5]
    desk.write(lambda db: doing.put(db, "kim", five[:1], "reading", limit=1))


def test_a_colleagues_queue_is_another_one_and_undo_is_ones_own(desk: Desk, five: tuple[int, ...]) -> None:
    desk.write(lambda db: doing.add(db, "ada", five[:3]))
    desk.write(lambda db: doing.add(db, "kim", five[2:]))
    desk.write(lambda db: doing.set_due(db, "kim", five[2:3], TODAY))
    assert (keys(desk), keys(desk, person="kim")) == ([1, 2, 3], [3, 4, 5])
    assert entry(desk, five[2]).due is None
    desk.undo("ada")
    assert (keys(desk), keys(desk, person="kim")) == ([], [3, 4, 5])
    with pytest.raises(NotFound):
        desk.undo("ada")


def test_undo_goes_on_after_a_restart(tmp_path: Path) -> None:
    with open_workspace(tmp_path / "lab", person="ada") as workspace:
        desk = Desk(workspace)
        papers = desk.put(*(draft(number) for number in range(1, 4)))
        desk.write(lambda db: doing.add(db, "ada", papers))
        desk.write(lambda db: doing.move(db, "ada", papers[2], "top"))
        desk.write(lambda db: doing.put(db, "ada", papers[:1], "reading"))
        desk.undo()
    with open_workspace(tmp_path / "lab", person="ada") as workspace:
        desk = Desk(workspace)
        assert keys(desk) == [3, 1, 2]
        assert desk.undo().startswith("undid: moved “Paper 3”")
        assert keys(desk) == [1, 2, 3]
        assert desk.undo() == "undid: queued 3 papers"
        assert keys(desk) == []


# Order, days, progress.


def test_the_order_by_hand(desk: Desk, five: tuple[int, ...]) -> None:
    desk.write(lambda db: doing.add(db, "ada", five))
    moves: list[tuple[int, str | int, list[int]]] = [
        (4, "up", [1, 2, 3, 5, 4]),
        (0, "down", [2, 1, 3, 5, 4]),
        (2, "top", [3, 2, 1, 5, 4]),
        (2, "bottom", [2, 1, 5, 4, 3]),
        (3, 1, [4, 2, 1, 5, 3]),
        (3, 99, [2, 1, 5, 3, 4]),
        (3, "down", [2, 1, 5, 3, 4]),  # it is the last already
    ]
    for place, where, expected in moves:
        desk.write(lambda db, p=place, w=where: doing.move(db, "ada", five[p], w))  # type: ignore[misc]
        assert keys(desk) == expected, (place, where)
    with pytest.raises(UsageError, match="from 1"):
        desk.write(lambda db: doing.move(db, "ada", five[0], 0))
    with pytest.raises(NotFound):
        desk.write(lambda db: doing.move(db, "kim", five[0], "up"))
    for _ in range(6):
        desk.undo()
    assert keys(desk) == [1, 2, 3, 4, 5]


def test_a_move_changes_one_row(desk: Desk, five: tuple[int, ...]) -> None:
    desk.write(lambda db: doing.add(db, "ada", five))
    change = desk.write(lambda db: doing.move(db, "ada", five[4], 2))
    (newest,) = desk.read(lambda db: journal.entries(db, limit=1))
    assert newest.id == change.journal_id
    assert [key["paper_id"] for _, key, *_ in newest.changes] == [five[4]]


def test_several_go_to_the_front_in_the_order_named(desk: Desk, five: tuple[int, ...]) -> None:
    desk.write(lambda db: doing.add(db, "ada", five[:2]))
    desk.write(lambda db: doing.add(db, "ada", five[2:], front=True))
    assert keys(desk) == [3, 4, 5, 1, 2]


def test_other_orders_keep_what_is_read_now_first(desk: Desk, five: tuple[int, ...]) -> None:
    desk.write(lambda db: doing.add(db, "ada", five))
    desk.write(lambda db: doing.put(db, "ada", five[2:3], "reading"))
    desk.write(lambda db: doing.set_due(db, "ada", five[4:], date(2026, 4, 21)))
    desk.write(lambda db: doing.set_due(db, "ada", five[1:2], date(2026, 4, 22)))
    assert keys(desk, order="due") == [3, 5, 2, 1, 4]
    desk.write(
        lambda db: db.execute("UPDATE queue_entry SET added_at = '2026-01-01T00:00:00Z' WHERE paper_id = ?", five[3:4])
    )
    assert keys(desk, order="age") == [3, 4, 1, 2, 5]
    assert keys(desk, order="score") == [3, 1, 2, 4, 5], "without scores it is the order by hand"


def test_age_and_days_left(desk: Desk, five: tuple[int, ...]) -> None:
    desk.write(lambda db: doing.set_due(db, "ada", five[:1], date(2026, 4, 18)))
    desk.write(lambda db: db.execute("UPDATE queue_entry SET added_at = '2026-04-11T23:00:00Z'"))
    found = entry(desk, five[0])
    assert (found.age(TODAY), found.days_left(TODAY), found.due) == (9, -2, "2026-04-18")
    desk.write(lambda db: doing.set_due(db, "ada", five[:1], None))
    assert entry(desk, five[0]).days_left(TODAY) is None
    desk.undo()
    assert entry(desk, five[0]).due == "2026-04-18"


def test_progress(desk: Desk, five: tuple[int, ...]) -> None:
    desk.write(lambda db: doing.add(db, "ada", five[:1]))
    desk.write(lambda db: doing.set_progress(db, "ada", five[0], read_progress("12/30")))
    assert entry(desk, five[0]).progress == 40
    desk.write(lambda db: doing.set_progress(db, "ada", five[0], None))
    assert entry(desk, five[0]).progress is None
    with pytest.raises(NotFound):
        desk.write(lambda db: doing.set_progress(db, "ada", five[1], 10))


@pytest.mark.parametrize(
    ("text", "share"),
    [("40", 40), ("40 %", 40), ("0", 0), ("100%", 100), ("7/9", 78), ("3 of 4", 75), ("", None), ("none", None)],
)
def test_progress_as_typed(text: str, share: int | None) -> None:
    assert read_progress(text) == share


@pytest.mark.parametrize("text", ["101", "-1", "x", "5/0", "9/8", "1e3", "٤٠x"])
def test_what_is_no_progress(text: str) -> None:
    with pytest.raises(UsageError):
        read_progress(text)


def test_a_remark_stands_for_what_was_written_last(desk: Desk, five: tuple[int, ...]) -> None:
    desk.write(lambda db: doing.add(db, "ada", five[:1]))
    assert entry(desk, five[0]).remark == ""
    desk.write(lambda db: write_critique(db, "ada", five[0], {"verdict": 4, "line": "Fair, but one dataset"}))
    assert entry(desk, five[0]).remark == "4/5 Fair, but one dataset"
    desk.write(lambda db: db.execute("UPDATE critique SET updated_at = '2026-04-01T00:00:00Z'"))
    desk.write(lambda db: commands.add_note(db, "kim", five[0], "First line\nsecond"))
    found = entry(desk, five[0])
    assert (found.remark, found.notes, found.critiques, found.verdict) == ("4/5 Fair, but one dataset", 1, 1, 4), (
        "one's own"
    )
    desk.write(lambda db: doing.add(db, "kim", five[:1]))
    assert entry(desk, five[0], "kim").remark == "First line"
    desk.write(lambda db: delete_critique(db, "ada", five[0]))
    assert entry(desk, five[0]).remark == "First line"


@pytest.mark.parametrize(
    "hostile", ["[/red]\x1b]0;x\x07\u202etitle", "词" * 3_000, "x" * 10_000, "a\nb\tc"], ids=range(4)
)
def test_any_title_may_stand_on_it(desk: Desk, hostile: str) -> None:
    (paper,) = desk.put(draft(1, title=hostile))
    change = desk.write(lambda db: doing.add(db, "ada", [paper]))
    assert len(change.summary) < 120
    assert len(desk.read(lambda db: queue(db, "ada"))) == 1


def test_papers_that_are_gone_are_named(desk: Desk, five: tuple[int, ...]) -> None:
    with pytest.raises(NotFound, match="no longer here"):
        desk.write(lambda db: doing.add(db, "ada", [999]))
    with pytest.raises(LabtopError):
        desk.write(lambda db: doing.add(db, "ada", []))
