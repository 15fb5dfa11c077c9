"""Decisions, requests that wait for a yes, and incidents as lines of one list."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from planner.decisions.kind import INCIDENT, MEMO
from planner.decisions.model import Approval, IncidentRow, MemoRow
from tui.dates import shown_day
from tui.safe import line
from tui.widgets.columns import Column
from tui.widgets.table_lines import Cell

What = Literal["memo", "approval", "incident"]
_WHATS: tuple[What, ...] = ("memo", "approval", "incident")
SIGNS = {
    "draft": ("○", "quiet"),
    "proposed": ("▲", "warn"),
    "accepted": ("●", "good"),
    "rejected": ("✗", "bad"),
    "superseded": ("–", "quiet"),
    "waiting": ("▲", "warn"),
    "open": ("▲", "warn"),
    "closed": ("●", "quiet"),
}
_WAITING = ("proposed", "waiting", "open")  # for somebody: these come first
COLUMNS: tuple[Column, ...] = (
    Column("id", "", 5, "right"),
    Column("what", "what", 10),
    Column("title", "title"),
    Column("state", "state", 12),
    Column("waits", "waits for", 26, needs=104),
    Column("about", "about", 6, needs=74),
    Column("who", "by", 9, needs=90),
    Column("day", "", 8, "right", needs=58),
)


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """`number` is its own, `id` one that no other line of the list has. `about`: the hypothesis or what else it is on.

    `waits`: for whom. `at`: when it last changed.
    """

    what: What
    number: int
    label: str
    said: str
    title: str
    state: str
    waits: str
    about: str
    person: str
    at: str

    @property
    def id(self) -> int:
        """Of the line."""
        return line_id(self.what, self.number)

    @property
    def waiting(self) -> bool:
        """Whether somebody has to do something."""
        return self.state in _WAITING


def line_id(what: What, number: int) -> int:
    """Memos, requests and incidents are numbered each for itself."""
    return number * len(_WHATS) + _WHATS.index(what)


def decision_rows(
    memos: Iterable[MemoRow], waiting: Iterable[Approval], incidents: Iterable[IncidentRow]
) -> tuple[DecisionRow, ...]:
    """One list: what waits first, then by when it changed. A memo's own request is the memo's line."""
    rows = [_memo(memo) for memo in memos]
    rows += [_approval(each) for each in waiting if each.memo_id is None]
    rows += [_incident(each) for each in incidents]
    rows.sort(key=lambda row: (row.at, row.id), reverse=True)
    rows.sort(key=lambda row: not row.waiting)
    return tuple(rows)


def _memo(row: MemoRow) -> DecisionRow:
    waits = row.approval.authority if row.approval is not None and row.state == "proposed" else ""
    if row.state == "draft" and row.against and not row.justified:
        waits = "a written reason"
    about = f"H-{row.hypothesis_id}" if row.hypothesis_id is not None else ""
    return DecisionRow(
        "memo", row.id, MEMO.label(row.id), row.kind, row.title, row.state, waits, about, row.created_by, row.updated_at
    )


def _approval(each: Approval) -> DecisionRow:
    numbers = (("H", each.hypothesis_id), ("E", each.experiment_id), ("DS", each.dataset_id))
    about = next((f"{prefix}-{number}" for prefix, number in numbers if number is not None), "")
    asked = (each.requested_by, each.requested_at)
    return DecisionRow(
        "approval", each.id, f"A-{each.id}", each.what, each.subject, each.state, each.authority, about, *asked
    )


def _incident(row: IncidentRow) -> DecisionRow:
    waits = " and ".join(row.missing) if row.state == "open" else ""
    about = f"V-{row.verdicts[0]}" if row.verdicts else f"E-{row.experiments[0]}" if row.experiments else ""
    said = ("incident", row.title, row.state, waits, about, row.owner or row.created_by, row.updated_at)
    return DecisionRow("incident", row.id, INCIDENT.label(row.id), *said)


def cells(row: DecisionRow, today: date) -> Sequence[Cell]:
    """The cells of `COLUMNS`."""
    sign, tone = SIGNS[row.state]
    quiet = "" if row.waiting or row.state in ("draft", "accepted") else "quiet"
    return (
        (row.label, "quiet"),
        (row.said, quiet),
        (line(row.title), quiet),
        (f"{sign} {row.state}", tone),
        (line(row.waits), "warn" if row.waiting else "quiet"),
        (row.about, "quiet"),
        (line(row.person), "quiet"),
        (shown_day(row.at[:10], today), "quiet"),
    )
