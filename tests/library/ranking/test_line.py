"""The line: where it lies, and its precision by cases counted by hand."""

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import proportion_confint

from library.db.journal import undo
from library.errors import UsageError
from library.ranking.line import FEW, WINDOW, Line, at_share, lay, line
from library.workspace import Workspace
from tests.library.ranking.making import papers, put

INSERT = (
    "INSERT INTO decision (person, paper_id, decision, bulk, decided_at, score, line, explored)"
    " VALUES (?, ?, ?, ?, ?, ?, 0.5, ?)"
)


@pytest.fixture
def desk(workspace: Workspace) -> Workspace:
    """Many papers, and a ranking whose line lies at .5."""
    put(workspace, papers(260))
    ranking(workspace, "ada", 0.5)
    return workspace


def ranking(workspace: Workspace, person: str, score: float | None) -> None:
    sql = (
        "INSERT INTO ranking (person, regime, labels, model_hash, inputs, encoder, papers, without_vector,"
        " without_sentences, share, line, ranked_at) VALUES (?, 'interests', 0, 'h', 'i', NULL, 9, 0, 0, 10, ?, 'now')"
    )
    workspace.store.write(lambda db: db.execute(sql, (person, score))).result()


def decided(
    workspace: Workspace,
    first: int,
    *decisions: str,
    score: float | None = 0.7,
    bulk: bool = False,
    explored: bool = False,
    person: str = "ada",
) -> None:
    """One decision a paper, from paper `first` on, a second after the other."""
    values = [
        (person, first + n, decision, int(bulk), f"2026-04-12T08:{(first + n) // 60:02}:{(first + n) % 60:02}Z", score,
         int(explored))
        for n, decision in enumerate(decisions)
    ]  # fmt: skip
    workspace.store.write(lambda db: db.executemany(INSERT, values)).result()


def read(workspace: Workspace, person: str = "ada") -> Line:
    return workspace.store.read(lambda db: line(db, person)).result()


def test_without_decisions_it_is_unknown(desk: Workspace) -> None:
    found = read(desk)
    assert (found.score, found.laid, found.share) == (0.5, False, 10)
    assert (found.precision, found.kept, found.n, found.low, found.high, found.known) == (None, 0, 0, 0.0, 1.0, False)
    assert read(desk, "kim").score is None
    assert read(desk, "kim").precision is None


def test_precision_counts_what_was_decided_singly_above_the_line(desk: Workspace) -> None:
    decided(desk, 1, "keep", "skip", "star", "later")  # 3 of 4 wanted
    decided(desk, 11, "skip", "skip", score=0.5)  # on the line is above it: 3 of 6
    decided(desk, 21, "keep", "skip", "skip", score=0.4999)  # below
    decided(desk, 31, "skip", "skip", "skip", bulk=True)  # never looked at
    decided(desk, 41, "keep", "keep", score=None)  # not ranked when it was decided
    decided(desk, 51, "keep", person="kim")
    found = read(desk)
    assert (found.kept, found.n, found.explored) == (3, 6, 0)
    assert found.precision == 0.5
    assert (found.below_kept, found.below_n) == (1, 3)
    assert not found.known


def test_what_was_explored_counts_among_what_was_shown(desk: Workspace) -> None:
    decided(desk, 1, "keep", "keep", "keep")
    decided(desk, 11, "skip", "keep", score=0.1, explored=True)
    decided(desk, 21, "skip", score=0.9, explored=True)
    found = read(desk)
    assert (found.kept, found.n, found.explored) == (4, 6, 3)
    assert (found.below_kept, found.below_n) == (0, 0)


def test_only_the_last_two_hundred_count(desk: Workspace) -> None:
    decided(desk, 1, *["keep"] * 50)
    decided(desk, 51, *["skip"] * 150, *["keep"] * 50)
    found = read(desk)
    assert (found.kept, found.n, found.window) == (50, WINDOW, 200)
    assert found.precision == 0.25
    low, high = proportion_confint(50, 200, 0.05, method="wilson")
    assert [found.low, found.high] == pytest.approx([low, high], abs=1e-9)


@pytest.mark.parametrize(("count", "known"), [(FEW - 1, False), (FEW, True)])
def test_below_thirty_it_says_little(desk: Workspace, count: int, known: bool) -> None:
    decided(desk, 1, *["keep"] * count)
    assert (read(desk).n, read(desk).known) == (count, known)


def test_a_person_lays_the_line_and_takes_it_back(desk: Workspace) -> None:
    decided(desk, 1, "keep", score=0.7)
    decided(desk, 2, "skip", score=0.9)
    change = desk.store.write(lambda db: lay(db, "ada", 0.8)).result()
    assert (change.topic, change.summary) == ("ranking", "laid the line at 0.80")
    found = read(desk)
    assert (found.score, found.laid, found.share, found.kept, found.n) == (0.8, True, None, 0, 1)
    ranking(desk, "ada", 0.3)  # ranking again does not move it
    assert read(desk).score == 0.8
    assert read(desk, "kim").score is None
    desk.store.write(lambda db: lay(db, "ada", 0.6)).result()
    assert desk.store.write(lambda db: undo(db, "ada")).result().topic == "ranking"
    assert read(desk).score == 0.8
    desk.store.write(lambda db: lay(db, "ada", None)).result()
    assert (read(desk).score, read(desk).laid) == (0.3, False)
    assert desk.store.write(lambda db: lay(db, "ada", None)).result().journal_id is None
    for wrong in (-0.1, 1.1, float("nan")):
        with pytest.raises(UsageError):
            desk.store.write(partial(lay, person="ada", score=wrong)).result()


@given(st.lists(st.integers(0, 10_000).map(lambda value: value / 10_000), max_size=60), st.integers(1, 90))
def test_a_share_of_the_scores_lies_above(scores: list[float], share: int) -> None:
    found = at_share(scores, share)
    if not scores:
        assert found is None
        return
    assert found in scores
    wanted = max(1, len(scores) * share // 100)
    assert sum(score >= found for score in scores) >= wanted  # all that are equal lie above
    assert sum(score > found for score in scores) < wanted
