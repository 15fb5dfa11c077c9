"""The index answers like a plain comparison of all vectors, whatever happens to its file and to the papers."""

import os
import threading
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock
from hypothesis import given, settings
from hypothesis import strategies as st

from library.errors import WorkspaceDamaged
from library.vectors import scan
from library.vectors.faiss_cache import delete
from library.vectors.index import VectorIndex, open_index
from library.vectors.runtime import unit
from library.workspace import Workspace
from planner.workspace import open_workspace

from .conftest import add_papers, add_vectors, run_python, unit_rows

QUESTIONS = unit_rows(5, seed=99)


def by_hand(workspace: Workspace, queries: np.ndarray, k: int, allowed: set[int] | None = None) -> list[list[int]]:
    """Paper ids by cosine with what SQLite holds now, equal ones by id."""

    def read(db):  # type: ignore[no-untyped-def]
        rows = db.execute(
            "SELECT p.id, e.vector FROM paper p JOIN embedding e ON e.text_hash = p.text_hash ORDER BY p.id"
        ).fetchall()
        return [row[0] for row in rows], [np.frombuffer(row[1], "<f2") for row in rows]

    ids, vectors = workspace.store.read(read).result()
    if not ids:
        return [[] for _ in queries]
    cosines = unit(np.stack(vectors)) @ queries.T
    ranked = [sorted(zip(-cosines[:, column], ids, strict=True)) for column in range(len(queries))]
    return [[paper for _, paper in rank if allowed is None or paper in allowed][:k] for rank in ranked]


def found(index: VectorIndex, queries: np.ndarray, k: int, allowed: object = None) -> list[list[int]]:
    ids, _ = index.search(queries, k, allowed)  # type: ignore[arg-type]
    return [[int(paper) for paper in row if paper >= 0] for row in ids]


def the_file(workspace: Workspace) -> Path:
    (path,) = workspace.paths.vectors.glob("*.faiss")
    return path


def test_it_finds_what_a_plain_comparison_finds(filled: Workspace) -> None:
    index = open_index(filled)
    assert index.count == 60
    assert index.missing == 0
    assert index.exact
    assert found(index, QUESTIONS, 7) == by_hand(filled, QUESTIONS, 7)
    ids, scores = index.search(QUESTIONS, 7)
    assert ids.dtype == np.int64
    assert scores.dtype == np.float32
    assert (np.diff(scores, axis=1) <= 0).all()
    assert scores.max() <= 1.0001


@given(k=st.integers(0, 80), allowed=st.sets(st.integers(-5, 90)))
@settings(max_examples=40, deadline=None)
def test_among_allowed_papers_only(k: int, allowed: set[int], index_of_sixty: VectorIndex) -> None:
    expected = by_hand(index_of_sixty._workspace, QUESTIONS, k, allowed)
    assert found(index_of_sixty, QUESTIONS, k, np.array(sorted(allowed), dtype=np.int64)) == expected
    ids, scores = index_of_sixty.search(QUESTIONS, k, sorted(allowed))
    assert ids.shape == scores.shape == (len(QUESTIONS), k)
    assert (np.isneginf(scores) == (ids == -1)).all()


@pytest.fixture(scope="module")
def index_of_sixty(tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    with pytest.MonkeyPatch.context() as patch:
        from library.vectors import model

        from .conftest import HASH

        patch.setattr(
            "library.vectors.index.model_status", lambda _: model.ModelStatus("toy", None, HASH, None, "", "")
        )
        with open_workspace(tmp_path_factory.mktemp("sixty"), person="ada") as workspace:
            add_papers(workspace, [f"paper {number}" for number in range(60)])
            add_vectors(workspace, unit_rows(60))
            yield open_index(workspace)


def test_equal_vectors_come_by_id(workspace: Workspace, toy_model: None) -> None:
    add_papers(workspace, [f"copy {number}" for number in range(30)])
    add_vectors(workspace, np.repeat(unit_rows(1), 30, axis=0))
    assert found(open_index(workspace), unit_rows(1), 6) == [[1, 2, 3, 4, 5, 6]]


def test_an_empty_workspace_answers_with_nothing(workspace: Workspace) -> None:
    index = open_index(workspace)
    ids, scores = index.search(QUESTIONS, 3)
    assert (ids == -1).all()
    assert np.isneginf(scores).all()
    assert (index.count, index.missing, index.notice, index.vector(1)) == (0, 0, "", None)
    assert not workspace.paths.vectors.exists()


def test_papers_and_vectors_that_come_later_are_seen(filled: Workspace) -> None:
    index = open_index(filled)
    add_papers(filled, ["late one", "late two", "never encoded"], first=60)
    assert index.count == 60
    assert not any(paper > 60 for row in found(index, QUESTIONS, 60) for paper in row)
    assert index.missing == 3
    add_vectors(filled, QUESTIONS[:2], first=60)
    assert [row[0] for row in found(index, QUESTIONS[:2], 3)] == [61, 62]
    assert found(index, QUESTIONS, 70) == by_hand(filled, QUESTIONS, 70)
    assert index.missing == 1


def test_a_deleted_paper_is_gone_and_a_changed_text_does_not_answer_by_its_old_vector(filled: Workspace) -> None:
    index = open_index(filled)
    best = found(index, QUESTIONS[:1], 2)[0]

    def change(db):  # type: ignore[no-untyped-def]
        db.execute("DELETE FROM paper WHERE id = ?", (best[0],))
        db.execute("UPDATE paper SET title = 'other', text_hash = 'other' WHERE id = ?", (best[1],))

    filled.store.write(change).result()
    now = found(index, QUESTIONS[:1], 58)[0]
    assert not set(best) & set(now)
    assert index.count == 58
    assert index.vector(best[0]) is None
    assert index.vector(best[1]) is None
    with open_workspace(filled.paths.home, person="ada") as again:
        assert found(open_index(again), QUESTIONS, 60) == by_hand(filled, QUESTIONS, 60)


def test_vectors_made_anew_under_old_ids_are_taken_over(filled: Workspace) -> None:
    index = open_index(filled)
    filled.store.write(lambda db: db.execute("DELETE FROM embedding")).result()
    assert found(index, QUESTIONS, 5) == [[], [], [], [], []]
    add_vectors(filled, unit_rows(60, seed=5))
    assert found(index, QUESTIONS, 5) == by_hand(filled, QUESTIONS, 5)


def test_a_restored_older_database_is_noticed(filled: Workspace, tmp_path: Path) -> None:
    open_index(filled)
    stale = the_file(filled).read_bytes()
    filled.store.write(lambda db: db.execute("DELETE FROM paper WHERE id = 7")).result()
    open_index(filled)
    the_file(filled).write_bytes(stale)
    index = open_index(filled)
    assert index.count == 59
    assert "outdated" in index.notice


def test_the_vector_of_a_paper(filled: Workspace) -> None:
    index = open_index(filled)
    vector = index.vector(7)
    assert vector is not None
    assert vector.dtype == np.float32
    assert abs(np.linalg.norm(vector) - 1) < 1e-6
    assert np.dot(vector, unit_rows(60)[6]) > 0.99999
    ids, vectors = index.vectors([59, 1000, 2, -1])
    assert ids.tolist() == [59, 2]
    assert np.allclose(vectors, unit_rows(60)[[58, 1]], atol=1e-3)


def test_a_wrong_length_is_refused(filled: Workspace) -> None:
    with pytest.raises(ValueError, match="do not fit"):
        open_index(filled).search(unit_rows(1, dimension=4), 3)


# ── the file is a cache ──────────────────────────────────────────────────────────────────────────────────────────


def test_a_whole_file_is_used_without_a_word(filled: Workspace) -> None:
    assert "missing" in open_index(filled).notice
    before = the_file(filled).stat()
    index = open_index(filled)
    assert index.notice == ""
    assert found(index, QUESTIONS, 5) == by_hand(filled, QUESTIONS, 5)
    assert the_file(filled).stat().st_mtime_ns == before.st_mtime_ns
    assert the_file(filled).stat().st_mode & 0o777 == 0o600


@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
@settings(max_examples=60, deadline=None)
def test_one_flipped_bit_anywhere_is_noticed(place: float, bit: int, index_of_sixty: VectorIndex) -> None:
    workspace = index_of_sixty._workspace
    open_index(workspace)
    path = the_file(workspace)
    content = bytearray(path.read_bytes())
    content[int(place * len(content))] ^= 1 << bit
    path.write_bytes(content)
    index = open_index(workspace)
    assert "damaged" in index.notice
    assert found(index, QUESTIONS, 5) == by_hand(workspace, QUESTIONS, 5)
    assert open_index(workspace).notice == ""


@pytest.mark.parametrize(
    "content",
    [b"", b"LBTOPVX\x01", b"\xff" * 4000, None, b"half"],
    ids=["empty", "magic only", "garbage", "deleted", "half"],
)
def test_any_other_content_is_replaced(filled: Workspace, content: bytes | None) -> None:
    open_index(filled)
    path = the_file(filled)
    whole = path.read_bytes()
    if content is None:
        path.unlink()
    else:
        path.write_bytes(whole[: len(whole) // 2] if content == b"half" else content)
    index = open_index(filled)
    assert ("missing" if content is None else "damaged") in index.notice
    assert "60 stored vectors" in index.notice
    assert found(index, QUESTIONS, 5) == by_hand(filled, QUESTIONS, 5)
    assert path.read_bytes() == whole


def test_the_file_of_another_model_is_not_believed(filled: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    open_index(filled)
    content = the_file(filled).read_bytes().replace(b"abab", b"abba", 1)
    the_file(filled).write_bytes(content)
    assert "another model" in open_index(filled).notice


def test_read_only_repairs_in_memory_alone(filled: Workspace) -> None:
    open_index(filled)
    path = the_file(filled)
    path.write_bytes(b"broken")
    with open_workspace(filled.paths.home, person="ada", read_only=True) as reader:
        index = open_index(reader)
        assert found(index, QUESTIONS, 5) == by_hand(filled, QUESTIONS, 5)
    assert path.read_bytes() == b"broken"
    delete(filled.paths.vectors)
    with open_workspace(filled.paths.home, person="ada", read_only=True) as reader:
        assert found(open_index(reader), QUESTIONS, 5) == by_hand(filled, QUESTIONS, 5)
    assert not list(filled.paths.vectors.glob("*.faiss"))


def test_a_folder_that_cannot_be_written_costs_time_only(filled: Workspace) -> None:
    filled.paths.vectors.write_text("a file where the folder should be")
    index = open_index(filled)
    assert found(index, QUESTIONS, 5) == by_hand(filled, QUESTIONS, 5)
    assert "could not be written" in index.notice


def test_while_another_process_writes_the_file_this_one_answers(filled: Workspace) -> None:
    filled.paths.vectors.mkdir()
    with FileLock(filled.paths.vectors / "index.lock"):
        index = open_index(filled)
        assert found(index, QUESTIONS, 5) == by_hand(filled, QUESTIONS, 5)
        assert not list(filled.paths.vectors.glob("*.faiss"))
    assert index.refresh(save_now=True) is False
    assert open_index(filled).notice == ""


def test_many_at_once_never_leave_a_broken_file(filled: Workspace) -> None:
    expected, wrong = by_hand(filled, QUESTIONS, 5), []

    def rebuild() -> None:
        for _ in range(10):
            delete(filled.paths.vectors)
            if found(open_index(filled), QUESTIONS, 5) != expected:
                wrong.append(1)

    threads = [threading.Thread(target=rebuild) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    open_index(filled)
    assert open_index(filled).notice == ""


def test_a_stored_vector_of_a_wrong_size_is_reported(filled: Workspace) -> None:
    filled.store.write(lambda db: db.execute("UPDATE embedding SET vector = x'00' WHERE id = 3")).result()
    with pytest.raises(WorkspaceDamaged, match="--rebuild"):
        open_index(filled)


def test_a_killed_writer_leaves_the_old_file(filled: Workspace) -> None:
    open_index(filled)
    before = the_file(filled).read_bytes()
    script = """
import os, sys, zlib
import numpy as np
from pathlib import Path
from library.vectors import faiss_cache
from library.vectors.faiss_cache import *
faiss_cache.os.replace = lambda *_: os.kill(os.getpid(), 9)
ids = np.arange(3)
save(Path(sys.argv[1]), Header("x", 8, 3, State(1, 2, 3)), ids, ids, [np.zeros((3, 8), np.float16)])
"""
    done = run_python(script, the_file(filled))
    assert done.returncode == -9, done.stderr
    assert the_file(filled).read_bytes() == before
    assert open_index(filled).notice == ""
    delete(filled.paths.vectors)
    assert not [name for name in os.listdir(filled.paths.vectors) if "faiss" in name]


# ── above the threshold ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def large(filled: Workspace, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Sixty papers, where more than fifty count as many."""
    monkeypatch.setattr(scan, "EXACT_UP_TO", 50)
    return filled


def test_a_large_index_answers_the_same_through_candidates(large: Workspace) -> None:
    index = open_index(large)
    assert not index.exact
    assert found(index, QUESTIONS, 7) == by_hand(large, QUESTIONS, 7)
    assert found(index, QUESTIONS, 7, [3, 5, 44]) == by_hand(large, QUESTIONS, 7, {3, 5, 44})
    assert not open_index(large).exact
    add_papers(large, ["late"], first=60)
    add_vectors(large, QUESTIONS[:1], first=60)
    assert found(index, QUESTIONS, 61) == by_hand(large, QUESTIONS, 61)
    large.store.write(lambda db: db.execute("DELETE FROM paper WHERE id > 40")).result()
    assert found(index, QUESTIONS, 61) == by_hand(large, QUESTIONS, 61)
    assert index.exact


def test_a_large_index_takes_new_vectors_over_in_lots(large: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    add_papers(large, ["soon", "later"], first=60)
    index = open_index(large)
    add_vectors(large, QUESTIONS[:1], first=60)
    assert index.refresh() is False
    assert index.count == 60
    add_vectors(large, QUESTIONS[1:2], first=61)
    monkeypatch.setattr("library.vectors.index._LOT_SECONDS", 0)
    assert index.refresh() is True
    assert found(index, QUESTIONS[:2], 1) == [[61], [62]]
    assert open_index(large).count == 62


def test_a_large_index_cut_short_while_open_is_made_again(large: Workspace) -> None:
    index = open_index(large)
    os.truncate(the_file(large), 700)
    assert found(index, QUESTIONS, 7) == by_hand(large, QUESTIONS, 7)
    assert "damaged" in index.notice


def test_a_large_index_without_a_file_stays_exact(large: Workspace) -> None:
    with open_workspace(large.paths.home, person="ada", read_only=True) as reader:
        index = open_index(reader)
        assert index.exact
        assert found(index, QUESTIONS, 7) == by_hand(large, QUESTIONS, 7)
