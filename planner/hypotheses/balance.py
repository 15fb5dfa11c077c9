"""Evidence as it is stored, with whether it still holds, and counted by side."""

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from library.sentences.quotes import Standing
from planner.hypotheses.history import revisions, revisions_of_each, reworded_since
from planner.hypotheses.model import Balance, Counted, Evidence, Revision, VerdictLine
from planner.hypotheses.quotes import standing
from planner.hypotheses.verdicts import verdicts_by_id

# `holds`: whether the quote stands, letter by letter, in the text that the paper has now.
_EVIDENCE = """
SELECT e.*, p.key, p.title, p.version AS now, p.withdrawn, p.text_kind,
 CASE e.source WHEN 'abstract' THEN instr(p.abstract, e.quote) WHEN 'body' THEN instr(p.body, e.quote)
  WHEN 'title' THEN instr(p.title, e.quote)
  WHEN 'note' THEN (SELECT instr(n.body, e.quote) FROM note n WHERE n.id = e.note_id AND n.paper_id = e.paper_id)
  END AS holds
FROM evidence e LEFT JOIN paper p ON p.id = e.paper_id
"""


def evidence_of(db: sqlite3.Connection, hypothesis_id: int) -> tuple[Evidence, ...]:
    """The evidence of one hypothesis, the oldest first."""
    rows = db.execute(f"{_EVIDENCE} WHERE e.hypothesis_id = ? ORDER BY e.id", (hypothesis_id,)).fetchall()
    return _evidence(db, rows, {hypothesis_id: revisions(db, hypothesis_id)})


def evidence_by_id(db: sqlite3.Connection, ids: Iterable[int]) -> tuple[Evidence, ...]:
    """The pieces of evidence with these numbers."""
    wanted = json.dumps(sorted(set(ids)))
    rows = db.execute(f"{_EVIDENCE} WHERE e.id IN (SELECT value FROM json_each(?)) ORDER BY e.id", (wanted,)).fetchall()
    return _evidence(db, rows, revisions_of_each(db))


def all_evidence(db: sqlite3.Connection) -> tuple[Evidence, ...]:
    """The evidence of every hypothesis, the oldest first."""
    return _evidence(db, db.execute(f"{_EVIDENCE} ORDER BY e.id").fetchall(), revisions_of_each(db))


def evidence_on_paper(db: sqlite3.Connection, paper_id: int) -> tuple[Evidence, ...]:
    """Whatever this paper says for or against any hypothesis."""
    rows = db.execute(f"{_EVIDENCE} WHERE e.paper_id = ? ORDER BY e.hypothesis_id, e.id", (paper_id,)).fetchall()
    return _evidence(db, rows, {})


def balance_of(evidence: Sequence[Evidence]) -> Balance:
    """Count what counts: a verdict that a newer one on the same comparison took the place of does not."""
    counting = [each for each in evidence if each.verdict is None or each.verdict.superseded_by is None]
    return Balance(
        *(_counted([each for each in counting if each.stance == side]) for side in ("for", "against", "context"))
    )


def _counted(side: Sequence[Evidence]) -> Counted:
    return Counted(
        total=len(side),
        papers=len({each.paper_id for each in side if each.kind == "paper"}),
        sentences=sum(each.kind == "paper" for each in side),
        verdicts=sum(each.kind == "verdict" for each in side),
        runs=sum(each.kind == "run" for each in side),
        direct=sum(each.directness == "direct" for each in side),
        indirect=sum(each.directness == "indirect" for each in side),
    )


def _evidence(
    db: sqlite3.Connection, rows: Sequence[sqlite3.Row], edits: Mapping[int, tuple[Revision, ...]]
) -> tuple[Evidence, ...]:
    """`edits`: by hypothesis, its revisions."""
    verdicts = verdicts_by_id(db, [row["verdict_id"] for row in rows if row["verdict_id"]])
    pieces = []
    for row in rows:
        verdict = verdicts.get(row["verdict_id"])
        if verdict is not None and reworded_since(edits.get(row["hypothesis_id"], ()), verdict.at):
            verdict = replace(verdict, of_earlier_wording=True)
        pieces.append(_piece(db, row, verdict))
    return tuple(pieces)


def _piece(db: sqlite3.Connection, row: sqlite3.Row, verdict: VerdictLine | None) -> Evidence:
    return Evidence(
        **{name: row[name] for name in _SAME},
        kind="paper" if row["paper_id"] else "verdict" if verdict else "run",
        paper_key=row["key"],
        paper_title=row["title"],
        paper_version=row["now"],
        withdrawn=bool(row["withdrawn"]),
        summary=row["source"] == "abstract" and row["text_kind"] == "summary",
        standing=_standing(db, row),
        verdict=verdict,
    )


def _standing(db: sqlite3.Connection, row: sqlite3.Row) -> Standing | None:
    """Letter by letter is looked at for all at once; what differs by white space, or stood earlier, one by one."""
    if row["paper_id"] is None:
        return None
    return "current" if row["holds"] else standing(db, row)


_SAME = (
    *("id", "hypothesis_id", "stance", "scale", "directness", "note", "person", "at"),
    *("paper_id", "source", "note_id", "version", "start", "end", "quote", "run"),
)
