"""The vector index of a workspace: which papers are nearest to a vector.

SQLite holds the vectors; this is a copy of them in the order of the papers, in memory and in a file that can be
deleted at any time. It notices when the database moved on, takes over what is new, and says what it had to do.
"""

import sqlite3
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from filelock import FileLock, Timeout

from library.errors import LabtopError
from library.paths import private_directory
from library.vectors import scan, stored, waiting
from library.vectors.faiss_cache import BLOCK_ROWS, Begin, CacheDamaged, Header, cache_path, load, save
from library.vectors.model import model_status
from library.vectors.runtime import Vectors, unit
from library.vectors.scan import CompactScan, ExactScan, Scan
from library.vectors.snapshot import Snapshot, assembled, empty, kept, merged, nearest
from library.vectors.stored import Halves, Ids, State
from library.workspace import Workspace

_SAVE_AFTER = 512  # new vectors; fewer are taken over again from SQLite by the next process in milliseconds
_SAVE_SECONDS = 5.0  # between two writes of the file while others keep changing papers
_LOT_SECONDS = 30.0  # between two takings over of new vectors, above the number that is compared exactly


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
        self._snapshot: Snapshot | None = None
        self._saved: State | None = None  # of the file, as far as this process knows
        self._saved_count = 0
        self._saved_at = self._refreshed_at = float("-inf")
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
        queries = np.ascontiguousarray(np.atleast_2d(vectors), dtype=np.float32)
        try:
            return nearest(self._now(), queries, max(k, 0), allowed)
        except OSError:  # the file that a large index reads from was cut short: it is made again
            with self._lock:
                self._snapshot = None
            return nearest(self._now(), queries, max(k, 0), allowed)

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
        return wanted[there], unit(now.scan.rows(places[there]))

    def refresh(self, *, save_now: bool = False) -> bool:
        """Take over what changed in the database; False where nothing did. Three lookups where nothing did."""
        with self._lock:
            return self._refresh(save_now)

    def _now(self) -> Snapshot:
        snapshot = self._snapshot
        if snapshot is None:
            self.refresh()
            snapshot = self._snapshot
            assert snapshot is not None
        return snapshot

    def _refresh(self, save_now: bool) -> bool:
        read = self._workspace.store.read
        before = self._snapshot
        first, trouble = before is None or before.model_id is None, ""
        if before is None or before.model_id is None:
            model = self._model()
            if model is None:
                self._snapshot = empty()
                return before is None
            before, trouble = self._from_file(*model)
        now = read(stored.state).result()
        if now == before.state or (not save_now and self._may_wait(before, now)):
            after = before
        else:
            after = read(lambda db: self._brought_up_to_date(db, before)).result()
            self._refreshed_at = time.monotonic()
        self._snapshot = after
        if first:
            self._say(trouble, before, after)
        self._save(after, force=save_now or trouble != "")
        return first or after is not before

    def _may_wait(self, before: Snapshot, now: State) -> bool:
        """While papers are being encoded, a large index (two seconds to bring up to date) takes them over in lots."""
        only_new = (now.papers, now.vectors) == (before.state.papers, before.state.vectors)
        return only_new and not before.scan.exact and time.monotonic() - self._refreshed_at < _LOT_SECONDS

    def _model(self) -> tuple[int, int, str] | None:
        """(id, dimension, file hash) of the settings' model, if anything of it is stored."""
        status = model_status(self._workspace.settings)
        find = partial(waiting.model_row, name=status.name, file_hash=status.known_hash)
        return self._workspace.store.read(find).result()

    def _from_file(self, model_id: int, dimension: int, model: str) -> tuple[Snapshot, str]:
        """What the file holds, and what is wrong with it: then the snapshot is empty and of no time."""
        trouble = "was missing"
        try:
            found = load(cache_path(self._workspace.paths.vectors, model), model, dimension, _begin(dimension))
        except CacheDamaged as error:
            found, trouble = None, f"was damaged ({error})"
        if found is None:
            return replace(empty(), model_id=model_id, model=model, dimension=dimension), trouble
        self._saved, self._saved_count = found.header.state, found.header.count
        state, papers, embeddings = found.header.state, found.papers, found.embeddings
        return Snapshot(model_id, model, dimension, state, papers, embeddings, found.scan), ""

    def _say(self, trouble: str, before: Snapshot, after: Snapshot) -> None:
        if trouble and len(after.papers):
            self.notice = f"The vector index {trouble}; it was made again from {len(after.papers):,} stored vectors."
        elif not trouble and after is not before:
            self.notice = f"The vector index was outdated; it was brought up to date ({len(after.papers):,} papers)."

    def _brought_up_to_date(self, db: sqlite3.Connection, before: Snapshot) -> Snapshot:
        """`before`, with what the database holds now; reads only vectors that `before` lacks."""
        assert before.model_id is not None
        now = stored.state(db)
        appended = now.papers == before.state.papers and now.vectors == before.state.vectors
        papers, embeddings = stored.pairs(db, before.model_id, before.state.newest if appended else 0)
        if appended:
            papers, embeddings = merged(before, papers, embeddings)
        # Where a vector was deleted since, an embedding id may mean another text by now: nothing is kept.
        source = kept(before, papers, embeddings) if now.vectors == before.state.vectors else np.full(len(papers), -1)
        after = replace(before, state=now, papers=papers, embeddings=embeddings)
        if len(papers) > scan.EXACT_UP_TO:
            written = self._write(after, assembled(db, before, source, embeddings))
            if written is not None:
                return replace(after, scan=written)
        exact = ExactScan(len(papers), before.dimension)
        for number, block in enumerate(assembled(db, before, source, embeddings)):
            exact.take(number * BLOCK_ROWS, block)
        return replace(after, scan=exact)

    def _save(self, snapshot: Snapshot, *, force: bool) -> None:
        """Write the file where that saves the next process work."""
        if self._workspace.read_only or snapshot.state == self._saved:
            return
        grown = abs(len(snapshot.papers) - self._saved_count) >= _SAVE_AFTER
        papers_changed = self._saved is None or self._saved.papers != snapshot.state.papers
        rested = time.monotonic() - self._saved_at > _SAVE_SECONDS
        if force or (rested and (grown or papers_changed)):
            places = np.arange(len(snapshot.papers))
            starts = range(0, len(places), BLOCK_ROWS)
            self._write(snapshot, (snapshot.scan.rows(places[start : start + BLOCK_ROWS]) for start in starts))

    def _write(self, snapshot: Snapshot, blocks: Iterable[Halves]) -> Scan | None:
        """Write the file; returns a scan over it where the index is too large to be held in memory.

        A file that cannot be written (or that another process writes now) only makes the next start slower.
        """
        if self._workspace.read_only:
            return None
        folder = self._workspace.paths.vectors
        path = cache_path(folder, snapshot.model)
        header = Header(snapshot.model, snapshot.dimension, len(snapshot.papers), snapshot.state)
        written = None
        try:
            private_directory(folder)
            with FileLock(folder / "index.lock", timeout=0, mode=0o600):
                save(path, header, snapshot.papers, snapshot.embeddings, blocks)
                if len(snapshot.papers) > scan.EXACT_UP_TO:
                    written = load(path, snapshot.model, snapshot.dimension, _begin(snapshot.dimension))
        except Timeout:
            return None
        except (OSError, LabtopError, CacheDamaged) as error:
            self.notice = f"The vector index could not be written to {folder} ({error}); search works without it."
        self._saved, self._saved_count = snapshot.state, len(snapshot.papers)
        self._saved_at = time.monotonic()
        return written.scan if written else None


def _begin(dimension: int) -> Begin:
    def begin(count: int, descriptor: int, offset: int) -> Scan:
        if count > scan.EXACT_UP_TO:
            return CompactScan(count, dimension, descriptor, offset)
        return ExactScan(count, dimension)

    return begin
