"""What verdicts do to a hypothesis: each becomes evidence, and a confirmatory one moves belief."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from library.clock import stamp
from library.db.journal import Recorder
from library.errors import NotFound
from planner.decisions.affected import affected_verdicts
from planner.hypotheses.beliefs import move_by_verdict
from planner.hypotheses.history import reworded_since
from planner.hypotheses.model import Revision, VerdictLine
from planner.hypotheses.scale import Stance

_STANCES: dict[str, Stance] = {"supported": "for", "refuted": "against"}
# A newer verdict on the same comparison takes an older one's place; an exploratory one never that of a confirmatory.
_LINES = """
SELECT v.*, (SELECT max(w.id) FROM verdict w WHERE w.experiment_id = v.experiment_id AND w.treatment = v.treatment
  AND w.baseline = v.baseline AND json_extract(w.details, '$.phase') IS json_extract(v.details, '$.phase')
  AND w.id > v.id AND w.exploratory <= v.exploratory) AS superseded_by
FROM verdict v
"""


def take_verdict(recorder: Recorder, person: str, verdict_id: int) -> None:
    """Take a stored verdict as evidence and let it move belief, inside the action that stored it. Raises NotFound."""
    verdict = recorder.connection.execute("SELECT * FROM verdict WHERE id = ?", (verdict_id,)).fetchone()
    if verdict is None:
        raise NotFound(f"There is no verdict V-{verdict_id}.")
    if verdict["hypothesis_id"] is None:
        return
    key = {"hypothesis_id": verdict["hypothesis_id"], "verdict_id": verdict_id}
    values = {"stance": stance_of_verdict(verdict["state"], exploratory=bool(verdict["exploratory"]))}
    recorder.insert("evidence", {**key, **values, "directness": "direct", "person": person, "at": stamp()})
    if not verdict["exploratory"]:
        move_by_verdict(recorder, person, verdict)


def stance_of_verdict(state: str, *, exploratory: bool) -> Stance:
    """For where supported, against where refuted; context where nothing was settled, or where it only explored."""
    return "context" if exploratory else _STANCES.get(state, "context")


def verdict_lines(
    db: sqlite3.Connection, hypothesis_id: int, edits: Sequence[Revision] = ()
) -> tuple[VerdictLine, ...]:
    """The verdicts on a hypothesis, the newest first. `edits`: its revisions, which may be later than a verdict."""
    return _lines(db, "WHERE v.hypothesis_id = ? ORDER BY v.id DESC", (hypothesis_id,), edits)


def verdicts_by_id(db: sqlite3.Connection, ids: Iterable[int]) -> dict[int, VerdictLine]:
    """The verdicts with these numbers."""
    wanted = json.dumps(sorted(set(ids)))
    found = _lines(db, "WHERE v.id IN (SELECT value FROM json_each(?))", (wanted,))
    return {line.id: line for line in found}


def newest_confirmatory(db: sqlite3.Connection, hypothesis_id: int) -> VerdictLine | None:
    """The verdict that counts; None where there is none that was preregistered."""
    found = _lines(db, "WHERE v.hypothesis_id = ? AND v.exploratory = 0 ORDER BY v.id DESC LIMIT 1", (hypothesis_id,))
    return found[0] if found else None


def newest_of_each(db: sqlite3.Connection) -> dict[int, VerdictLine]:
    """By hypothesis: the newest confirmatory verdict, else the newest exploratory one."""
    rows = db.execute(
        "SELECT coalesce(max(id) FILTER (WHERE exploratory = 0), max(id)) FROM verdict"
        " WHERE hypothesis_id IS NOT NULL GROUP BY hypothesis_id"
    )
    found = verdicts_by_id(db, [row[0] for row in rows.fetchall()])
    return {line.hypothesis_id: line for line in found.values() if line.hypothesis_id is not None}


def _lines(
    db: sqlite3.Connection, where: str, parameters: tuple[Any, ...], edits: Sequence[Revision] = ()
) -> tuple[VerdictLine, ...]:
    rows = db.execute(f"{_LINES} {where}", parameters).fetchall()
    doubts = affected_verdicts(db) if rows else {}
    return tuple(_line(row, tuple(each.incident_id for each in doubts.get(row["id"], ())), edits) for row in rows)


def _line(row: sqlite3.Row, doubted_by: tuple[int, ...], edits: Sequence[Revision]) -> VerdictLine:
    return VerdictLine(
        **{name: row[name] for name in _SAME},
        label=row["label"] or None,
        blocked_by=_names(json.loads(row["blocked_by"] or "[]")),
        suspected=_names(json.loads(row["details"]).get("suspected") or []),
        exploratory=bool(row["exploratory"]),
        doubted_by=doubted_by,
        of_earlier_wording=reworded_since(edits, row["at"]),
    )


_SAME = (
    *("id", "experiment_id", "hypothesis_id", "state", "effect", "low", "high", "n", "summary", "person", "at"),
    "superseded_by",
)


def _names(found: list[Any]) -> tuple[str, ...]:
    """Guardrails and slices: texts, or tables that have a name or a metric."""
    return tuple(str(each.get("name") or each.get("metric")) if isinstance(each, dict) else str(each) for each in found)
