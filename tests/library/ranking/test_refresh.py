"""Ranking from end to end: the child process, what is stored, what a row can say of it."""

import math
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from library.db.journal import undo
from library.errors import LabtopError, ReadOnly
from library.jobs import Cancelled, CancelToken, Progress
from library.purge.run import purge
from library.ranking.model import SHARE
from library.ranking.pool import inbox
from library.ranking.refresh import RankReport, anything_to_rank_by, explain, is_behind, rerank
from library.ranking.stored import RankedPaper, Why, scores, state, why
from library.workspace import Workspace
from planner.workspace import open_workspace
from tests.library.db.processes import finish, start
from tests.library.ranking.making import decide, look_for, papers, put, rows, stand_still

RANK = "from library.ranking.refresh import rerank\nwith open_workspace(home, person=name) as w: print(rerank(w).anew)"
ALL = tuple(range(1, 41))


@pytest.fixture(autouse=True)
def no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By words alone: quick, and the same on a machine without the encoder."""
    monkeypatch.setenv("LABTOP_CACHE", str(tmp_path / "no-cache"))


def fill(workspace: Workspace) -> None:
    """Forty papers of one day, on four subjects, and a person who looks for one of them."""
    stand_still(workspace)
    put(workspace, papers(40))
    look_for(workspace, "late interaction for retrieval")


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, RankReport]:
    """A folder with that, ranked; a process each time would take most of a minute."""
    home = tmp_path_factory.mktemp("once") / "home"
    with pytest.MonkeyPatch.context() as patch, open_workspace(home, person="ada") as workspace:
        patch.setenv("LABTOP_CACHE", str(home / "no-cache"))
        fill(workspace)
        return home, rerank(workspace)


@pytest.fixture
def desk(workspace: Workspace) -> Workspace:
    """See `fill`; not ranked yet."""
    fill(workspace)
    return workspace


@pytest.fixture
def ranked_desk(once: tuple[Path, RankReport], tmp_path: Path) -> Iterator[Workspace]:
    """The same, ranked."""
    shutil.copytree(once[0], tmp_path / "ranked")
    with open_workspace(tmp_path / "ranked", person="ada") as workspace:
        yield workspace


def ranked(workspace: Workspace, person: str = "ada") -> list[RankedPaper]:
    """The best first, equal ones by key."""
    found = workspace.store.read(lambda db: scores(db, person, ALL)).result().values()
    return sorted(found, key=lambda each: (-each.score, each.paper_id))


def read_why(workspace: Workspace, paper_id: int, person: str = "ada") -> Why | None:
    return workspace.store.read(lambda db: why(db, person, paper_id)).result()


def on_retrieval(paper_id: int) -> bool:
    return paper_id % 4 == 1  # papers are numbered from 1, and the first is on retrieval


def adds_up(found: Why) -> bool:
    total = math.fsum(part.value for part in found.parts)
    return total == pytest.approx(found.log_odds, abs=1e-9) and found.score == pytest.approx(
        1 / (1 + math.exp(-total)), abs=SHARE
    )


def test_interests_alone_put_what_was_asked_for_on_top(desk: Workspace, once: tuple[Path, RankReport]) -> None:
    assert is_behind(desk)
    told: list[Progress] = []
    report = rerank(desk, progress=told.append)
    assert (report.regime, report.labels, report.papers, report.by_words, report.anew) == (
        "interests", 0, 40, True, True
    )  # fmt: skip
    assert (report.without_vector, report.without_sentences) == (40, 40)
    assert {"reading papers"} <= {progress.note for progress in told}
    assert not is_behind(desk)
    found = ranked(desk)
    assert len(found) == 40
    assert all(on_retrieval(each.paper_id) for each in found[:10])
    assert {(each.kind, each.label) for each in found} == {("topic", "topic late interaction for retrieval")}
    assert all(each.score == round(each.score, 4) for each in found)
    for each in found:
        said = read_why(desk, each.paper_id)
        assert said is not None
        assert adds_up(said)
        assert (said.regime, said.labels, said.by_words, said.model_hash) == ("interests", 0, True, report.model_hash)
    best = read_why(desk, found[0].paper_id)
    assert best is not None
    assert "late interaction" in best.terms
    now = desk.store.read(lambda db: state(db, "ada")).result()
    assert (now.regime, now.papers, now.behind, now.by_words, now.interests) == ("interests", 40, False, True, 1)
    # Elsewhere it is the same, to the last paper.
    with open_workspace(once[0], person="ada", read_only=True) as other:
        assert (once[1].model_hash, ranked(other)) == (report.model_hash, found)


def test_without_interests_and_decisions_nothing_has_a_score(workspace: Workspace) -> None:
    stand_still(workspace)
    put(workspace, papers(12))
    assert not anything_to_rank_by(workspace)
    assert workspace.store.read(lambda db: state(db, "ada")).result().ranked_at is None
    report = rerank(workspace)
    assert (report.papers, report.labels, ranked(workspace)) == (0, 0, [])
    assert not is_behind(workspace)
    with pytest.raises(LabtopError, match="nothing to rank by") as refused:
        explain(workspace, 1)
    assert "labtop interest add" in refused.value.mend
    put(workspace, [])
    look_for(workspace, "agents")
    assert anything_to_rank_by(workspace)
    assert is_behind(workspace)


def test_it_learns_from_ten_decisions_on_and_a_bulk_skip_teaches_nothing(desk: Workspace) -> None:
    for number in range(14):  # what an inbox goes back
        put(desk, papers(1, day=f"2026-02-{number + 1:02}", first=100 + number))
    put(desk, papers(12, day="2026-01-05", first=200))
    put(desk, papers(40, day="2026-01-04", first=300))
    old = [row[0] for row in rows(desk, "SELECT id FROM paper WHERE day = '2026-01-05' ORDER BY id")]
    pruning = [paper_id for paper_id in old if (paper_id - old[0]) % 4 == 1]
    others = [paper_id for paper_id in old if paper_id not in pruning]
    decide(desk, pruning, "keep", at="2026-01-06T08:00:00Z")
    decide(desk, others[:6], "skip", at="2026-01-06T08:00:00Z")
    decide(desk, others[6:], "skip", bulk=True, at="2026-01-06T08:00:00Z")
    nine = rerank(desk)
    assert (nine.regime, nine.labels) == ("interests", 9)
    decide(desk, [40], "skip")
    ten = rerank(desk)
    assert (ten.regime, ten.labels, ten.papers) == ("learned", 10, 39 + 13)
    kept = read_why(desk, 2)  # on pruning, as all that was kept
    other = read_why(desk, 4)  # on vision
    assert kept is not None
    assert other is not None
    assert kept.score > other.score
    for paper_id in range(1, 40):
        said = read_why(desk, paper_id)
        assert said is not None
        assert adds_up(said)
        assert said.labels == 10
    # What was decided in bulk is as if it were not there.
    desk.store.write(lambda db: db.execute("UPDATE decision SET decision = 'keep' WHERE bulk")).result()
    assert not is_behind(desk)


def test_what_is_decided_keeps_the_score_it_had(ranked_desk: Workspace, once: tuple[Path, RankReport]) -> None:
    before = {each.paper_id: each.score for each in ranked(ranked_desk)}
    decide(ranked_desk, [1], "keep")
    decide(ranked_desk, [2, 3], "skip", bulk=True)
    assert is_behind(ranked_desk)
    look_for(ranked_desk, "pruning of networks")
    assert rerank(ranked_desk).papers == 37
    after = {each.paper_id: each.score for each in ranked(ranked_desk)}
    assert {after[n] for n in (1, 2, 3)} == {before[n] for n in (1, 2, 3)}
    assert after != before
    mine = read_why(ranked_desk, 1)
    assert mine is not None
    assert mine.model_hash == once[1].model_hash
    (stored,) = rows(ranked_desk, "SELECT score, ranked_by FROM decision WHERE paper_id = 1")
    assert stored == (before[1], once[1].model_hash)
    assert rows(ranked_desk, "SELECT count(*) FROM ranking") == [(2,)]  # of what is decided, and the present one
    ranked_desk.store.write(lambda db: undo(db, "ada")).result()  # the interest
    ranked_desk.store.write(lambda db: undo(db, "ada")).result()  # the bulk skip: they are in the inbox again
    assert is_behind(ranked_desk)
    assert len(ranked_desk.store.read(lambda db: inbox(db, "ada", "2026-04-13")).result()) == 39


def test_two_people_have_their_own(ranked_desk: Workspace) -> None:
    desk = ranked_desk
    mine = ranked(desk)
    with open_workspace(desk.paths.home, person="kim") as other:
        assert ranked(other, "kim") == []
        assert is_behind(other)
        look_for(other, "pruning of networks", person="kim")
        assert not is_behind(desk)
        rerank(other)
        kims = ranked(other, "kim")
    assert ranked(desk) == mine
    assert kims[0].paper_id != mine[0].paper_id
    assert {each.label for each in kims} == {"topic pruning of networks"}


def test_papers_to_explore_stay_the_same(ranked_desk: Workspace) -> None:
    desk = ranked_desk
    sql = "SELECT day, paper_id, why FROM exploration WHERE person = 'ada' ORDER BY paper_id"
    picked = rows(desk, sql)
    assert len(picked) == 3
    assert {row[0] for row in picked} == {"2026-04-10"}
    assert {each.paper_id for each in ranked(desk) if each.explored} == {row[1] for row in picked}
    look_for(desk, "tools for agents")
    decide(desk, [picked[0][1]], "keep")
    put(desk, papers(40, day="2026-04-13", first=200))
    rerank(desk)
    assert rows(desk, f"SELECT * FROM ({sql}) WHERE day = '2026-04-10'") == picked
    assert len(rows(desk, f"SELECT * FROM ({sql}) WHERE day = '2026-04-13'")) == 3
    assert rows(desk, "SELECT explored FROM decision") == [(1,)]


def test_a_paper_that_is_not_in_the_inbox_is_explained_all_the_same(desk: Workspace) -> None:
    put(desk, papers(4, day="2024-01-05", first=300))
    (old,) = rows(desk, "SELECT min(id) FROM paper WHERE day = '2024-01-05'")[0]
    decide(desk, [old], "keep", at="2024-01-06T08:00:00Z")
    assert read_why(desk, old) is None
    found = explain(desk, old)
    assert adds_up(found)
    assert (found.labels, found.nearest) == (0, ())  # its own decision does not speak for it
    assert read_why(desk, old) is None
    with open_workspace(desk.paths.home, person="ada", read_only=True) as reading, pytest.raises(ReadOnly):
        rerank(reading)


def test_nothing_of_a_purged_paper_is_left(ranked_desk: Workspace) -> None:
    desk = ranked_desk
    explored = "INSERT INTO exploration VALUES ('ada', '2026-04-10', 5, 'far') ON CONFLICT DO NOTHING"
    desk.store.write(lambda db: db.execute(explored)).result()
    done = purge(desk, ["2604.00004"], "a test")
    assert (done.rows["ranked"], done.left_out) == (1, ())
    assert rows(desk, "SELECT count(*) FROM ranked WHERE paper_id = 5") == [(0,)]
    assert rows(desk, "SELECT count(*) FROM exploration WHERE paper_id = 5") == [(0,)]
    assert not [path for path in desk.paths.home.rglob("*") if path.is_file() and b"2604.00004" in path.read_bytes()]


def test_an_interest_that_is_undone_leaves_the_scores(ranked_desk: Workspace) -> None:
    desk = ranked_desk
    assert desk.store.write(lambda db: undo(db, "ada")).result().summary.startswith("undid: added the interest")
    found = ranked(desk)
    assert len(found) == 40
    assert {each.label for each in found} == {""}
    assert is_behind(desk)


def test_an_abstract_that_changed_shows_no_sentence(ranked_desk: Workspace) -> None:
    desk = ranked_desk
    best = ranked(desk)[0].paper_id
    (number,) = rows(desk, "SELECT CAST(substr(key, 6) AS INTEGER) FROM paper WHERE id = ?", best)[0]
    (draft,) = papers(1, first=number)
    put(desk, [replace(draft, version=2, abstract="All is new. Nothing is as it was.")])
    found = read_why(desk, best)
    assert found is not None
    assert found.changed
    assert found.sentence is None
    assert is_behind(desk)


# Killed, stopped, at once.


def child_of(pid: int) -> psutil.Process | None:
    for child in psutil.Process(pid).children(recursive=True):
        if "library.ranking.ranker_child" in " ".join(child.cmdline()):
            return child
    return None


def wait_for_child(pid: int) -> psutil.Process:
    end = time.monotonic() + 20
    while (found := child_of(pid)) is None:
        assert time.monotonic() < end
        time.sleep(0.005)
    return found


def test_a_killed_child_breaks_nothing(ranked_desk: Workspace) -> None:
    desk = ranked_desk
    before = ranked(desk)
    look_for(desk, "agents")
    problems: list[BaseException] = []

    def work() -> None:
        try:
            rerank(desk)
        except LabtopError as error:
            problems.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    wait_for_child(psutil.Process().pid).send_signal(signal.SIGKILL)
    thread.join(20)
    assert "ranking process was ended by signal 9" in str(problems[0])
    assert ranked(desk) == before
    assert is_behind(desk)


def test_a_killed_process_takes_its_child_along_and_the_next_goes_on(desk: Workspace) -> None:
    process = start(RANK, desk.paths.home, "ada")
    child = wait_for_child(process.pid)
    process.kill()
    process.communicate()
    child.wait(10)
    assert ranked(desk) == []
    assert rerank(desk).papers == 40


def test_two_processes_at_once_do_no_harm_and_load_nothing_heavy(desk: Workspace) -> None:
    heavy = {"sklearn", "scipy", "onnxruntime", "torch"}
    processes = [start(f"{RANK}\nprint(sorted({heavy} & set(sys.modules)))", desk.paths.home, "ada") for _ in range(2)]
    said = sorted(finish(process).splitlines() for process in processes)
    assert said in ([["False", "[]"], ["True", "[]"]], [["True", "[]"], ["True", "[]"]])
    assert len(ranked(desk)) == 40
    assert not is_behind(desk)


def test_it_stops_when_asked(desk: Workspace) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        rerank(desk, cancel=token)
    assert ranked(desk) == []
    assert child_of(psutil.Process().pid) is None


def test_ten_thousand_papers(workspace: Workspace) -> None:
    stand_still(workspace)
    for number in range(10):
        put(workspace, papers(1_000, day=f"2026-03-{10 + number}", first=number * 1_000))
    look_for(workspace, "late interaction for retrieval")
    report = rerank(workspace)
    assert report.papers == 3_000  # the newest ones
    (days,) = rows(workspace, "SELECT count(DISTINCT day) FROM exploration")[0]
    assert days == 3
    (size,) = rows(workspace, "SELECT max(length(detail)) FROM ranked")[0]
    assert size < 4_000
