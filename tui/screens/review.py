"""The end of a quarter: what becomes of each experiment that is not over, and what was learned."""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from planner.roadmap.closing import Answer
from planner.roadmap.model import Entry
from tui.actions import bindings
from tui.safe import line, literal
from tui.screens.base import Dialog
from tui.widgets.columns import Column
from tui.widgets.experiment_signs import STATES
from tui.widgets.fields import Area
from tui.widgets.frame import KeyLine
from tui.widgets.roadmap_row import hours_of
from tui.widgets.table_lines import Cell, Part
from tui.widgets.virtual_table import VirtualTable

_ANSWERS: Final[Mapping[Answer, Part]] = {
    "carry": ("→ carry", "accent"),
    "drop": ("✗ drop", "bad"),
    "re-score": ("◌ re-score", "warn"),
}
_COLUMNS: Final = (
    Column("id", "", 6),
    Column("title", "not done yet"),
    Column("state", "state", 11),
    Column("hours", "GPU-h", 6, "right"),
    Column("answer", "what becomes of it", 18),
)


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What was answered, by experiment, and what was learned, in a person's words."""

    answers: Mapping[int, Answer]
    learned: str


@dataclass(frozen=True, slots=True)
class _Row:
    entry: Entry
    answer: Answer | None

    @property
    def id(self) -> int:
        return self.entry.experiment


class ReviewScreen(Dialog[Reviewed]):
    """One key an experiment; the quarter is closed once each has its answer."""

    BINDINGS = bindings("review")

    def __init__(self, quarter: str, entries: Sequence[Entry]) -> None:
        super().__init__()
        self.entries = {entry.experiment: entry for entry in entries}
        self.answers: dict[int, Answer] = {}
        self._quarter = quarter

    def compose(self) -> ComposeResult:
        """The experiments, then a text."""
        with Vertical(classes="dialog review"):
            yield Static(literal(f"Close {self._quarter}"), classes="dialog-title")
            if self.entries:
                yield VirtualTable(_COLUMNS, _cells, widget_id="review-list")
            else:
                yield Static("All that was planned is over: nothing has to be decided.", classes="quiet")
            yield Static("What was learned (tab goes there; may stay empty)", classes="dialog-heading")
            yield Area(soft_wrap=True, show_line_numbers=False, compact=True, id="learned")
            yield Static("", id="review-hint", markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        """Everything is open at first."""
        if self.entries:
            self.table.show(array("q", self.entries))
            self._fill()
            self.table.focus()
        else:
            self.query_one(Area).focus()

    @property
    def table(self) -> "VirtualTable[_Row]":
        """The experiments."""
        return self.query_one("#review-list", VirtualTable)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Answers only where there is something to answer, and not into the text."""
        if action == "answer":
            return bool(self.entries) and self.table.has_focus
        return True

    def action_answer(self, answer: Answer) -> None:
        """Answer for what is marked, else for what is under the cursor, and go on."""
        for number in self.table.chosen:
            self.answers[number] = answer
        marked = bool(self.table.marks)
        self.table.mark_none()
        self._fill()
        self._hint("")
        if not marked:
            self.table.action_move(1)

    def action_save(self) -> None:
        """Hand the answers over, once there is one for each."""
        open_ones = [entry for number, entry in self.entries.items() if number not in self.answers]
        if open_ones:
            self._hint(f"✗ {open_ones[0].id} has no answer yet: c carries it on, d drops it, r has it scored again.")
            self.table.move_to_id(open_ones[0].experiment)
            self.table.focus()
            return
        self.dismiss(Reviewed(dict(self.answers), self.query_one(Area).text.strip()))

    def _fill(self) -> None:
        self.table.fill(_Row(entry, self.answers.get(number)) for number, entry in self.entries.items())

    def _hint(self, text: str) -> None:
        hint = self.query_one("#review-hint", Static)
        hint.update(literal(line(text), "$error"))


def _cells(row: _Row) -> Sequence[Cell]:
    sign, tone = STATES[row.entry.state]
    answer = _ANSWERS[row.answer] if row.answer else ("? open", "quiet")
    return (
        (row.entry.id, "quiet"),
        (line(row.entry.title), ""),
        (f"{sign} {row.entry.state}", tone),
        (hours_of(row.entry.gpu_hours), "quiet"),
        answer,
    )
