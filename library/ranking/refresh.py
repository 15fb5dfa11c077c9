"""Rank a person's inbox anew, in a child process, and keep the result in one step.

Whatever is killed at whatever moment, what was there stays; the next call does it all again, in some seconds.
"""

import hashlib
import json
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from filelock import FileLock, Timeout

from library.clock import stamp
from library.errors import LabtopError
from library.jobs import CancelToken, Pace, ReportProgress
from library.paths import private_directory
from library.ranking.inputs import inputs_hash
from library.ranking.keeping import Header, keep
from library.ranking.model import Regime
from library.ranking.stored import Why, why, why_of
from library.vectors.child import Child
from library.vectors.model import model_status
from library.workspace import Workspace

_WAIT: Final = 120.0  # seconds that another ranking of the same person is waited for
_POLL: Final = 0.2


@dataclass(frozen=True, slots=True)
class RankReport:
    """What was done. `papers` have a score now; `without_vector` and `without_sentences` of them by less than could be.

    `by_words`: no model's vectors took part. `anew`: false where another process had just done the same.
    """

    regime: Regime
    labels: int
    papers: int
    without_vector: int
    without_sentences: int
    by_words: bool
    model_hash: str
    ranked_at: str
    seconds: float
    anew: bool = True


def is_behind(workspace: Workspace) -> bool:
    """Whether `rerank` would rest on something else than what is stored does. Some milliseconds."""
    encoder = _encoder(workspace)
    triage = workspace.settings.triage

    def look(db: sqlite3.Connection) -> bool:
        row = db.execute(
            "SELECT inputs, encoder, share FROM ranking WHERE person = ? ORDER BY id DESC LIMIT 1", (workspace.person,)
        ).fetchone()
        if row is None or (row["encoder"], row["share"]) != (encoder, triage.share):
            return True
        return bool(row["inputs"] != inputs_hash(db, workspace.person))

    return workspace.store.read(look).result()


def anything_to_rank_by(workspace: Workspace) -> bool:
    """Whether the person looks for something or has decided on something, or a ranking of theirs has to go."""
    query = (
        "SELECT EXISTS (SELECT 1 FROM interest WHERE active AND (person IS NULL OR person = ?1))"
        " OR EXISTS (SELECT 1 FROM decision WHERE person = ?1 AND NOT bulk)"
        " OR EXISTS (SELECT 1 FROM ranked WHERE person = ?1)"
    )
    return bool(workspace.store.read(lambda db: db.execute(query, (workspace.person,)).fetchone()[0]).result())


def rerank(
    workspace: Workspace, *, progress: ReportProgress | None = None, cancel: CancelToken | None = None
) -> RankReport:
    """Rank what the person's recent days brought and they have not decided on; some seconds.

    Readers see the old ranking or the new one. Raises ReadOnly, Cancelled, LabtopError where the child process failed.
    """
    workspace.refuse_if_read_only()
    start = time.monotonic()
    with _OneAtATime(workspace, cancel) as waited:
        if waited and not is_behind(workspace):
            report = workspace.store.read(lambda db: _last(db, workspace.person)).result()
            if report is not None:
                return report
        header, rows = _ranked(workspace, None, progress, cancel)
        triage = workspace.settings.triage
        at = stamp()
        workspace.store.write(
            lambda db: keep(db, workspace.person, header, rows, at=at, share=triage.share, explore=triage.explore)
        ).result()
    return RankReport(
        header.regime,
        header.labels,
        header.papers,
        header.without_vector,
        header.without_sentences,
        header.encoder is None,
        header.model_hash,
        at,
        round(time.monotonic() - start, 3),
    )


def explain(
    workspace: Workspace,
    paper_id: int,
    *,
    progress: ReportProgress | None = None,
    cancel: CancelToken | None = None,
) -> Why:
    """What the score of a paper is made of: the stored one, else one that is made now and not kept.

    A decision on the paper itself does not speak for it. Raises LabtopError where there is nothing to rank by, or the
    child process failed; NotFound for a paper that is gone; Cancelled.
    """
    found = workspace.store.read(lambda db: why(db, workspace.person, paper_id)).result()
    if found is not None:
        return found
    header, rows = _ranked(workspace, [paper_id], progress, cancel)
    if not rows:
        raise LabtopError(
            "There is nothing to rank by: no interest, and no decision of yours.",
            mend='Say what you look for: labtop interest add "…".',
        )
    row = rows[0]
    values = {
        "paper_id": paper_id,
        "score": row["score"],
        "log_odds": row["log_odds"],
        "interest_id": row["interest"],
        "regime": header.regime,
        "labels": header.labels,
        "model_hash": header.model_hash,
        "ranked_at": stamp(),
        "encoder": header.encoder,
    }
    return workspace.store.read(lambda db: why_of(db, workspace.person, values, json.loads(row["detail"]))).result()


def _ranked(
    workspace: Workspace, only: Sequence[int] | None, progress: ReportProgress | None, cancel: CancelToken | None
) -> tuple[Header, list[dict[str, Any]]]:
    """What the child process says: by what it ranked, and the ranked papers, best first."""
    token = cancel or CancelToken()
    pace = Pace("ranking", None, progress)
    encoder = _encoder(workspace)
    rows: list[dict[str, Any]] = []
    header: Header | None = None
    order = {
        "database": str(workspace.paths.database),
        "person": workspace.person,
        "model": workspace.settings.encoder.model,
        "only": None if only is None else list(only),
        "days": workspace.settings.triage.days,
    }
    mend = "What was ranked before stays; try again, and see labtop doctor if it happens again."
    with Child("library.ranking.ranker_child", what="ranking process", mend=mend) as child:
        child.send(b"O", order)
        pace.at(0, note="reading papers", final=True)
        while True:
            kind, payload = child.receive(token)
            value = json.loads(payload)
            if kind == b"P":
                pace.at(0, note=value, final=True)
            elif kind == b"R":
                header = Header(**value, encoder=encoder)
            elif kind == b"W":
                rows += value
            elif kind == b"E":
                raise LabtopError(value["message"], mend=value["mend"])
            elif header is not None:
                return header, rows


def _encoder(workspace: Workspace) -> str | None:
    converted = model_status(workspace.settings).converted
    return converted.file_hash if converted is not None else None


def _last(db: sqlite3.Connection, person: str) -> RankReport | None:
    row = db.execute("SELECT * FROM ranking WHERE person = ? ORDER BY id DESC LIMIT 1", (person,)).fetchone()
    if row is None:
        return None
    return RankReport(
        row["regime"],
        row["labels"],
        row["papers"],
        row["without_vector"],
        row["without_sentences"],
        row["encoder"] is None,
        row["model_hash"],
        row["ranked_at"],
        0.0,
        anew=False,
    )


class _OneAtATime:
    """Two processes that rank for the same person would do the same work twice: the second waits, and looks again.

    Enters with whether it waited. A lock that is not given up for long is passed over: two at once are harmless.
    """

    def __init__(self, workspace: Workspace, cancel: CancelToken | None) -> None:
        folder = private_directory(workspace.paths.vectors)
        who = hashlib.sha256(workspace.person.encode()).hexdigest()[:16]
        self._lock, self._cancel = FileLock(folder / f"ranking-{who}.lock", timeout=0, mode=0o600), cancel

    def __enter__(self) -> bool:
        deadline = time.monotonic() + _WAIT
        waited = False
        while True:
            try:
                self._lock.acquire()
                return waited
            except Timeout:
                waited = True
                if self._cancel is not None:
                    self._cancel.check()
                if time.monotonic() > deadline:
                    return waited
                time.sleep(_POLL)

    def __exit__(self, *_: object) -> None:
        self._lock.release()
