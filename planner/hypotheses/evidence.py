"""What a person does to evidence: a sentence, a verdict or a run put beside a hypothesis, for, against or as context.

The same sentence (verdict, run) speaks once about a hypothesis: added again, its stance is revised.
"""

import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

from library.clock import stamp
from library.db.changes import Change
from library.db.journal import Recorder, record
from library.errors import NotFound, UsageError
from library.papers.model import text_hash
from library.records import store
from library.records.field import Field, read_value
from library.text import one_line, shortened
from planner.hypotheses.kind import HYPOTHESIS
from planner.hypotheses.quotes import Quoted, quoted_sentence, quoted_words, refuse_unfaithful
from planner.hypotheses.scale import DIRECTNESS, STANCES, Stance, read_scale, refuse_contradiction, stance_of
from planner.hypotheses.verdicts import stance_of_verdict

LONGEST_RUN = 200
# What a person says of a piece of evidence. The stance is all that is needed.
MARKS = (
    Field("stance", "choice", "Stance", "What it says of the hypothesis", choices=STANCES),
    Field("scale", "line", "Scale", "How strongly, from −5 explicit contradiction to 5 explicit agreement"),
    Field("directness", "choice", "Directness", "Whether it is about this very claim", choices=DIRECTNESS),
    Field("note", "text", "Note", "What to bear in mind when reading it"),
)
_MARKS = tuple(field.name for field in MARKS)


def add_evidence(
    db: sqlite3.Connection,
    person: str,
    hypothesis_id: int,
    paper_id: int,
    marks: Mapping[str, Any],
    *,
    sentence: str | None = None,
    quote: str | None = None,
    more: Callable[[Recorder, int], object] | None = None,
) -> tuple[int, Change]:
    """Put a sentence of a paper beside a hypothesis; (number of the evidence, what changed).

    `sentence`: "3" of the abstract, "b17" of the full text, "n5.2" of note 5, or "title"; else `quote`: its words.
    `marks`: stance (needed where no scale says it), scale, directness, note. `more` writes beside it, in the same
    action. Raises UsageError, NotFound.
    """
    if sentence is None and quote is None:
        raise UsageError("Evidence needs a sentence.", mend="Name it by its number, or quote its words.")
    if sentence is not None and quote is not None:
        raise UsageError("A sentence is named by its number or by its words, not by both.", mend="Give one of them.")
    if sentence is not None:
        quoted = quoted_sentence(db, paper_id, sentence)
    else:
        quoted = quoted_words(db, paper_id, quote or "")
    return add_quoted(db, person, hypothesis_id, quoted, marks, more=more)


def add_quoted(
    db: sqlite3.Connection,
    person: str,
    hypothesis_id: int,
    quoted: Quoted,
    marks: Mapping[str, Any],
    *,
    more: Callable[[Recorder, int], object] | None = None,
) -> tuple[int, Change]:
    """As `add_evidence`, of a quote whose place is known. Raises LabtopError where it does not stand there."""
    refuse_unfaithful(db, quoted)
    key = {
        "hypothesis_id": hypothesis_id,
        "paper_id": quoted.paper_id,
        "source": quoted.source,
        "quote_hash": text_hash(quoted.quote),
    }
    names = ("note_id", "version", "start", "end", "text_hash", "quote")
    place = {name: getattr(quoted, name) for name in names}
    return _put(db, person, hypothesis_id, key, place, read_marks(marks), more)


def add_verdict(
    db: sqlite3.Connection, person: str, hypothesis_id: int, verdict_id: int, marks: Mapping[str, Any]
) -> tuple[int, Change]:
    """Put a verdict, also one on another hypothesis, beside this one. Without a stance it has the verdict's own.

    Raises NotFound, UsageError.
    """
    row = db.execute("SELECT state, exploratory FROM verdict WHERE id = ?", (verdict_id,)).fetchone()
    if row is None:
        raise NotFound(
            f"There is no verdict V-{verdict_id}.", mend="labtop hypothesis show lists a hypothesis's verdicts."
        )
    own = stance_of_verdict(row["state"], exploratory=bool(row["exploratory"]))
    key = {"hypothesis_id": hypothesis_id, "verdict_id": verdict_id}
    return _put(db, person, hypothesis_id, key, {}, read_marks(marks, own))


def add_run(
    db: sqlite3.Connection, person: str, hypothesis_id: int, run: str, marks: Mapping[str, Any]
) -> tuple[int, Change]:
    """Put a run beside a hypothesis, by its id. Raises NotFound, UsageError."""
    name = one_line(run)
    if not name or len(name) > LONGEST_RUN:
        raise UsageError(f"A run's id has between 1 and {LONGEST_RUN} characters.")
    return _put(db, person, hypothesis_id, {"hypothesis_id": hypothesis_id, "run": name}, {}, read_marks(marks))


def set_evidence(db: sqlite3.Connection, person: str, evidence_id: int, marks: Mapping[str, Any]) -> Change:
    """Change what is said of a piece of evidence: only what `marks` names; an empty value empties it.

    Raises UsageError, NotFound.
    """
    row = evidence_row(db, evidence_id)
    given = {name: row[name] for name in _MARKS} | dict(marks)
    if marks.get("scale") and "stance" not in marks and row["stance"] != "context":
        given["stance"] = None  # the step says it
    elif "stance" in marks and "scale" not in marks and given["stance"] not in (row["stance"], "context"):
        given["scale"] = None  # it was one of the other side
    values = read_marks(given, row["stance"])

    def write(recorder: Recorder) -> None:
        recorder.put("evidence", {"id": evidence_id}, _revised(row, values, person))

    return _journalled(db, person, "evidence.edit", f"changed {_told(db, row)}", write)[1]


def remove_evidence(db: sqlite3.Connection, person: str, evidence_id: int) -> Change:
    """Take a piece of evidence away (undo brings it back). Raises NotFound."""
    row = evidence_row(db, evidence_id)

    def write(recorder: Recorder) -> bool:
        return recorder.delete("evidence", {"id": evidence_id})

    return _journalled(db, person, "evidence.remove", f"removed {_told(db, row)}", write)[1]


def evidence_row(db: sqlite3.Connection, evidence_id: int) -> sqlite3.Row:
    """The stored row. Raises NotFound."""
    row: sqlite3.Row | None = db.execute("SELECT * FROM evidence WHERE id = ?", (evidence_id,)).fetchone()
    if row is None:
        raise NotFound(
            f"There is no evidence {evidence_id}.", mend="labtop evidence list shows them with their numbers."
        )
    return row


def read_marks(marks: Mapping[str, Any], stance: Stance | None = None) -> dict[str, Any]:
    """Stance, scale, directness and note as they are stored. `stance`: where neither the marks nor the scale say one.

    Raises FieldError, UsageError where the scale contradicts the stance, or neither is there.
    """
    values = {field.name: read_value(field, marks.get(field.name)) for field in MARKS if field.name != "scale"}
    raw = marks.get("scale")
    step = None if raw is None or raw == "" else read_scale(raw)
    said: Stance | None = values["stance"] or (stance if step is None else stance_of(step))
    if said is None:
        raise UsageError("Does it speak for, against, or is it context?", mend="Say one of the three.")
    refuse_contradiction(said, step)
    return {**values, "stance": said, "scale": step}


def _put(
    db: sqlite3.Connection,
    person: str,
    hypothesis_id: int,
    key: dict[str, Any],
    place: dict[str, Any],
    values: dict[str, Any],
    more: Callable[[Recorder, int], object] | None = None,
) -> tuple[int, Change]:
    """Insert, or revise what is there under `key`: then what was not said this time stays."""
    store.row_of(db, HYPOTHESIS, hypothesis_id)
    where = " AND ".join(f'"{name}" = ?' for name in key)
    there = db.execute(f"SELECT * FROM evidence WHERE {where}", tuple(key.values())).fetchone()

    def write(recorder: Recorder) -> int:
        number = put(recorder)
        if more is not None:
            more(recorder, number)
        return number

    def put(recorder: Recorder) -> int:
        if there is None:
            return recorder.insert("evidence", {**key, **place, **values, "person": person, "at": stamp()})
        said = {name: there[name] if value is None else value for name, value in values.items()}
        if values["scale"] is None and values["stance"] != there["stance"]:
            said["scale"] = None  # it was one of the other side
        recorder.put("evidence", {"id": there["id"]}, _revised(there, said, person))
        return int(there["id"])

    about = _told(db, {**key, **place, **values})
    if there is None:
        return _journalled(db, person, "evidence.add", f"added {about}", write)
    was = f" (it was {there['stance']}, said {there['person']})" if there["stance"] != values["stance"] else ""
    return _journalled(db, person, "evidence.edit", f"revised {about}{was}", write)


def _revised(row: sqlite3.Row, values: dict[str, Any], person: str) -> dict[str, Any]:
    """Columns that change. Who says so, and when, is of the stance and its strength, not of a note beside it."""
    changed = {name: value for name, value in values.items() if row[name] != value}
    return {**changed, "person": person, "at": stamp()} if {"stance", "scale"} & changed.keys() else changed


def _told(db: sqlite3.Connection, row: Mapping[str, Any] | sqlite3.Row) -> str:
    """ "evidence against H-4: 2604.09492 “Title …”". No word of the quote: journal lines are read everywhere."""
    side = "context of" if row["stance"] == "context" else f"evidence {row['stance']}"
    names = row.keys()
    if "paper_id" in names and row["paper_id"] is not None:
        paper = db.execute("SELECT key, title FROM paper WHERE id = ?", (row["paper_id"],)).fetchone()
        what = f"{paper['key']} “{shortened(paper['title'])}”"
    elif "verdict_id" in names and row["verdict_id"] is not None:
        what = f"V-{row['verdict_id']}"
    else:
        what = f"run {row['run']}"
    return f"{side} H-{row['hypothesis_id']}: {what}"


def _journalled(
    db: sqlite3.Connection, person: str, action: str, summary: str, write: Callable[[Recorder], Any]
) -> tuple[Any, Change]:
    result, journal_id = record(db, person=person, action=action, summary=summary, write=write)
    told = summary if journal_id else "nothing to change"
    return result, Change(store.TOPIC, (), journal_id, told)
