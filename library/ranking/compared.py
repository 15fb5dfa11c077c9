"""Vectors for the sentences that a ranking would like to compare: those of the inbox, and of what was decided.

Ranking never waits for them. They are made behind it, some hundred papers at a time, and the next ranking has them.
"""

import sqlite3
from collections.abc import Sequence
from typing import Final

from library.jobs import CancelToken, ReportProgress
from library.ranking.inputs import today_of
from library.ranking.pool import inbox
from library.ranking.wanted import decided, listed
from library.sentences.vectors import encode_sentences, lacking, stored_model
from library.vectors.model import model_status
from library.workspace import Workspace

INBOX: Final = 1_500  # papers, the newest ones
DECIDED: Final = 1_000
AT_ONCE: Final = 400


def encode_compared(
    workspace: Workspace,
    *,
    limit: int = AT_ONCE,
    progress: ReportProgress | None = None,
    cancel: CancelToken | None = None,
) -> int:
    """Encode the sentences of at most `limit` papers that want it; returns how many sentences got a vector.

    Nothing happens where the model is not ready. Raises what `encode_sentences` raises, WorkspaceBusy among it.
    """
    if model_status(workspace.settings).converted is None:
        return 0
    ids = workspace.store.read(lambda db: _wanting(db, workspace, limit)).result()
    return encode_sentences(workspace, ids, progress=progress, cancel=cancel).encoded if ids else 0


def _wanting(db: sqlite3.Connection, workspace: Workspace, limit: int) -> Sequence[int]:
    """Papers of the inbox, then those decided last, whose sentences lack a vector or were not split."""
    person, today = workspace.person, today_of(db).isoformat()
    ids = list(inbox(db, person, today))[:INBOX]
    ids += [each.paper for each in reversed(decided(db, person))][:DECIDED]
    model_id = stored_model(db, workspace.settings)
    if model_id is None:
        return ids[:limit]
    without = {paper for papers in lacking(db, model_id, ids).values() for paper in papers}
    unsplit = {
        row[0]
        for row in db.execute(
            "SELECT value FROM json_each(?) WHERE NOT EXISTS"
            " (SELECT 1 FROM split_text t WHERE t.paper_id = value AND t.source = 'abstract')",
            (listed(ids),),
        )
    }
    return [paper_id for paper_id in ids if paper_id in without or paper_id in unsplit][:limit]
