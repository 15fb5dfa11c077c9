"""Vectors of sentences: made for those asked for, kept while the paper says them, and never taken for papers."""

import sqlite3
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from library.clock import stamp
from library.errors import MissingPart, ReadOnly, WorkspaceDamaged
from library.jobs import CancelToken, Progress
from library.papers.ingest import add_drafts
from library.papers.model import PaperDraft
from library.sentences import vectors as module
from library.sentences.nearest import nearest_sentences
from library.sentences.queries import sentences_of, sentences_of_papers
from library.sentences.splitting import ensure, split_waiting
from library.sentences.vectors import Sentences, encode_sentences, lacking, newest_day, stored_model
from library.vectors import stored, waiting
from library.vectors.bulk import encode_missing, prune
from library.vectors.index import open_index
from library.vectors.model import ConvertedModel
from library.vectors.question import QuestionEncoder
from library.workspace import Workspace
from planner.workspace import open_workspace

DIMENSION = 8


def paper(number: int, *sentences: str, **more: object) -> PaperDraft:
    fields = {"first_listed": f"2026-01-{number:02d}", "version": 1, **more}
    return PaperDraft(
        key=f"2501.{number:05d}", kind="arxiv", source="t", title=f"No {number}", abstract=" ".join(sentences), **fields
    )  # type: ignore[arg-type]


PAPERS = (
    paper(1, "Cats sleep on warm mats.", "Dogs bark at the mail."),
    paper(2, "Sparse retrieval is fast.", "Code is public.", body="Cats again. Nobody asked."),
    paper(3, "Graph networks are slow.", "Code is public."),
)


def put(workspace: Workspace, *drafts: PaperDraft) -> None:
    workspace.store.write(lambda db: add_drafts(db, drafts, at=stamp())).result()


def count(workspace: Workspace, sql: str = "sentence_embedding") -> int:
    return int(workspace.store.read(lambda db: db.execute(f"SELECT count(*) FROM {sql}").fetchone()[0]).result())


@pytest.fixture
def model_id(workspace: Workspace) -> int:
    """Three papers, split, and a model with vectors of eight numbers."""
    put(workspace, *PAPERS)
    split_waiting(workspace)
    insert = "INSERT INTO encoder_model (name, file_hash, dimension, created_at) VALUES ('toy', 'h', ?, ?)"
    return int(workspace.store.write(lambda db: db.execute(insert, (DIMENSION, stamp())).lastrowid).result() or 0)


def vectors(count_: int, seed: int = 0) -> npt.NDArray[np.float32]:
    rows = np.random.default_rng(seed).normal(size=(count_, DIMENSION))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def store(workspace: Workspace, model_id: int, ids: tuple[int, ...] = (1, 2, 3)) -> dict[str, npt.NDArray[np.float32]]:
    """A random vector for every sentence of the abstracts."""
    task = Sentences(ids)
    hashes = workspace.store.read(lambda db: task.hashes(db, model_id)).result()
    rows = vectors(len(hashes))
    workspace.store.write(lambda db: task.store(db, model_id, hashes, rows.astype(np.float16))).result()
    return dict(zip(hashes, rows, strict=True))


def test_what_lacks_a_vector_is_told_by_paper(workspace: Workspace, model_id: int) -> None:
    found = workspace.store.read(lambda db: lacking(db, model_id, [3, 2])).result()
    assert list(found.values()) == [[3], [3, 2], [2]]  # "Code is public." is said by both
    store(workspace, model_id, (3,))
    assert list(workspace.store.read(lambda db: lacking(db, model_id, [3, 2])).result().values()) == [[2], [2]]
    assert workspace.store.read(lambda db: lacking(db, model_id + 1, [3])).result() != {}
    both = workspace.store.read(lambda db: lacking(db, model_id, [2], ("abstract", "body"))).result()
    assert len(both) == 4
    assert workspace.store.read(lambda db: Sentences((3, 2)).count(db, model_id)).result() == 2


def test_a_vector_goes_with_its_sentence_and_stays_with_the_others(workspace: Workspace, model_id: int) -> None:
    store(workspace, model_id)
    assert count(workspace) == 6
    put(workspace, replace(PAPERS[0], version=2, abstract="Cats sleep on warm mats. Mice do not."))
    split_waiting(workspace)
    assert count(workspace) == 5
    assert len(workspace.store.read(lambda db: lacking(db, model_id, [1])).result()) == 1
    workspace.store.write(lambda db: db.execute("DELETE FROM paper WHERE id = 2")).result()
    assert count(workspace) == 3
    assert count(workspace, "sentence_embedding WHERE paper_id = 3") == 2


def test_a_text_that_is_gone_gets_no_vector(workspace: Workspace, model_id: int) -> None:
    task = Sentences((1, 2, 3))
    hashes = workspace.store.read(lambda db: task.hashes(db, model_id)).result()
    workspace.store.write(lambda db: db.execute("DELETE FROM paper WHERE id = 1")).result()
    put(workspace, replace(PAPERS[2], version=2, abstract="All is new."))
    assert [each.text for each in workspace.store.read(lambda db: task.texts(db, hashes)).result()] == [
        "Sparse retrieval is fast.",
        "Code is public.",
    ]
    rows = vectors(len(hashes)).astype(np.float16)
    assert workspace.store.write(lambda db: task.store(db, model_id, hashes, rows)).result() == 2
    assert workspace.store.write(lambda db: task.store(db, model_id, hashes, rows)).result() == 0
    workspace.store.write(lambda db: task.forget(db, model_id, hashes)).result()
    assert count(workspace) == 0


def test_nothing_that_counts_papers_sees_them(workspace: Workspace, model_id: int) -> None:
    def picture(db: sqlite3.Connection) -> tuple[object, ...]:
        return waiting.waiting_count(db, model_id), stored.state(db), stored.pairs(db, model_id)[0].tolist()

    before = workspace.store.read(picture).result()
    store(workspace, model_id)
    assert workspace.store.read(picture).result() == before
    workspace.store.write(lambda db: stored.prune(db, model_id)).result()
    assert count(workspace) == 6
    workspace.store.write(lambda db: stored.prune(db, None)).result()  # another model took over: they go with theirs
    assert count(workspace) == count(workspace, "encoder_model") == 0


def test_the_nearest_sentences_are_those_of_a_full_comparison(workspace: Workspace, model_id: int) -> None:
    rows = store(workspace, model_id)
    question = vectors(1, seed=7)[0]

    def nearest(db: sqlite3.Connection, ids: tuple[int, ...], limit: int = 20) -> list[tuple[str, float]]:
        found = nearest_sentences(db, question, ids, model_id=model_id, limit=limit)
        return [(each.sentence.text, each.cosine) for each in found]

    everything = workspace.store.read(lambda db: nearest(db, (3, 1, 2))).result()
    said = workspace.store.read(lambda db: list(sentences_of_papers(db, (1, 2, 3)))).result()
    expected = sorted(((float(rows[each.hash] @ question), each.text) for each in said), reverse=True)
    assert [text for text, _ in everything] == [text for _, text in expected]
    assert [cosine for _, cosine in everything] == pytest.approx([cosine for cosine, _ in expected], abs=2e-3)
    assert workspace.store.read(lambda db: nearest(db, (3, 1, 2), 2)).result() == everything[:2]
    two = workspace.store.read(lambda db: nearest(db, (1,))).result()
    assert {text for text, _ in two} == {"Cats sleep on warm mats.", "Dogs bark at the mail."}
    assert workspace.store.read(lambda db: nearest(db, ())).result() == []
    assert workspace.store.read(lambda db: nearest(db, (1,), 0)).result() == []


def test_vectors_that_do_not_fit_are_refused(workspace: Workspace, model_id: int) -> None:
    store(workspace, model_id)
    with pytest.raises(ValueError, match="does not fit"):
        workspace.store.read(lambda db: nearest_sentences(db, np.ones(3, np.float32), (1,), model_id=model_id)).result()
    workspace.store.write(
        lambda db: db.execute("UPDATE sentence_embedding SET vector = zeroblob(4) WHERE id = 1")
    ).result()
    with pytest.raises(WorkspaceDamaged, match="rebuild"):
        workspace.store.read(lambda db: nearest_sentences(db, vectors(1)[0], (1, 2, 3), model_id=model_id)).result()


def test_the_newest_day(workspace: Workspace) -> None:
    assert list(workspace.store.read(lambda db: newest_day(db, "2026-12-31")).result()) == []
    put(workspace, *PAPERS, paper(4, "Later.", first_listed="2026-02-01"))
    assert list(workspace.store.read(lambda db: newest_day(db, "2026-12-31")).result()) == [4]
    assert list(workspace.store.read(lambda db: newest_day(db, "2026-01-31")).result()) == [3]


@pytest.mark.model
def test_sentences_are_encoded_like_questions_and_found(workspace: Workspace, converted_model: ConvertedModel) -> None:
    put(workspace, *PAPERS)
    seen: list[Progress] = []
    report = encode_sentences(workspace, [1, 2, 3], progress=seen.append)
    assert (report.encoded, report.waiting, report.stopped) == (6, 0, False)
    assert {"splitting into sentences", "encoding sentences"} <= {progress.what for progress in seen}
    assert encode_sentences(workspace, [1, 2, 3]).encoded == 0
    assert encode_sentences(workspace, [2], sources=("body",)).encoded == 2

    encoder = QuestionEncoder(converted_model)
    question = encoder.encode(["a cat is asleep"])[0]
    model_id = workspace.store.read(lambda db: stored_model(db, workspace.settings)).result()
    assert model_id is not None
    best = workspace.store.read(
        lambda db: nearest_sentences(db, question, (1, 2, 3), model_id=model_id, limit=1)
    ).result()
    assert best[0].sentence == workspace.store.read(lambda db: sentences_of(db, 1)).result()[0]
    own = encoder.encode_documents([best[0].sentence.text])[0]
    assert best[0].cosine == pytest.approx(float(own @ question), abs=1e-3)

    # Papers are another matter: none has a vector, and encoding them leaves the sentences alone.
    assert open_index(workspace).count == 0
    assert encode_missing(workspace).encoded == 3
    assert open_index(workspace).count == 3
    assert prune(workspace) == 0
    assert count(workspace) == 8
    assert encode_missing(workspace, rebuild=True).encoded == 3
    assert count(workspace) == 0


@pytest.mark.model
def test_it_stops_when_asked_and_goes_on(workspace: Workspace, converted_model: ConvertedModel) -> None:
    put(
        workspace,
        *(paper(number, *(f"Sentence {each} of {number} is here." for each in range(20))) for number in range(1, 13)),
    )
    token = CancelToken()

    def tell(progress: Progress) -> None:
        if progress.what == "encoding sentences" and progress.done:
            token.cancel()

    first = encode_sentences(workspace, range(1, 13), progress=tell, cancel=token)
    assert first.stopped
    assert 0 < count(workspace) < 240
    second = encode_sentences(workspace, range(1, 13))
    assert (second.stopped, second.waiting, count(workspace)) == (False, 0, 240)
    assert second.encoded < 240


def test_without_a_model_it_says_what_to_do(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    put(workspace, *PAPERS)
    monkeypatch.setenv("LABTOP_CACHE", str(workspace.paths.home / "no-cache"))
    with pytest.raises(MissingPart, match="convert-only"):
        encode_sentences(workspace, [1])
    assert workspace.store.read(lambda db: stored_model(db, workspace.settings)).result() is None
    with open_workspace(workspace.paths.home, read_only=True) as reading:
        monkeypatch.setattr(module, "model_status", lambda _: type("S", (), {"converted": True})())
        with pytest.raises(ReadOnly):
            encode_sentences(reading, [1])


def test_ensure_drops_vectors_of_what_is_no_longer_said(workspace: Workspace, model_id: int) -> None:
    store(workspace, model_id)
    workspace.store.write(lambda db: db.execute("UPDATE paper SET abstract = 'Code is public.' WHERE id = 2")).result()
    assert workspace.store.write(lambda db: ensure(db, [2])).result().ids == (2,)
    assert count(workspace, "sentence_embedding WHERE paper_id = 2") == 1
