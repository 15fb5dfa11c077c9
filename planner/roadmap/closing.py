"""The end of a quarter: the plan frozen beside what became of it, and what goes on into the next quarter.

Every experiment that was in and is not over needs a review: carry (it is locked in for the next quarter), drop, or
re-score (it has to earn its place again). A closed quarter is never changed, unless it is opened again first.
"""

import sqlite3
from collections.abc import Mapping
from typing import Any, Final, Literal, get_args

from library.clock import stamp
from library.db.changes import Change
from library.db.journal import Recorder, record
from library.errors import NotFound, UsageError
from library.quarter import Quarter
from library.settings import ProgrammeSettings
from library.text import clean, counted
from planner.experiments.states import move
from planner.roadmap.candidates import OVER, UNDER_WAY, label
from planner.roadmap.locks import put_lock, reason_text
from planner.roadmap.model import Entry, QuarterPlan, Review
from planner.roadmap.outcomes import outcomes, unplanned
from planner.roadmap.plans import current, needed, refuse_if_closed
from planner.roadmap.storing import as_text, write_draft
from planner.workspace import TOPIC

Answer = Literal["carry", "drop", "re-score"]
ANSWERS: Final[tuple[Answer, ...]] = get_args(Answer)
LONGEST: Final = 50_000


class ReviewsMissing(UsageError):
    """Experiments whose review nobody stated; `experiments` are their numbers."""

    def __init__(self, quarter: Quarter, entries: tuple[Entry, ...]) -> None:
        names = ", ".join(f"{entry.id} ({entry.state})" for entry in entries)
        options = " ".join(f"--review {entry.id}=carry" for entry in entries[:3])
        super().__init__(
            f"{quarter} cannot be closed yet: {names} {'are' if len(entries) > 1 else 'is'} not done, "
            f"and nobody said what becomes of {'them' if len(entries) > 1 else 'it'}.",
            mend=f"Say carry, drop or re-score for each, such as {options}.",
        )
        self.experiments = tuple(entry.experiment for entry in entries)


def unfinished(db: sqlite3.Connection, quarter: Quarter) -> tuple[Entry, ...]:
    """What was in and is not over: what needs a review. Raises NotFound where no plan of the quarter was adopted."""
    refuse_if_closed(db, quarter)
    return _unfinished(needed(db, quarter, ("adopted",)))


def _unfinished(plan: QuarterPlan) -> tuple[Entry, ...]:
    return tuple(entry for entry in plan.chosen if entry.state not in OVER)


def close(
    db: sqlite3.Connection,
    person: str,
    settings: ProgrammeSettings,
    quarter: Quarter,
    reviews: Mapping[int, Answer],
    learned: str | None = None,
) -> Change:
    """Close the quarter. `reviews` by experiment; `learned` in a person's words.

    Raises ReviewsMissing, UsageError for a review of what needs none, NotFound where no plan was adopted.
    """
    refuse_if_closed(db, quarter)
    plan = needed(db, quarter, ("adopted",))
    open_ones = _unfinished(plan)
    if odd := sorted(reviews.keys() - {entry.experiment for entry in open_ones}):
        raise UsageError(f"{label(odd[0])} needs no review: it was not in the plan of {quarter}, or it is over.")
    if missing := tuple(entry for entry in open_ones if entry.experiment not in reviews):
        raise ReviewsMissing(quarter, missing)
    found = outcomes(db, settings, plan, quarter)
    details = as_text({**plan.details, "unplanned": unplanned(db, settings, plan, quarter)})
    text = clean(learned or "").strip() or None
    if text and len(text) > LONGEST:
        raise UsageError(f"What was learned has at most {LONGEST:,} characters; this has {len(text):,}.")

    def write(recorder: Recorder) -> bool:
        for entry in plan.entries:
            values = {"outcome": as_text(found[entry.experiment]), "review": _review(entry, reviews)}
            recorder.put("roadmap_entry", {"roadmap_id": plan.id, "experiment_id": entry.experiment}, values)
        for entry in open_ones:
            _follow(recorder, person, entry, reviews[entry.experiment], quarter)
        seeded = _seed(recorder, person, plan, reviews, found, quarter)
        closing = {"state": "closed", "closed_by": person, "closed_at": stamp(), "learned": text, "details": details}
        recorder.put("roadmap", {"id": plan.id}, closing)  # last: from here on the entries stay as they are
        return seeded

    summary = f"closed {quarter}: {_tally(plan, reviews)}"
    seeded, journal_id = record(db, person=person, action="roadmap.close", summary=summary, write=write)
    then = f"; a draft of {quarter.shifted(1)} is begun" if seeded else ""
    return Change(TOPIC, (), journal_id, summary + then)


def reopen(db: sqlite3.Connection, person: str, quarter: Quarter, reason: str) -> Change:
    """Open a closed quarter again: its plan is the adopted one, without outcomes. Experiments stay where they are.

    Raises NotFound where the quarter is not closed, UsageError without a reason.
    """
    said = reason_text(reason, f"labtop roadmap reopen {quarter} --reason …")
    plan = current(db, quarter, ("closed",))
    if plan is None:
        raise NotFound(f"{quarter} is not closed.", mend="labtop roadmap list shows which quarters are.")

    def write(recorder: Recorder) -> None:
        opened = {"state": "adopted", "closed_by": None, "closed_at": None, "learned": None}
        recorder.put("roadmap", {"id": plan.id}, opened)
        for entry in plan.entries:
            key = {"roadmap_id": plan.id, "experiment_id": entry.experiment}
            recorder.put("roadmap_entry", key, {"outcome": None, "review": None})

    summary = f"opened {quarter} again: {said}"
    _, journal_id = record(db, person=person, action="roadmap.reopen", summary=summary, write=write)
    return Change(TOPIC, (), journal_id, summary)


def _review(entry: Entry, reviews: Mapping[int, Answer]) -> Review | None:
    if not entry.chosen:
        return None
    if entry.state == "done":
        return "done"
    return "drop" if entry.state == "dropped" else reviews[entry.experiment]


def _follow(recorder: Recorder, person: str, entry: Entry, answer: Answer, quarter: Quarter) -> None:
    """What a review does to its experiment. What is under way stays so, unless it is dropped."""
    if answer == "drop":
        move(recorder, person, entry.experiment, "dropped", f"dropped in the review of {quarter}")
    elif entry.state == "planned":
        move(recorder, person, entry.experiment, "ready", f"not begun in {quarter}: {answer}")
    if answer == "carry" and entry.state not in UNDER_WAY:
        put_lock(recorder, person, entry.experiment, quarter.shifted(1), "in", f"carried over from {quarter}")


def _seed(
    recorder: Recorder,
    person: str,
    plan: QuarterPlan,
    reviews: Mapping[int, Answer],
    found: Mapping[int, Mapping[str, Any]],
    quarter: Quarter,
) -> bool:
    """Begin the next quarter's draft with what goes on; False where that quarter has a plan already."""
    following = quarter.shifted(1)
    if current(recorder.connection, following) is not None:
        return False
    entries = []
    for entry in _unfinished(plan):
        answer = reviews[entry.experiment]
        if answer != "drop":
            carried = answer == "carry"
            why = f"carried over from {quarter}" if carried else f"to be scored again after {quarter}"
            hours = _left(entry, found[entry.experiment])
            entries.append(_seeded(entry, carried, why, hours))
    draft = QuarterPlan(
        id=None,
        quarter=str(following),
        state="draft",
        gpu_hours=plan.gpu_hours,
        people_days=plan.people_days,
        exploration_floor=plan.exploration_floor,
        value=None,
        optimal=False,
        details={"seeded_from": str(quarter), "notices": [f"Begun from {quarter}, with its budget. Plan it next."]},
        entries=tuple(entries),
    )
    write_draft(recorder, person, draft, {})
    return True


def _seeded(entry: Entry, carried: bool, why: str, hours: float | None) -> Entry:
    return Entry(
        experiment=entry.experiment,
        title=entry.title,
        state=entry.state,
        kind=entry.kind,
        rank=entry.rank,
        chosen=carried,
        why=why,
        value=entry.value,
        gpu_hours=hours,
        people_days=entry.people_days,
        score={**entry.score, "cause": "carried over" if carried else "to be scored again", "used_before": 0.0},
    )


def _left(entry: Entry, outcome: Mapping[str, Any]) -> float | None:
    planned, spent = outcome["gpu_hours_planned"], outcome["gpu_hours_spent"]
    return None if planned is None else max(0.0, planned - (spent or 0.0))


def _tally(plan: QuarterPlan, reviews: Mapping[int, Answer]) -> str:
    counts = {word: sum(entry.state == state for entry in plan.chosen) for word, state in _OVER_WORDS}
    counts["dropped"] += sum(answer == "drop" for answer in reviews.values())
    counts["carried"] = sum(answer == "carry" for answer in reviews.values())
    counts["to be scored again"] = sum(answer == "re-score" for answer in reviews.values())
    parts = [f"{count} {word}" for word, count in counts.items() if count]
    return f"{counted(len(plan.chosen), 'experiment')} in" + (f", {', '.join(parts)}" if parts else "")


_OVER_WORDS: Final = (("done", "done"), ("dropped", "dropped"))
