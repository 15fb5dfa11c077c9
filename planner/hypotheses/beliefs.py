"""How far a hypothesis is believed, and what moved it: rows of `belief`, of which the newest counts."""

import json
import sqlite3
from collections.abc import Mapping
from typing import Any

from library.clock import stamp
from library.db.journal import Recorder
from planner.hypotheses.bayes import likelihood_ratio, moved
from planner.hypotheses.model import BeliefStep

_ALPHA = 0.05  # of an experiment whose plan does not say otherwise


def current_belief(db: sqlite3.Connection, hypothesis_id: int) -> float | None:
    """The belief of now; None where neither a prior nor a belief was ever stated."""
    row = db.execute(
        "SELECT value FROM belief WHERE hypothesis_id = ? ORDER BY id DESC LIMIT 1", (hypothesis_id,)
    ).fetchone()
    return None if row is None else float(row[0])


def belief_steps(db: sqlite3.Connection, hypothesis_id: int) -> tuple[BeliefStep, ...]:
    """What moved belief, the oldest first."""
    steps: list[BeliefStep] = []
    for row in db.execute("SELECT * FROM belief WHERE hypothesis_id = ? ORDER BY id", (hypothesis_id,)):
        before = steps[-1].value if steps else None
        columns = (row["reason"], row["method"], row["verdict_id"], row["person"], row["at"])
        steps.append(BeliefStep(row["value"], before, *columns))
    return tuple(steps)


def write_prior(
    recorder: Recorder, person: str, hypothesis_id: int, before: Mapping[str, Any], after: Mapping[str, Any]
) -> None:
    """Keep belief in step with the prior: stated anew it is a new step, taken back it was never held."""
    if before.get("prior") == after["prior"]:
        return
    if after["prior"] is None:
        found = "SELECT id FROM belief WHERE hypothesis_id = ? AND method = 'prior'"
        for (number,) in recorder.connection.execute(found, (hypothesis_id,)).fetchall():
            recorder.delete("belief", {"id": number})
        return
    reason = after["prior_reason"] or "no reason was given"
    write_step(recorder, person, hypothesis_id, after["prior"], reason, "prior")


def write_step(
    recorder: Recorder,
    person: str,
    hypothesis_id: int,
    value: float,
    reason: str,
    method: str,
    verdict_id: int | None = None,
) -> None:
    """One more step of belief. `method`: prior, person or verdict."""
    row = {"hypothesis_id": hypothesis_id, "value": value, "reason": reason, "method": method}
    recorder.insert("belief", {**row, "verdict_id": verdict_id, "person": person, "at": stamp()})


def move_by_verdict(recorder: Recorder, person: str, verdict: sqlite3.Row) -> None:
    """Move belief by a confirmatory verdict, where there is a belief and the verdict's power is known.

    An experiment counts once: a later verdict on it, drawn from more seeds, takes the place of the earlier one.
    """
    db = recorder.connection
    hypothesis_id: int = verdict["hypothesis_id"]
    before = current_belief(db, hypothesis_id)
    numbers = _numbers(db, verdict)
    if before is None or numbers is None:
        return
    power, alpha = numbers
    ratio = likelihood_ratio(verdict["state"], power, alpha)
    told = f"V-{verdict['id']} {verdict['state']}: power {power:.2f}, α {alpha:g}, odds × {ratio:.3g}"
    earlier = _earlier(db, verdict)
    if earlier is not None:
        older = _numbers(db, earlier)
        undone = likelihood_ratio(earlier["state"], *older) if older else 1.0
        ratio /= undone
        told += f"; in place of V-{earlier['id']} of the same experiment (odds × {undone:.3g})"
    if ratio != 1:
        write_step(recorder, person, hypothesis_id, moved(before, ratio), told, "verdict", verdict["id"])


def shown_share(value: float | None) -> str:
    """ ".38", ".9995", "—" where it is not known."""
    if value is None:
        return "—"
    digits = next((count for count in (2, 3, 4, 5) if 0 < round(value, count) < 1), 6)
    return f"{value:.{digits}f}".removeprefix("0")


def _numbers(db: sqlite3.Connection, verdict: sqlite3.Row) -> tuple[float, float] | None:
    """(power, α) of a verdict; None where its power was not reckoned."""
    details = json.loads(verdict["details"])
    power = _share(details.get("power"))
    if power is None:
        return None
    rule = details.get("rule")
    stated = details.get("alpha", rule.get("alpha") if isinstance(rule, dict) else None)
    if _share(stated) is None:
        row = db.execute("SELECT alpha FROM experiment WHERE id = ?", (verdict["experiment_id"],)).fetchone()
        stated = row["alpha"] if row else _ALPHA
    return power, float(stated)


def _share(value: Any) -> float | None:
    known = isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value <= 1
    return float(value) if known else None


def _earlier(db: sqlite3.Connection, verdict: sqlite3.Row) -> sqlite3.Row | None:
    """The newest earlier verdict on the same comparison that has moved this belief."""
    row: sqlite3.Row | None = db.execute(
        "SELECT v.* FROM verdict v JOIN belief b ON b.verdict_id = v.id AND b.hypothesis_id = v.hypothesis_id"
        " WHERE v.hypothesis_id = ? AND v.experiment_id = ? AND v.treatment = ? AND v.baseline = ? AND v.id < ?"
        " AND json_extract(v.details, '$.phase') IS json_extract(?, '$.phase') ORDER BY v.id DESC LIMIT 1",
        (*(verdict[name] for name in ("hypothesis_id", "experiment_id", "treatment", "baseline", "id", "details")),),
    ).fetchone()
    return row
