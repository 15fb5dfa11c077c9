"""The vector index of a workspace: which papers are nearest to a vector.

SQLite holds the vectors; this is a copy of them in the order of the papers, in memory and in a file that can be
deleted at any time. It notices when the database moved on, takes over what is new, and says what it had to do.
"""

import sqlite3
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from filelock import FileLock, Timeout

from library.errors import LabtopError, WorkspaceDamaged
from library.paths import private_directory
from library.vectors import stored
from library.vectors.faiss_cache import CacheDamaged, Header, Rows, cache_path, load, save
from library.vectors.model import model_status
from library.vectors.runtime import Vectors, unit
from library.vectors.scan import ExactScan
from library.vectors.stored import Ids, State
from library.workspace import Workspace

_SAVE_AFTER = 512  # new vectors; fewer are taken over again from SQLite by the next process in milliseconds
_SAVE_SECONDS = 5.0  # between two writes of the file while others keep changing papers
_PIECE = 5_000  # vectors read from SQLite at a time


@dataclass(frozen=True, slots=True)
class _Snapshot:
    """What a search sees: replaced as a whole, never changed."""

    model_id: int | None
    model: str
    dimension: int
    state: State
    papers: Ids
    embeddings: Ids
    scan: ExactScan

    @property
    def rows(self) -> Rows:
        return Rows(self.papers, self.embeddings, self.scan.rows)


def open_index(workspace: Workspace) -> "VectorIndex":
    """The index of the workspace's model, from its file where that is whole, brought up to date with the database.

    Without a model, or before anything was encoded, it is empty. Raises WorkspaceDamaged where stored vectors cannot be
    used.
    """
    index = VectorIndex(workspace)
    index.refresh()
    return index


class VectorIndex:
    """Nearest papers by cosine. Safe to share between threads. `notice` says what had to be repaired, else is empty."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._lock = threading.Lock()
        self._snapshot: _Snapshot | None = None
        self._saved: State | None = None  # of the file, as far as this process knows
        self._saved_count = 0
        self._saved_at = float("-inf")
        self._trouble = ""  # what was wrong with the file
        self.notice = ""

    @property
    def count(self) -> int:
        """Papers that have a vector."""
        return len(self._now().papers)

    @property
    def dimension(self) -> int:
        """Length of a vector; 0 where nothing has been encoded yet."""
        return self._now().dimension

    @property
    def model(self) -> str:
        """File hash of the model whose vectors these are; empty where nothing has been encoded yet."""
        return self._now().model

    @property
    def exact(self) -> bool:
        """Whether every vector is compared (up to 200,000 papers)."""
        return self._now().scan.exact

    @property
    def missing(self) -> int:
        """Papers that have no vector yet: search finds them by their words alone."""
        total = self._workspace.store.read(lambda db: int(db.execute("SELECT count(*) FROM paper").fetchone()[0]))
        return max(0, total.result() - self.count)

    def search(
        self, vectors: Vectors, k: int, allowed: "Ids | Sequence[int] | None" = None, *, refresh: bool = True
    ) -> tuple[Ids, Vectors]:
        """The `k` nearest papers to each row of `vectors` (n, dimension), among `allowed` paper ids where given.

        Returns (paper ids int64 (n, k), cosines float32 (n, k)), best first, equal cosines by ascending id; id -1 and
        cosine -inf where there are fewer than `k`. With `refresh` it first looks whether the database moved on.
        """
        if refresh:
            self.refresh()
        now = self._now()
        queries = np.ascontiguousarray(np.atleast_2d(vectors), dtype=np.float32)
        ids = np.full((len(queries), max(k, 0)), -1, dtype=np.int64)
        scores = np.full(ids.shape, -np.inf, dtype=np.float32)
        if k < 1 or not len(now.papers) or not len(queries):
            return ids, scores
        if queries.shape[1] != now.dimension:
            raise ValueError(f"vectors of length {queries.shape[1]} do not fit an index of length {now.dimension}")
        selected = None if allowed is None else _selection(now.papers, np.asarray(allowed, dtype=np.int64))
        for row, found in enumerate(now.scan.search(queries, k, selected)):
            papers = now.papers[found]
            cosines = unit(now.scan.rows[found]) @ queries[row]  # float16 rounding leaves rows not quite of length 1
            best = np.lexsort((papers, -cosines))[:k]
            ids[row, : len(best)], scores[row, : len(best)] = papers[best], cosines[best]
        return ids, scores

    def vector(self, paper_id: int) -> Vectors | None:
        """The unit vector of a paper, float32 (dimension,); None where it has none."""
        found = self.vectors([paper_id])[1]
        return found[0] if len(found) else None

    def vectors(self, paper_ids: Sequence[int] | Ids) -> tuple[Ids, Vectors]:
        """(ids, unit vectors float32 (m, dimension)) of those of `paper_ids` that have one, in their order."""
        now = self._now()
        wanted = np.asarray(paper_ids, dtype=np.int64)
        places = np.searchsorted(now.papers, wanted)
        there = places < len(now.papers)
        there[there] = now.papers[places[there]] == wanted[there]
        return wanted[there], unit(now.scan.rows[places[there]])

    def refresh(self, *, save_now: bool = False) -> bool:
        """Take over what changed in the database; False where nothing did. Three lookups where nothing did."""
        with self._lock:
            return self._refresh(save_now)

    def _now(self) -> _Snapshot:
        snapshot = self._snapshot
        if snapshot is None:
            self.refresh()
            snapshot = self._snapshot
            assert snapshot is not None
        return snapshot

    def _refresh(self, save_now: bool) -> bool:
        read = self._workspace.store.read
        before = self._snapshot
        first = before is None or before.model_id is None
        if before is None or before.model_id is None:
            model = self._model()
            if model is None:
                self._snapshot = _empty()
                return before is None
            before = self._from_file(*model)
        if read(stored.state).result() == before.state:
            after = before
        else:
            after = read(lambda db: _brought_up_to_date(db, before)).result()
        self._snapshot = after
        if first:
            self._say(before, after)
        self._save(after, force=save_now or self._trouble != "")
        return first or after is not before

    def _model(self) -> tuple[int, int, str] | None:
        """(id, dimension, file hash) of the settings' model, if anything of it is stored."""
        status = model_status(self._workspace.settings)
        file_hash = status.file_hash or (status.converted.file_hash if status.converted else None)
        return self._workspace.store.read(
            lambda db: stored.model_row(db, name=status.name, file_hash=file_hash)
        ).result()

    def _from_file(self, model_id: int, dimension: int, model: str) -> _Snapshot:
        """What the file holds; an empty snapshot, and a notice in preparation, where it holds nothing usable."""
        spaces: list[ExactScan] = []

        def space(count: int) -> stored.Halves:
            spaces.append(ExactScan(count, dimension))
            return spaces[-1].rows

        try:
            found = load(cache_path(self._workspace.paths.vectors, model), model, dimension, space)
            self._trouble = "was missing" if found is None else ""
        except CacheDamaged as error:
            found = None
            self._trouble = f"was damaged ({error})"
        if found is None:
            nothing = np.empty(0, np.int64)
            return _Snapshot(model_id, model, dimension, State(0, 0, 0), nothing, nothing, ExactScan(0, dimension))
        header, rows = found
        self._saved, self._saved_count = header.state, header.count
        return _Snapshot(model_id, model, dimension, header.state, rows.papers, rows.embeddings, spaces[-1])

    def _say(self, before: _Snapshot, after: _Snapshot) -> None:
        if self._trouble and len(after.papers):
            self.notice = (
                f"The vector index {self._trouble}; it was made again from {len(after.papers):,} stored vectors."
            )
        elif not self._trouble and after is not before:
            self.notice = f"The vector index was outdated; it was brought up to date ({len(after.papers):,} papers)."

    def _save(self, snapshot: _Snapshot, *, force: bool) -> None:
        """Write the file where that saves the next process work; a file that cannot be written is only slower."""
        if self._workspace.read_only or snapshot.state == self._saved:
            return
        grown = abs(len(snapshot.papers) - self._saved_count) >= _SAVE_AFTER
        papers_changed = self._saved is None or self._saved.papers != snapshot.state.papers
        rested = time.monotonic() - self._saved_at > _SAVE_SECONDS
        if not (force or (rested and (grown or papers_changed))):
            return
        folder = self._workspace.paths.vectors
        header = Header(snapshot.model, snapshot.dimension, len(snapshot.papers), snapshot.state)
        try:
            private_directory(folder)
            with FileLock(folder / "index.lock", timeout=0):
                save(cache_path(folder, snapshot.model), header, snapshot.rows)
        except Timeout:
            return  # another process writes it now
        except (OSError, LabtopError) as error:
            self.notice = f"The vector index could not be written to {folder} ({error}); search works without it."
        self._saved, self._saved_count = snapshot.state, len(snapshot.papers)
        self._saved_at, self._trouble = time.monotonic(), ""


def _brought_up_to_date(db: sqlite3.Connection, before: _Snapshot) -> _Snapshot:
    """`before`, with what the database holds now; reads only vectors that `before` lacks."""
    assert before.model_id is not None
    now = stored.state(db)
    appended = now.papers == before.state.papers and now.vectors == before.state.vectors
    papers, embeddings = stored.pairs(db, before.model_id, before.state.newest if appended else 0)
    if appended:
        papers, embeddings = _merged(before, papers, embeddings)
    scan = ExactScan(len(papers), before.dimension)
    if now.vectors == before.state.vectors:
        old, new = _kept(before, papers, embeddings)
    else:  # an embedding id may mean another text by now
        old = new = np.empty(0, np.int64)
    scan.rows[new] = before.scan.rows[old]
    fresh = np.ones(len(papers), dtype=bool)
    fresh[new] = False
    places = np.flatnonzero(fresh)
    try:
        for start in range(0, len(places), _PIECE):
            piece = places[start : start + _PIECE]
            vectors = np.empty((len(piece), before.dimension), np.float16)
            stored.fill(db, embeddings[piece], vectors)
            scan.rows[piece] = vectors
    except ValueError as error:
        raise WorkspaceDamaged(
            f"A stored vector cannot be used: {error}.", mend="Encode them again with labtop index --rebuild."
        ) from error
    return replace(before, state=now, papers=papers, embeddings=embeddings, scan=scan)


def _merged(before: _Snapshot, papers: Ids, embeddings: Ids) -> tuple[Ids, Ids]:
    all_papers = np.concatenate([before.papers, papers])
    order = np.argsort(all_papers, kind="stable")
    return all_papers[order], np.concatenate([before.embeddings, embeddings])[order]


def _kept(before: _Snapshot, papers: Ids, embeddings: Ids) -> tuple[Ids, Ids]:
    """Rows of `before` that still hold the same text of the same paper, and the rows they become."""
    _, old, new = np.intersect1d(before.papers, papers, assume_unique=True, return_indices=True)
    same = before.embeddings[old] == embeddings[new]
    return old[same], new[same]


def _selection(papers: Ids, allowed: Ids) -> npt.NDArray[np.bool_]:
    selected = np.zeros(len(papers), dtype=bool)
    places = np.searchsorted(papers, allowed)
    there = places < len(papers)
    there[there] = papers[places[there]] == allowed[there]
    selected[places[there]] = True
    return selected


def _empty() -> _Snapshot:
    nothing = np.empty(0, np.int64)
    return _Snapshot(None, "", 0, State(0, 0, 0), nothing, nothing, ExactScan(0, 0))
