"""What a decision memo and an incident are made of."""

import sqlite3
from collections.abc import Iterable

from library.records.field import Field
from library.records.kind import Kind, Values

NEEDED_TO_CLOSE = ("cause", "learnings")


def _check_memo(db: sqlite3.Connection, values: Values, number: int | None) -> Iterable[tuple[str, str]]:
    before, seen = values["supersedes"], []
    while before is not None:
        if before == number or before in seen:
            yield "supersedes", "goes round in a circle"
            return
        seen.append(before)
        row = db.execute("SELECT supersedes FROM decision_memo WHERE id = ?", (before,)).fetchone()
        before = row["supersedes"] if row is not None else None


def _check_incident(db: sqlite3.Connection, values: Values, number: int | None) -> Iterable[tuple[str, str]]:
    row = db.execute("SELECT state FROM incident WHERE id = ?", (number,)).fetchone()
    if row is not None and row["state"] == "closed":
        for name in NEEDED_TO_CLOSE:
            if values[name] is None:
                yield name, "is needed: the incident is closed"


MEMO = Kind(
    "decision",
    "decisions",
    "decision_memo",
    "D",
    "title",
    (
        Field("title", "line", "Title", "What is decided", required=True),
        Field("kind", "choice", "Kind", "What we do", required=True, choices=("proceed", "pivot", "stop")),
        Field("hypothesis_id", "ref", "Hypothesis", "Which claim it rests on", target="H"),
        Field("experiments", "refs", "Experiments", "Whose results it rests on", target="E"),
        Field("decision", "text", "Decision", "The decision in one sentence"),
        Field("question", "text", "Question", "What had to be decided, and why now"),
        Field("change_mind", "text", "What would change our mind", "What we would have to see"),
        Field("options", "text", "Options", "What else was considered"),
        Field("consequences", "text", "Consequences", "What follows, guardrails among it"),
        Field("dissent", "text", "Dissent", "Who sees it otherwise, and why"),
        Field("justification", "text", "Justification", "Needed where the decision goes against the verdict"),
        Field("deciders", "words", "Deciders", "Who decides"),
        Field("review_on", "day", "Review on", "When it is looked at again"),
        Field("supersedes", "ref", "Supersedes", "An earlier decision that this one replaces", target="D"),
    ),
    check=_check_memo,
)

INCIDENT = Kind(
    "incident",
    "incidents",
    "incident",
    "I",
    "title",
    (
        Field("title", "line", "Title", "What went wrong", required=True),
        Field("happened_on", "day", "Happened on", "When it began", required=True),
        Field("trigger", "text", "Trigger", "What set it off, and how it was noticed"),
        Field(
            "timeline",
            "rows",
            "Timeline",
            "What happened when",
            columns=(Field("at", "line", "At", required=True), Field("what", "line", "What", required=True)),
        ),
        Field("verdicts", "refs", "Verdicts affected", "Which verdicts can no longer be relied on", target="V"),
        Field("experiments", "refs", "Experiments affected", "Which experiments", target="E"),
        Field("runs", "words", "Runs affected", "Which runs"),
        Field("cause", "text", "Cause", "Why it could happen"),
        Field("learnings", "text", "Learnings", "What we do otherwise from now on"),
        Field("follow_ups", "refs", "Follow-ups", "Experiments that come of it", target="E"),
        Field("owner", "line", "Owner", "Who looks after it"),
    ),
    check=_check_incident,
)
