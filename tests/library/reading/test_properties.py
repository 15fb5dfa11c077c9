"""What holds of any moves and any two texts."""

import sqlite3
import tempfile
from itertools import pairwise
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from library.db import journal
from library.papers.ingest import add_drafts
from library.reading import doing, order
from library.reading.diff import compared, words_changed
from library.reading.order import STEPS, in_order
from library.reading.queue import queue
from planner.workspace import open_workspace
from tests.library.reading.conftest import draft

MOVES = st.lists(st.tuples(st.integers(0, 5), st.one_of(st.sampled_from(STEPS), st.integers(1, 8))), max_size=40)
TEXTS = st.text(st.sampled_from("ab cß词语\n\t.,éE"), max_size=60)


def expected(before: list[int], paper: int, where: str | int) -> list[int]:
    at = before.index(paper)
    to = where - 1 if isinstance(where, int) else {"up": at - 1, "down": at + 1, "top": 0, "bottom": 9}[where]
    rest = [other for other in before if other != paper]
    rest.insert(max(0, min(to, len(rest))), paper)
    return rest


@settings(max_examples=15)
@given(MOVES)
def test_any_moves_leave_a_permutation_and_undo_brings_each_back(moves: list[tuple[int, str | int]]) -> None:
    with tempfile.TemporaryDirectory() as folder, open_workspace(Path(folder) / "lab", person="ada") as workspace:

        def walk(db: sqlite3.Connection) -> None:
            papers = add_drafts(db, [draft(number) for number in range(1, 7)], at="2026-04-10T09:00:00Z").added
            doing.add(db, "ada", papers)
            states = [in_order(db, "ada", "queued")]
            for place, where in moves:
                change = doing.move(db, "ada", papers[place], where)  # type: ignore[arg-type]
                now = in_order(db, "ada", "queued")
                assert now == expected(states[-1], papers[place], where)
                assert [entry.place for entry in queue(db, "ada")] == [1, 2, 3, 4, 5, 6]
                assert (change.journal_id is None) == (now == states[-1])
                if change.journal_id is not None:
                    states.append(now)
            while len(states) > 1:
                states.pop()
                journal.undo(db, "ada")
                assert in_order(db, "ada", "queued") == states[-1]

        workspace.store.write(walk).result()


def test_there_is_room_between_neighbours_for_ever(tmp_path: Path) -> None:
    """The last one is put between the first two again and again: halving alone would end after fifty times."""
    with open_workspace(tmp_path / "lab", person="ada") as workspace:

        def walk(db: sqlite3.Connection) -> set[float]:
            papers = list(add_drafts(db, [draft(n) for n in range(1, 5)], at="2026-04-10T09:00:00Z").added)
            doing.add(db, "ada", papers)
            for _ in range(200):
                before = in_order(db, "ada", "queued")
                doing.move(db, "ada", before[-1], 2)
                assert in_order(db, "ada", "queued") == [before[0], before[-1], *before[1:-1]]
            return {row[0] for row in db.execute("SELECT position FROM queue_entry")}

        positions = workspace.store.write(walk).result()
        gaps = sorted(positions)
        assert len(positions) == 4
        assert min(b - a for a, b in pairwise(gaps)) > order.CLOSEST / 4


@given(TEXTS, TEXTS)
def test_a_comparison_holds_both_texts(before: str, after: str) -> None:
    pieces = compared(before, after)
    assert "".join(piece.text for piece in pieces if piece.op != "added") == before
    assert "".join(piece.text for piece in pieces if piece.op != "removed") == after
    assert all(piece.text for piece in pieces)
    assert all(one.op != other.op for one, other in pairwise(pieces))
    assert not any((one.op, other.op) == ("added", "removed") for one, other in pairwise(pieces))
    if before == after:
        assert words_changed(pieces) == (0, 0)


def test_a_comparison_goes_word_by_word_and_in_unspaced_scripts_letter_by_letter() -> None:
    pieces = compared("It gains 2.1 points on long documents.", "It gains 1.4 points on long documents.")
    assert [(piece.op, piece.text) for piece in pieces if piece.op != "same"] == [
        ("removed", "2.1 "),
        ("added", "1.4 "),
    ]
    assert words_changed(pieces) == (1, 1)
    end = compared("It is larger. Code is there.", "It is larger.")
    assert [(piece.op, piece.text) for piece in end] == [("same", "It is larger."), ("removed", " Code is there.")]
    unspaced = compared("我们研究检索模型", "我们研究生成模型")
    assert [piece.text for piece in unspaced if piece.op == "same"] == ["我们研究", "模型"]


def test_huge_texts_are_compared_in_a_moment() -> None:
    before = "the same word and " * 10_000
    pieces = compared(before, before + "more")
    assert "".join(piece.text for piece in pieces if piece.op != "removed") == before + "more"
