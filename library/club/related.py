"""Papers near to one of the club, among those that whoever asks has read or kept, and those the group discussed."""

import json
import sqlite3
from dataclasses import dataclass

from library.club.guard import twins

_READ = """
SELECT paper_id, min(rank) AS rank, how FROM (
  SELECT l.paper_id, 0 AS rank, 'discussed on ' || s.day AS how FROM club_slot l
    JOIN club_session s ON s.id = l.session_id WHERE s.state = 'held' AND l.discussed IS NOT 0
  UNION ALL SELECT paper_id, 1, 'you read it' FROM queue_entry WHERE person = ?1 AND state = 'read'
  UNION ALL SELECT paper_id, 2, 'you kept it' FROM decision WHERE person = ?1 AND decision IN ('keep', 'star')
) GROUP BY paper_id
"""


@dataclass(frozen=True, slots=True)
class Related:
    """`how`: what the group or the person did with it."""

    paper_id: int
    key: str
    title: str
    cosine: float
    how: str


def related(db: sqlite3.Connection, person: str, paper_id: int, limit: int = 3) -> tuple[Related, ...] | None:
    """The nearest by their stored vectors, best first; None where this paper has no vector, so that nobody knows."""
    own = db.execute(
        "SELECT e.model_id, e.vector FROM paper p JOIN embedding e ON e.text_hash = p.text_hash WHERE p.id = ?"
        " ORDER BY e.model_id DESC LIMIT 1",
        (paper_id,),
    ).fetchone()
    if own is None:
        return None
    import numpy as np

    same = set(twins(db, paper_id))
    how = {row["paper_id"]: row["how"] for row in db.execute(_READ, (person,)).fetchall() if row[0] not in same}
    rows = db.execute(
        "SELECT p.id, p.key, p.title, e.vector FROM json_each(?1) j JOIN paper p ON p.id = j.value"
        " JOIN embedding e ON e.text_hash = p.text_hash AND e.model_id = ?2 ORDER BY p.id",
        (json.dumps(sorted(how)), own["model_id"]),
    ).fetchall()
    rows = [row for row in rows if len(row["vector"]) == len(own["vector"])]
    if not rows:
        return ()
    vectors = np.frombuffer(b"".join(row["vector"] for row in rows), dtype="<f2").reshape(len(rows), -1)
    wanted = np.frombuffer(own["vector"], dtype="<f2").astype(np.float32)
    lengths = np.linalg.norm(vectors.astype(np.float32), axis=1) * np.linalg.norm(wanted)
    cosines = (vectors.astype(np.float32) @ wanted) / np.where(lengths > 0, lengths, 1)
    best = np.argsort(-cosines, kind="stable")[:limit].tolist()
    return tuple(
        Related(rows[n]["id"], rows[n]["key"], rows[n]["title"], float(cosines[n]), how[rows[n]["id"]]) for n in best
    )
