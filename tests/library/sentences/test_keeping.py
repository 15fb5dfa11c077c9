"""Sentences are kept by place: only what changed is split again, whoever is killed, and nobody has to wait for it."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from library.backup.make import make_backup
from library.backup.restore import restore
from library.db.journal import undo
from library.errors import NotFound, ReadOnly
from library.jobs import CancelToken, Progress
from library.papers.adding import Typed, add_document
from library.papers.commands import add_note, delete_note, edit_note
from library.papers.ingest import add_drafts, store_drafts
from library.papers.model import PaperDraft
from library.purge.run import purge
from library.sentences.model import SOURCES, Sentence
from library.sentences.queries import sentence_named, sentences_of, sentences_of_papers
from library.sentences.split import split
from library.sentences.splitting import any_waiting, ensure, keep, lacking_texts, prepare, split_waiting, waiting
from library.workspace import Workspace
from planner.workspace import MIGRATIONS, open_workspace

AT = "2026-04-14T06:00:00Z"
ABSTRACT = "We keep half of the tokens. The index shrinks, cf. Fig. 3. Quality stays."
DRAFT = PaperDraft(key="2501.00001", kind="arxiv", source="t", title="Half", abstract=ABSTRACT, version=1)


def put(workspace: Workspace, *drafts: PaperDraft) -> None:
    workspace.store.write(lambda db: add_drafts(db, drafts, at=AT)).result()


def many(count: int, first: int = 0) -> list[PaperDraft]:
    return [
        PaperDraft(
            key=f"t:{number}",
            kind="reference",
            source="t",
            title=f"Paper {number}",
            abstract=f"Number {number} has two sentences. This is the second of {number}.",
            first_listed=f"2026-01-{1 + number % 28:02d}",
        )
        for number in range(first, first + count)
    ]


def rows(workspace: Workspace, sql: str) -> list[tuple[object, ...]]:
    return workspace.store.read(lambda db: [tuple(row) for row in db.execute(sql)]).result()


def stored(workspace: Workspace) -> list[tuple[object, ...]]:
    """What is stored, without the numbers of rows."""
    return rows(
        workspace,
        'SELECT paper_id, source, note_id, hex(text_hash), position, start, "end", hex(hash)'
        " FROM split_text LEFT JOIN sentence ON text_id = id ORDER BY 1, 2, 3, 5",
    )


def read(workspace: Workspace, paper_id: int = 1, sources: Sequence[str] = SOURCES) -> tuple[Sentence, ...]:
    return workspace.store.read(lambda db: sentences_of(db, paper_id, sources)).result()  # type: ignore[arg-type]


def ids_waiting(workspace: Workspace) -> list[int]:
    return list(workspace.store.read(waiting).result())


def test_reading_needs_nothing_to_be_stored(workspace: Workspace) -> None:
    put(workspace, DRAFT)
    with open_workspace(workspace.paths.home, read_only=True) as reading:
        before = read(reading)
        assert [sentence.text for sentence in before] == [
            "We keep half of the tokens.",
            "The index shrinks, cf. Fig. 3.",
            "Quality stays.",
        ]
        assert [sentence.name for sentence in before] == ["1", "2", "3"]
        assert all(ABSTRACT[each.start : each.end] == each.text and each.version == 1 for each in before)
        with pytest.raises(ReadOnly):
            split_waiting(reading)
    assert split_waiting(workspace).sentences == 3
    assert read(workspace) == before
    assert read(workspace, 99) == ()


def test_reading_takes_the_stored_places(workspace: Workspace) -> None:
    put(workspace, DRAFT)
    split_waiting(workspace)
    workspace.store.write(lambda db: db.execute("DELETE FROM sentence WHERE position = 2")).result()
    assert [sentence.text for sentence in read(workspace)] == ["We keep half of the tokens.", "Quality stays."]
    # … unless they are of another text, or of other rules.
    workspace.store.write(lambda db: db.execute("UPDATE split_text SET text_hash = zeroblob(32)")).result()
    assert len(read(workspace)) == 3
    workspace.store.write(lambda db: db.execute("UPDATE split_text SET rules = 0")).result()
    assert len(read(workspace)) == 3
    assert ids_waiting(workspace) == [1]
    assert split_waiting(workspace).papers == 1
    assert len(stored(workspace)) == 3


def test_only_what_changed_is_split_again(workspace: Workspace) -> None:
    put(workspace, DRAFT, *many(3))
    assert split_waiting(workspace).papers == 4
    numbers = rows(workspace, "SELECT paper_id, id FROM split_text ORDER BY paper_id")
    again = split_waiting(workspace)
    assert (again.papers, again.sentences) == (0, 0)
    put(workspace, replace(DRAFT, title="Half, renamed"))  # the title is none of it
    assert ids_waiting(workspace) == []
    put(workspace, replace(DRAFT, version=2, abstract=f"{ABSTRACT} So we stop."))
    assert ids_waiting(workspace) == [1]
    assert [(each.text, each.version) for each in read(workspace)][-1] == ("So we stop.", 2)
    assert split_waiting(workspace).sentences == 4
    assert rows(workspace, "SELECT paper_id, id FROM split_text ORDER BY paper_id")[1:] == numbers[1:]
    assert ids_waiting(workspace) == []


def test_notes_and_full_texts(workspace: Workspace, tmp_path: Path) -> None:
    memo = tmp_path / "memo.md"
    memo.write_text("# Memo\n\nWe met. Kim asked:\n\n- is it fast?\n- is it free\n")
    paper = add_document(workspace, memo, Typed()).paper_id
    workspace.store.write(lambda db: add_note(db, "ada", paper, "First thought. Second thought.")).result()
    assert split_waiting(workspace).papers == 1
    assert [(each.name, each.text) for each in read(workspace, paper)][-7:] == [
        ("b1", "# Memo"),
        ("b2", "We met."),
        ("b3", "Kim asked:"),
        ("b4", "- is it fast?"),
        ("b5", "- is it free"),
        ("n1.1", "First thought."),
        ("n1.2", "Second thought."),
    ]
    for change in (
        lambda db: edit_note(db, "ada", 1, "Only one thought."),
        lambda db: undo(db, "ada"),
    ):
        workspace.store.write(change).result()
        assert ids_waiting(workspace) == [paper]
        split_waiting(workspace)
    assert read(workspace, paper)[-1].text == "Second thought."
    memo.write_text("# Memo\n\nWe met again.\n")
    add_document(workspace, memo, Typed())
    assert ids_waiting(workspace) == [paper]
    split_waiting(workspace)
    assert [each.text for each in read(workspace, paper, ("body",))] == ["# Memo", "We met again."]
    workspace.store.write(lambda db: delete_note(db, "ada", 1)).result()
    assert {row[1] for row in stored(workspace)} == {"abstract", "body"}
    assert not workspace.store.read(any_waiting).result()


def test_a_sentence_is_found_by_its_name(workspace: Workspace) -> None:
    put(workspace, replace(DRAFT, body="Full text. More of it."))
    workspace.store.write(lambda db: add_note(db, "ada", 1, "A note. Its end.")).result()

    def named(name: str) -> str:
        return workspace.store.read(lambda db: sentence_named(db, 1, name)).result().text

    assert [named(each) for each in (" 3", "b2", "n1.2")] == ["Quality stays.", "More of it.", "Its end."]
    for each in read(workspace):
        assert named(each.name) == each.text
    for wrong in ("0", "4", "b3", "n2.1", "n1", "x", "", "1.1"):
        with pytest.raises(NotFound, match="no sentence"):
            named(wrong)


def test_undoing_an_added_paper_is_not_in_the_way(workspace: Workspace, tmp_path: Path) -> None:
    memo = tmp_path / "memo.md"
    memo.write_text("A thought. Another.")
    add_document(workspace, memo, Typed())
    split_waiting(workspace)
    workspace.store.write(lambda db: undo(db, "ada")).result()
    assert stored(workspace) == []


def test_what_changes_meanwhile_is_passed_over(workspace: Workspace) -> None:
    put(workspace, DRAFT, *many(1))
    prepared = prepare(workspace.store.read(lambda db: lacking_texts(db, [1, 2])).result())
    put(workspace, replace(DRAFT, version=2, abstract="Another text."))
    workspace.store.write(lambda db: db.execute("DELETE FROM paper WHERE id = 2")).result()
    assert workspace.store.write(lambda db: keep(db, prepared)).result().ids == ()
    assert stored(workspace) == []
    change = workspace.store.write(lambda db: ensure(db, [1, 2])).result()
    assert (change.topic, change.ids) == ("sentences", (1,))
    assert workspace.store.write(lambda db: ensure(db, [1, 2])).result().ids == ()


def test_an_empty_text_is_split_once(workspace: Workspace) -> None:
    put(workspace, replace(DRAFT, abstract=""))
    assert split_waiting(workspace).papers == 1
    assert ids_waiting(workspace) == []
    assert read(workspace) == ()


def test_the_newest_wait_first_and_a_limit_is_kept(workspace: Workspace) -> None:
    put(workspace, *many(30))
    days = dict(rows(workspace, "SELECT id, day FROM paper"))
    ids = ids_waiting(workspace)
    assert [days[paper_id] for paper_id in ids] == sorted(days.values(), reverse=True)  # type: ignore[type-var]
    assert split_waiting(workspace, limit=7, chunk=3).papers == 7
    assert ids_waiting(workspace) == ids[7:]
    assert split_waiting(workspace, ids[10:12]).papers == 2
    assert split_waiting(workspace, pause=0.001, chunk=10).papers == 21


def test_it_stops_when_asked_and_goes_on_later(workspace: Workspace) -> None:
    put(workspace, *many(50))
    token, seen = CancelToken(), []

    def tell(progress: Progress) -> None:
        seen.append(progress.done)
        token.cancel()

    first = split_waiting(workspace, chunk=10, progress=tell, cancel=token)
    assert (first.stopped, first.papers) == (True, 10)
    second = split_waiting(workspace, chunk=10, progress=lambda progress: seen.append(progress.done))
    assert (second.stopped, second.papers) == (False, 40)
    assert seen[-1] == 40


def test_killed_at_any_step_two_runs_are_one(workspace: Workspace, tmp_path: Path) -> None:
    store_drafts(workspace.store, many(60), at=AT)
    code = """
import os, signal, sys
from pathlib import Path
from library.sentences import splitting
from planner.workspace import open_workspace
keep, left = splitting.keep, [int(sys.argv[2])]
def kept(db, prepared):
    change = keep(db, prepared)
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)  # written, not committed
    return change
splitting.keep = kept
with open_workspace(Path(sys.argv[1]), person="ada") as workspace:
    splitting.split_waiting(workspace, chunk=8)
"""
    for step in (1, 2, 4):
        done = subprocess.run([sys.executable, "-c", code, str(workspace.paths.home), str(step)], env=os.environ)
        assert done.returncode == -signal.SIGKILL
        assert len(ids_waiting(workspace)) % 8 == 4  # whole steps only
    split_waiting(workspace)
    with open_workspace(tmp_path / "other", person="ada") as other:
        store_drafts(other.store, many(60), at=AT)
        split_waiting(other)
        assert stored(workspace) == stored(other)


def test_several_papers_are_read_in_their_order(workspace: Workspace) -> None:
    put(workspace, *many(700))
    wanted = [5, 699, 3, 5, 12345]
    found = workspace.store.read(lambda db: list(sentences_of_papers(db, wanted))).result()
    assert [each.paper_id for each in found] == [5, 5, 699, 699, 3, 3]
    everything = workspace.store.read(lambda db: list(sentences_of_papers(db, range(1, 701)))).result()
    split_waiting(workspace)
    assert workspace.store.read(lambda db: list(sentences_of_papers(db, range(1, 701)))).result() == everything
    assert len(everything) == 1_400


def test_a_purge_takes_them_and_a_backup_carries_them(workspace: Workspace) -> None:
    put(workspace, DRAFT, *many(2))
    workspace.store.write(lambda db: add_note(db, "ada", 1, "A note.")).result()
    split_waiting(workspace)

    def vectors(db: sqlite3.Connection) -> None:
        db.execute("INSERT INTO encoder_model VALUES (1, 'm', 'h', 4, 'now')")
        db.execute(
            "INSERT INTO sentence_embedding (paper_id, model_id, hash, vector)"
            " SELECT paper_id, 1, hash, zeroblob(8) FROM sentence JOIN split_text t ON t.id = text_id"
        )

    workspace.store.write(vectors).result()
    before, backup = stored(workspace), make_backup(workspace.paths)
    done = purge(workspace, ["2501.00001"], "not ours")
    assert done.left_out == ()
    assert done.rows["split_text"]
    assert done.rows["sentence_embedding"] == 4
    assert stored(workspace) == [row for row in before if row[0] != 1]
    assert rows(workspace, "SELECT DISTINCT paper_id FROM sentence_embedding ORDER BY 1") == [(2,), (3,)]
    assert rows(workspace, "SELECT count(*) FROM sentence") == [(4,)]
    workspace.close()
    restore(workspace.paths, backup.path, person="ada", migrations=MIGRATIONS)
    with open_workspace(workspace.paths.home) as again:
        assert stored(again) == [row for row in before if row[0] != 1]  # the purged one stays out of the backup, too
        assert rows(again, "SELECT count(*) FROM sentence_embedding") == [(4,)]


def test_places_are_those_of_the_text_in_any_script(workspace: Workspace) -> None:
    text = "Naïve 😀 models. 方法很快。İstanbul is far. e\u0301 ends"
    put(workspace, replace(DRAFT, abstract=text))
    split_waiting(workspace)
    abstract = str(rows(workspace, "SELECT abstract FROM paper")[0][0])
    assert [(each.start, each.end) for each in read(workspace)] == [(s.start, s.end) for s in split(abstract)]
    assert [each.text for each in read(workspace)] == [abstract[s.start : s.end] for s in split(abstract)]
    assert len(read(workspace)) == 3
