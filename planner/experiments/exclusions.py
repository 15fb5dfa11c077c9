"""Leaving runs out of verdicts, and taking them back in. A reason is kept, and the rule that foresaw it, if one did.

What the frozen plan did not foresee makes every verdict on these results exploratory: a run that is left out because
of its value decides the outcome. A run that crashed has no value to leave out, and stays counted as a failure.
"""

import re
import sqlite3
from collections.abc import Sequence

from library.db.changes import Change
from library.db.journal import Recorder, record
from library.errors import NotFound, UsageError
from library.records.store import TOPIC
from library.text import counted, shortened
from planner.experiments.model import Phase, Result
from planner.experiments.plans import newest
from planner.experiments.storing import results
from planner.reasons import reason_of


def rules(db: sqlite3.Connection, experiment_id: int) -> tuple[str, ...]:
    """The exclusion rules of the frozen plan that counts, one a line of its text; empty where it has none."""
    frozen = newest(db, experiment_id)
    text = (frozen.plan.get("exclusions") if frozen else None) or ""
    found = (re.sub(r"^\s*(?:[-*•]|\d+[.)])\s+", "", line).strip() for line in text.splitlines())
    return tuple(line for line in found if line)


def exclude(
    db: sqlite3.Connection,
    person: str,
    experiment_id: int,
    *,
    arm: str,
    seed: str,
    reason: str,
    rule: int | None = None,
    metric: str | None = None,
    phase: Phase | None = None,
) -> Change:
    """Leave a run out. `rule`: the number (from 1) of the frozen plan's rule that it falls under.

    Raises UsageError without a reason, for a rule that is not there, or where a run is offline and online and nobody
    said which; NotFound where there is no such value.
    """
    why = reason_of(reason)
    if not why:
        raise UsageError("Why is it left out?", mend='Say it with --reason "…".')
    quoted = _rule(db, experiment_id, rule) if rule is not None else None
    found = [row for row in _run(db, experiment_id, arm, seed, metric, phase) if row.status == "ok"]
    if not found:
        raise NotFound(
            f"E-{experiment_id} has no value of {arm}, seed {seed}, that could be left out.",
            mend=f"labtop experiment results list E-{experiment_id} shows what is there.",
        )
    _refuse_both(found)
    summary = f"left {arm}, seed {seed}, of E-{experiment_id} out: {shortened(why, 80)}"

    def write(recorder: Recorder) -> None:
        for row in found:
            recorder.put("result", {"id": row.id}, {"status": "excluded", "reason": why, "exclusion": quoted})

    _, journal_id = record(db, person=person, action="experiment.exclude", summary=summary, write=write)
    said = "" if quoted else "; no rule of the frozen plan foresaw it, so verdicts are exploratory"
    return Change(TOPIC, (), journal_id, f"{summary} ({counted(len(found), 'value')}){said}")


def include(
    db: sqlite3.Connection, person: str, experiment_id: int, *, arm: str, seed: str, phase: Phase | None = None
) -> Change:
    """Take a run that was left out back in. Raises NotFound where none was, UsageError as `exclude`."""
    found = [row for row in _run(db, experiment_id, arm, seed, None, phase) if row.status == "excluded"]
    if not found:
        raise NotFound(f"Nothing of {arm}, seed {seed}, is left out of E-{experiment_id}.")
    _refuse_both(found)
    summary = f"took {arm}, seed {seed}, of E-{experiment_id} back in"

    def write(recorder: Recorder) -> None:
        for row in found:
            recorder.put("result", {"id": row.id}, {"status": "ok", "reason": None, "exclusion": None})

    _, journal_id = record(db, person=person, action="experiment.include", summary=summary, write=write)
    return Change(TOPIC, (), journal_id, summary)


def unforeseen(found: Sequence[Result]) -> tuple[str, ...]:
    """ "A, seed 3 (node failed)" for each run that was left out under no rule of the plan."""
    told = {
        f"{row.arm}, seed {row.seed} ({row.reason})": None
        for row in found
        if row.status == "excluded" and row.exclusion is None
    }
    return tuple(told)


def _run(
    db: sqlite3.Connection, experiment_id: int, arm: str, seed: str, metric: str | None, phase: Phase | None
) -> tuple[Result, ...]:
    return tuple(row for row in results(db, experiment_id, arm=arm, metric=metric, phase=phase) if row.seed == seed)


def _refuse_both(found: Sequence[Result]) -> None:
    """Raise UsageError where values are of two runs: one offline, one online."""
    if len({row.phase for row in found}) > 1:
        raise UsageError(
            f"{found[0].arm}, seed {found[0].seed}, ran offline and online.", mend="Say which with --phase."
        )


def _rule(db: sqlite3.Connection, experiment_id: int, number: int) -> str:
    found = rules(db, experiment_id)
    if not 1 <= number <= len(found):
        listed = "; ".join(f"{place} {line}" for place, line in enumerate(found, 1))
        raise UsageError(
            f"The frozen plan of E-{experiment_id} has no exclusion rule {number}.",
            mend=f"It has: {listed}." if found else "It has none: leave --rule out, and verdicts are exploratory.",
        )
    return found[number - 1]
