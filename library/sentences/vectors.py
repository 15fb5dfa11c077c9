"""Vectors of sentences: only of those that something asks for (a new day, a live hypothesis), and kept for as long as
the paper says them.

They have a table of their own. The vectors of papers are what the search index is made of; sentences among them would
be counted, searched and pruned as papers.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from library.errors import MissingPart
from library.jobs import CancelToken, ReportProgress
from library.papers.queries import days_with_papers, ids_of_day
from library.sentences.model import Source
from library.sentences.queries import sentences_of_papers
from library.sentences.splitting import any_waiting, split_waiting
from library.settings import Settings
from library.vectors.model import model_status
from library.vectors.waiting import AT_ONCE, Waiting, marks, model_row, pieces
from library.workspace import Workspace

if TYPE_CHECKING:
    from library.vectors.bulk import EncodeReport
    from library.vectors.stored import Halves

_A_DAY = 1_000  # papers
_AT_ONCE, _STEP, _PAUSE = 1_000, 100, 0.05  # papers that are split a time, a step; seconds between steps
_OF_SENTENCES = """
  FROM split_text t JOIN sentence s ON s.text_id = t.id
  WHERE t.paper_id IN ({papers}) AND t.source IN ({sources}) AND NOT EXISTS (
    SELECT 1 FROM sentence_embedding e WHERE e.paper_id = t.paper_id AND e.model_id = ? AND e.hash = s.hash)
"""


def stored_model(db: sqlite3.Connection, settings: Settings) -> int | None:
    """The number under which vectors of the settings' model are stored; None where nothing was encoded with it yet."""
    status = model_status(settings)
    row = model_row(db, name=status.name, file_hash=status.known_hash)
    return row[0] if row else None


def lacking(
    db: sqlite3.Connection, model_id: int, paper_ids: Sequence[int], sources: Iterable[Source] = ("abstract",)
) -> dict[str, list[int]]:
    """Sentences of these papers that were split and have no vector of that model: hash → papers, in their order."""
    wanted, found = tuple(sources), dict[str, list[int]]()
    for ids in pieces(paper_ids, AT_ONCE):
        query = _OF_SENTENCES.format(papers=marks(ids), sources=marks(wanted))
        of_paper: dict[int, list[str]] = {}
        rows = db.execute(f"SELECT t.paper_id, s.hash {query} ORDER BY t.id, s.position", (*ids, *wanted, model_id))
        for paper_id, digest in rows:
            of_paper.setdefault(paper_id, []).append(digest.hex())
        for paper_id in dict.fromkeys(ids):
            for digest in dict.fromkeys(of_paper.get(paper_id, ())):
                found.setdefault(digest, []).append(paper_id)
    return found


def newest_day(db: sqlite3.Connection, today: str) -> Sequence[int]:
    """The papers of the newest day that has any; at most a thousand, since whole bibliographies may share a day."""
    days = days_with_papers(db, until=today, limit=1)
    return ids_of_day(db, days[0][0])[:_A_DAY] if days else ()


def is_behind(workspace: Workspace) -> bool:
    """Whether `catch_up` has something to do."""
    model = model_status(workspace.settings).converted
    today = workspace.clock.today().isoformat()

    def look(db: sqlite3.Connection) -> bool:
        if any_waiting(db):
            return True
        row = model_row(db, name=model.name, file_hash=model.file_hash) if model else None
        return model is not None and bool(lacking(db, row[0] if row else 0, newest_day(db, today)))

    return workspace.store.read(look).result()


def catch_up(
    workspace: Workspace, *, progress: ReportProgress | None = None, cancel: CancelToken | None = None
) -> None:
    """The work behind a dashboard: split the newest papers that wait, in small steps, and where the model is ready give
    the sentences of the newest day their vectors. An old library is worked off thousand by thousand. Raises what
    `encode_sentences` raises."""
    split_waiting(workspace, limit=_AT_ONCE, chunk=_STEP, pause=_PAUSE, cancel=cancel)
    if model_status(workspace.settings).converted is not None and not (cancel and cancel.cancelled):
        today = workspace.clock.today().isoformat()
        ids = workspace.store.read(lambda db: newest_day(db, today)).result()
        encode_sentences(workspace, ids, progress=progress, cancel=cancel)


def encode_sentences(
    workspace: Workspace,
    paper_ids: Sequence[int],
    *,
    sources: Iterable[Source] = ("abstract",),
    device: str | None = None,
    progress: ReportProgress | None = None,
    cancel: CancelToken | None = None,
) -> "EncodeReport":
    """Split these papers and encode the sentences that lack a vector of the settings' model, in a niced child process.

    What is stored stays stored, whenever it is stopped. Raises what `library.vectors.bulk.encode_missing` raises, and
    MissingPart where the model was not converted yet: that is a step which a person asks for.
    """
    from library.vectors.bulk import encode

    if model_status(workspace.settings).converted is None:
        raise MissingPart("The encoder model is not ready on this machine.", mend="Run labtop index --convert-only.")
    split = split_waiting(workspace, paper_ids, progress=progress, cancel=cancel)
    task = Sentences(tuple(paper_ids), tuple(sources))
    report = encode(workspace, task, device=device, progress=progress, cancel=cancel)
    return replace(report, stopped=report.stopped or split.stopped)


@dataclass(slots=True)
class Sentences:
    """The sentences of some papers: a library.vectors.tasks.Task. Two papers that say the same get a vector each."""

    paper_ids: tuple[int, ...]
    sources: tuple[Source, ...] = ("abstract",)
    what: str = "encoding sentences"
    papers: dict[str, list[int]] = field(default_factory=dict)  # by hash, as `hashes` found them

    def hashes(self, db: sqlite3.Connection, model_id: int | None) -> list[str]:
        """See Task. Paper by paper."""
        self.papers = lacking(db, model_id or 0, self.paper_ids, self.sources)
        return list(self.papers)

    def count(self, db: sqlite3.Connection, model_id: int | None) -> int:
        """See Task. Sentences of these papers."""
        return len(lacking(db, model_id or 0, self.paper_ids, self.sources))

    def texts(self, db: sqlite3.Connection, hashes: Sequence[str]) -> list[Waiting]:
        """See Task."""
        papers = tuple(dict.fromkeys(self.papers[digest][0] for digest in hashes))
        found = {sentence.hash: sentence.text for sentence in sentences_of_papers(db, papers, self.sources)}
        return [Waiting(digest, found[digest]) for digest in hashes if digest in found]

    def store(self, db: sqlite3.Connection, model_id: int, hashes: Sequence[str], vectors: "Halves") -> int:
        """See Task."""
        before = db.total_changes
        db.executemany(
            "INSERT INTO sentence_embedding (paper_id, model_id, hash, vector) SELECT ?1, ?2, ?3, ?4 WHERE EXISTS"
            " (SELECT 1 FROM split_text t JOIN sentence s ON s.text_id = t.id WHERE t.paper_id = ?1 AND s.hash = ?3)"
            " ON CONFLICT (paper_id, model_id, hash) DO NOTHING",
            (
                (paper_id, model_id, bytes.fromhex(digest), row.astype("<f2").tobytes())
                for digest, row in zip(hashes, vectors, strict=True)
                for paper_id in self.papers[digest]
            ),
        )
        return db.total_changes - before

    def forget(self, db: sqlite3.Connection, model_id: int, hashes: Sequence[str]) -> None:
        """See Task."""
        db.executemany(
            "DELETE FROM sentence_embedding WHERE paper_id = ? AND model_id = ? AND hash = ?",
            (
                (paper_id, model_id, bytes.fromhex(digest))
                for digest in hashes
                for paper_id in self.papers.get(digest, ())
            ),
        )
