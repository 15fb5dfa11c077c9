"""An experiment as one line of a quarter's plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from planner.prioritisation.sentence import percent, short
from planner.roadmap.locks import Locked
from planner.roadmap.model import Entry, QuarterPlan, Review
from planner.roadmap.planning import needs
from planner.roadmap.queries import Card, RoadmapRows
from planner.roadmap.scoring import Scored
from tui.safe import line
from tui.widgets.columns import Column
from tui.widgets.experiment_signs import BLOCKED, LOCKED_IN, STALE, VETOED
from tui.widgets.table_lines import Cell, Part

COLUMNS: Final[tuple[Column, ...]] = (
    Column("sign", "", 5),
    Column("flags", "", 3),
    Column("id", "", 6),
    Column("title", "experiment"),
    Column("value", "value", 7, "right"),
    Column("p", "p", 3, "right", needs=70),
    Column("hours", "GPU-h", 6, "right"),
    Column("rice", "RICE", 4, "right", needs=92),
    Column("note", "", 20, needs=56),
)
_REVIEWS: Final[Mapping[Review | None, Part]] = {
    "done": ("● in", "good"),
    "carry": ("→ in", "accent"),
    "drop": ("✗ in", "bad"),
    "re-score": ("◌ in", "warn"),
    None: ("○ out", "quiet"),
}


@dataclass(frozen=True, slots=True)
class RoadmapRow:
    """`entry`: its place in the plan, None where the plan does not know it or there is none. `scored`: as it stands
    today, None until it is reckoned. `changed`: its inputs are others than those it was planned with.
    """

    card: Card
    plan: QuarterPlan | None
    entry: Entry | None
    scored: Scored | None
    lock: Locked | None
    changed: bool

    @property
    def id(self) -> int:
        """The experiment's number."""
        return self.card.number

    @property
    def words(self) -> str:
        """What a filter looks at."""
        place = "" if self.entry is None else "in" if self.entry.chosen else "out"
        lock = {None: "", "in": "locked", "out": "vetoed"}[self.lock.lock if self.lock else None]
        return f"{card_words(self.card)} {place} {lock}"


def card_words(card: Card) -> str:
    """What a filter looks at in an experiment."""
    hypothesis = f"h-{card.hypothesis}" if card.hypothesis is not None else ""
    blocked = "blocked" if card.blockers else ""
    parts = (card.id, card.title, card.state, card.kind, hypothesis, card.owner or "", card.headline, blocked)
    return " ".join(parts).lower()


def rows_of(rows: RoadmapRows, scored: Mapping[int, Scored]) -> tuple[RoadmapRow, ...]:
    """The plan's entries in their order, then what it does not know of yet; without a plan what is open, best first."""
    plan = rows.plan
    entries = {entry.experiment: entry for entry in plan.entries} if plan is not None else {}
    numbers = [number for number in entries if number in rows.cards]
    numbers += sorted((card.number for card in rows.added), key=lambda number: _order(number, scored))
    return tuple(
        RoadmapRow(
            card=rows.cards[number],
            plan=plan,
            entry=entries.get(number),
            scored=scored.get(number),
            lock=rows.locks.get(number),
            changed=number in rows.changed,
        )
        for number in numbers
    )


def _order(number: int, scored: Mapping[int, Scored]) -> tuple[bool, int, int]:
    rank = scored[number].rank if number in scored else None
    return rank is None, rank or 0, number


def cells(row: RoadmapRow) -> Sequence[Cell]:
    """The cells of `COLUMNS`."""
    out = row.entry is not None and not row.entry.chosen
    tone = "quiet" if out else ""
    rate, prior, hours = _numbers(row)
    return (
        sign(row),
        flags(row),
        (row.card.id, "quiet"),
        (line(row.card.title), tone),
        (rate, tone),
        (prior, "quiet"),
        (hours, tone),
        (rice(row.scored), "quiet"),
        note(row),
    )


def sign(row: RoadmapRow) -> Part:
    """ "● in", "○ out", "? —" where the plan can say neither; "· new" where it does not know the experiment."""
    entry = row.entry
    if entry is None:
        unranked = row.scored is not None and row.scored.rank is None
        return ("? —", "warn") if unranked else ("· new", "quiet") if row.plan else ("· —", "quiet")
    if row.plan is not None and row.plan.state == "closed":
        return _REVIEWS[entry.review]
    if entry.chosen:
        return ("● in", "good")
    return ("? —", "warn") if entry.rank is None else ("○ out", "quiet")


def flags(row: RoadmapRow) -> tuple[Part, ...]:
    """Locked in or vetoed, inputs changed, something in the way: one sign each, in fixed places."""
    blank = (" ", "")
    lock = blank if row.lock is None else LOCKED_IN if row.lock.lock == "in" else VETOED
    return (lock, STALE if row.changed else blank, BLOCKED if row.card.blockers else blank)


def rice(scored: Scored | None) -> str:
    """ "↑5" where RICE puts it five places higher, "=" where both agree, "—" where RICE cannot rank it."""
    if scored is None or scored.rice_apart is None:
        return "—"
    return "=" if not scored.rice_apart else f"{'↑' if scored.rice_apart > 0 else '↓'}{abs(scored.rice_apart)}"


def note(row: RoadmapRow) -> Part:
    """What is most worth knowing of it, in twenty cells."""
    entry = row.entry
    if entry is None:
        missing = f"needs input: {needs(row.scored.score)}" if row.scored and row.scored.score.missing else ""
        return (missing, "warn" if row.scored and row.scored.rank is None else "quiet")
    if entry.outcome is not None:
        return (_became(entry), "quiet")
    after = " ".join(f"E-{number}" for number in entry.prerequisites)
    after = f"←{after}" if after else ""
    cause = str(entry.score.get("cause") or "")
    if entry.chosen:
        known: Mapping[str, str] = {"locked in": "locked in", "under way": entry.state, "settled": entry.state}
        said = known.get(cause) or ("" if entry.stays is None else f"stays in {percent(entry.stays)}")
        return (f"{said} {after}".strip(), "quiet")
    if entry.rank is None:
        return (line(entry.why), "warn")
    return (_why_out(row, entry, after), "quiet")


def _why_out(row: RoadmapRow, entry: Entry, after: str) -> str:
    score = entry.score
    short_of, enters_at = score.get("short_of_gpu_hours"), score.get("enters_from")
    if short_of:
        budget = row.plan.gpu_hours if row.plan else 0.0
        more = f", at +{100 * (enters_at / budget - 1):.0f} %" if enters_at and budget else ""
        return f"+{short(short_of)} h{more}"
    if score.get("short_of_people_days"):
        return f"+{short(score['short_of_people_days'])} people-days"
    causes = {"prerequisite out": f"held up {after}", "excluded": "another of its group"}
    cause = str(score.get("cause") or "")
    return line(causes.get(cause, cause or entry.why))


def _became(entry: Entry) -> str:
    outcome = entry.outcome or {}
    verdict = line((outcome.get("verdict") or {}).get("headline") or "no verdict")
    if not entry.chosen:
        return verdict if outcome.get("verdict") else entry.state
    return f"{verdict}, {hours_of(outcome.get('gpu_hours_spent'))} h"


def _numbers(row: RoadmapRow) -> tuple[str, str, str]:
    """Value per 1,000 GPU-hours, prior and GPU-hours: as planned, else as they are today; "—" for what is not known."""
    if row.entry is not None:
        score = row.entry.score
        rate, basis, prior, hours = (
            score.get("per_1000"),
            score.get("basis"),
            score.get("prior"),
            row.entry.gpu_hours,
        )
    elif row.scored is not None:
        mine = row.scored.score
        rate, basis, prior, hours = mine.per_1000, mine.basis, mine.prior, mine.gpu_hours
    else:
        rate, basis, prior, hours = None, None, None, row.card.gpu_hours
    value = "—" if rate is None else f"{short(rate)}{' bit' if basis == 'bits' else ''}"
    return value, "—" if prior is None else f"{prior:.2f}".removeprefix("0"), hours_of(hours)


def hours_of(hours: float | None) -> str:
    """ "120", "2.4"; "—" where nobody said."""
    return "—" if hours is None else f"{hours:,.0f}" if hours >= 10 or hours == 0 else f"{hours:.2g}"
