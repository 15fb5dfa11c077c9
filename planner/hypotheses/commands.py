"""What a person does to hypotheses. Each is one journalled action, undone with everything that it changed."""

import sqlite3
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from library.clock import stamp
from library.db.changes import Change
from library.db.journal import Recorder, record
from library.errors import UsageError
from library.interests import set_interest
from library.records import store
from library.records.field import read_value
from library.records.kind import Values, from_row
from library.text import one_line, shortened
from planner.hypotheses.beliefs import current_belief, shown_share, write_prior, write_step
from planner.hypotheses.kind import HYPOTHESIS
from planner.hypotheses.model import VerdictLine, disagreement
from planner.hypotheses.promotion import refuse_unapproved
from planner.hypotheses.states import LIVE, STATES, State, lacking, refuse_unknown_move
from planner.hypotheses.verdicts import newest_confirmatory
from planner.reasons import reason_of


def add(db: sqlite3.Connection, person: str, raw: Mapping[str, Any], *, origin: str = "person") -> tuple[int, Change]:
    """Store a new hypothesis as a draft; (its number, what changed). `origin`: person, rule:… or model:….

    Raises RecordError.
    """

    def more(recorder: Recorder, number: int) -> None:
        write_prior(recorder, person, number, {}, store.get(db, HYPOTHESIS, number))

    return store.create(db, person, HYPOTHESIS, raw, more=more, extra={"origin": origin})


def edit(db: sqlite3.Connection, person: str, hypothesis_id: int, raw: Mapping[str, Any]) -> Change:
    """Change fields of a hypothesis. Raises RecordError, NotFound."""

    def more(recorder: Recorder, before: Values, after: Values) -> None:
        write_prior(recorder, person, hypothesis_id, before, after)
        _keep_interest(recorder, hypothesis_id)

    return store.revise(db, person, HYPOTHESIS, hypothesis_id, raw, more=more)


def move(db: sqlite3.Connection, person: str, hypothesis_id: int, state: str, reason: str | None = None) -> Change:
    """Move a hypothesis to `state`. The reason may be left out where a confirmatory verdict says the same.

    Raises UsageError for a move that the table of states does not have, for what it lacks, and without a reason;
    LabtopError where a promotion is not approved; NotFound.
    """
    label = HYPOTHESIS.label(hypothesis_id)
    row = store.row_of(db, HYPOTHESIS, hypothesis_id)
    after = read_state(state)
    refuse_unknown_move(label, row["state"], after)
    values = from_row(HYPOTHESIS, row)
    if after not in ("draft", "retired"):
        refuse_untestable(hypothesis_id, values)
    verdict = newest_confirmatory(db, hypothesis_id)
    why = reason_of(reason) or _own_reason(after, row["state"], verdict)
    if not why:
        raise UsageError(
            f"{label} needs a reason to become {after}: it is what others read later.",
            mend='Say why (in a shell: --reason "…").',
        )
    if after == "promoted":
        refuse_unapproved(db, hypothesis_id)
    standing = disagreement(after, verdict)
    if not standing and after == "supported" and verdict is not None:
        standing = verdict.but.removeprefix(", ")

    def write(recorder: Recorder) -> None:
        _write_move(recorder, person, hypothesis_id, row["state"], after, why)

    summary = (
        f"moved {label} from {row['state']} to {after}{f' ({standing})' if standing else ''}: {shortened(why, 80)}"
    )
    _, journal_id = record(db, person=person, action="hypothesis.move", summary=summary, write=write)
    return Change(store.TOPIC, (), journal_id, summary)


def reopen(db: sqlite3.Connection, person: str, hypothesis_id: int, reason: str) -> Change:
    """Make a hypothesis active again that was decided, promoted or retired. Raises as `move` does."""
    row = store.row_of(db, HYPOTHESIS, hypothesis_id)
    if row["state"] in ("draft", *LIVE):
        raise UsageError(f"{HYPOTHESIS.label(hypothesis_id)} is {row['state']}: it is open.")
    return move(db, person, hypothesis_id, "active", reason)


def start_testing(recorder: Recorder, person: str, hypothesis_id: int, reason: str) -> None:
    """From active to testing, inside the action that began it: a first run, a first result. Otherwise nothing."""
    row = store.row_of(recorder.connection, HYPOTHESIS, hypothesis_id)
    if row["state"] == "active":
        _write_move(recorder, person, hypothesis_id, "active", "testing", one_line(reason) or "testing began")


def believe(db: sqlite3.Connection, person: str, hypothesis_id: int, value: Any, reason: str) -> Change:
    """State how probable the hypothesis is held to be now: .4, "40 %". Raises FieldError, UsageError, NotFound."""
    label = HYPOTHESIS.label(hypothesis_id)
    store.row_of(db, HYPOTHESIS, hypothesis_id)
    share = read_value(replace(HYPOTHESIS.field("prior"), name="belief"), value)
    why = reason_of(reason)
    if share is None or not why:
        raise UsageError(
            "A belief needs a probability and the reason for it.",
            mend=f'Such as: labtop hypothesis believe {label} 0.4 --reason "two replications failed".',
        )
    before = current_belief(db, hypothesis_id)

    def write(recorder: Recorder) -> None:
        write_step(recorder, person, hypothesis_id, share, why, "person")

    summary = f"belief in {label}: {shown_share(before)} → {shown_share(share)}, {shortened(why, 80)}"
    _, journal_id = record(db, person=person, action="hypothesis.believe", summary=summary, write=write)
    return Change(store.TOPIC, (), journal_id, summary)


def refuse_untestable(hypothesis_id: int, values: Values) -> None:
    """Raise UsageError listing what a hypothesis must have to be tested, where it lacks any of it."""
    missing = lacking(values)
    if missing:
        label = HYPOTHESIS.label(hypothesis_id)
        named = ", ".join(f"{name} ({_small(HYPOTHESIS.field(name).about)})" for name in missing)
        settings = " ".join(f"{name}=…" for name in missing)
        raise UsageError(
            f"{label} cannot be tested yet: it lacks {named}.", mend=f"labtop hypothesis set {label} {settings}"
        )


def read_state(text: str) -> State:
    """A state from its name, or from how it begins. Raises UsageError naming all of them."""
    name = one_line(text).lower()
    found = [state for state in STATES if state.startswith(name)] if name else []
    if len(found) != 1:
        raise UsageError(f"“{shortened(name)}” is no state.", mend=f"There are {', '.join(STATES)}.")
    return found[0]


def _write_move(recorder: Recorder, person: str, hypothesis_id: int, before: State, after: State, reason: str) -> None:
    now = stamp()
    recorder.put("hypothesis", {"id": hypothesis_id}, {"state": after, "updated_at": now})
    row = {"hypothesis_id": hypothesis_id, "before": before, "after": after, "reason": reason}
    recorder.insert("hypothesis_move", {**row, "person": person, "at": now})
    _keep_interest(recorder, hypothesis_id)


def _keep_interest(recorder: Recorder, hypothesis_id: int) -> None:
    """What papers are ranked by: the claim and why it should hold, while it is active or being tested."""
    row = store.row_of(recorder.connection, HYPOTHESIS, hypothesis_id)
    text = f"{row['statement'].rstrip('.')}. {row['mechanism']}" if row["mechanism"] else row["statement"]
    label = HYPOTHESIS.label(hypothesis_id)
    set_interest(recorder, "hypothesis", label, text, row["state"] in LIVE)


def _own_reason(after: State, before: State, verdict: VerdictLine | None) -> str:
    """The reason that goes without saying: what makes it testable is there, or a verdict says so."""
    if after == "active" and before == "draft":
        return "its metric, direction and δ are stated"
    if verdict is not None and verdict.state == after:
        return f"V-{verdict.id}: {verdict.headline}"
    return ""


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]
