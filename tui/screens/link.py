"""A paper's sentence put beside a hypothesis: which hypothesis, which sentence, for or against."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from library.errors import LabtopError
from library.records.kind import Kind
from planner.hypotheses.evidence import MARKS, add_evidence
from planner.hypotheses.linking import Candidate, Target, best, candidates
from planner.hypotheses.scale import Stance
from tui.actions import bindings, changes
from tui.safe import line, literal
from tui.screens.base import Dialog
from tui.screens.form import FormScreen
from tui.screens.prompt import Ask, Choice
from tui.widgets.columns import Column
from tui.widgets.frame import KeyLine
from tui.widgets.hypothesis_row import SIGNS, bar
from tui.widgets.table_lines import Cell
from tui.widgets.text_parts import hung
from tui.widgets.virtual_table import VirtualTable

_MARKS = Kind("mark", "marks", "evidence", "", "stance", MARKS)
_STANCES = {"for": ("+", "good", "for"), "against": ("−", "bad", "against"), "context": ("·", "quiet", "context")}
MOST_SENTENCES = 8  # on the screen at once
_KEYS = {"for": "+", "against": "-", "context": "0"}
_COLUMNS = (
    Column("name", "", 5, "right"),
    Column("likeness", "like it", 7),
    Column("linked", "", 1),
    Column("text", "sentence"),
)


@dataclass(frozen=True, slots=True)
class Linked:
    """What was stored, in a line, and beside which hypothesis."""

    hypothesis_id: int
    summary: str


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    candidate: Candidate


class LinkScreen(Dialog[Linked]):
    """`targets`: hypotheses in the order in which they are offered; `stance`: what enter stores, if it was said."""

    BINDINGS = bindings("link")
    AUTO_FOCUS = "VirtualTable"

    def __init__(
        self, paper_id: int, title: str, targets: Sequence[Target], found: Sequence[Candidate], stance: Stance | None
    ) -> None:
        super().__init__()
        self._paper_id, self._title, self._stance = paper_id, title, stance
        self._targets, self._place = tuple(targets), 0
        self._found = tuple(found)
        self._storing = False

    def compose(self) -> ComposeResult:
        """The paper, the hypothesis, the sentences, the one under the cursor in full."""
        with Vertical(classes="dialog link"):
            yield Static(literal(line(self._title), "$quiet"), id="link-paper")
            yield Static("", id="link-claim", markup=False)
            yield VirtualTable(_COLUMNS, _cells, widget_id="link-sentences")
            yield Static("", id="link-sentence", markup=False)
            yield Static("", id="link-hint", markup=False)
        yield KeyLine()

    @property
    def table(self) -> "VirtualTable[_Row]":
        """The sentences."""
        return cast("VirtualTable[_Row]", self.query_one("#link-sentences", VirtualTable))

    @property
    def target(self) -> Target:
        """The hypothesis that is chosen."""
        return self._targets[self._place]

    @property
    def sentence(self) -> Candidate:
        """The one under the cursor."""
        return self._found[self.table.cursor]

    def on_mount(self) -> None:
        """The sentence most like the claim is chosen."""
        self._show()

    def on_resize(self) -> None:
        """Lines break elsewhere."""
        self.call_after_refresh(self._describe)

    def _show(self) -> None:
        self.table.styles.height = min(len(self._found), MOST_SENTENCES) + 1
        self.table.show(array("q", range(1, len(self._found) + 1)))
        self.table.fill(_Row(number, each) for number, each in enumerate(self._found, 1))
        self.table.move_to(best(self._found))
        self._describe()

    @on(VirtualTable.RowsNeeded)
    def _rows_needed(self, event: VirtualTable.RowsNeeded) -> None:
        self.table.fill(_Row(number, self._found[number - 1]) for number in event.ids)

    @on(VirtualTable.Moved)
    def _describe(self) -> None:
        """The claim, the sentence in full, what enter does."""
        target, width = self.target, max(20, self.query_one("#link-claim").size.width)
        sign, _ = SIGNS[target.state]
        head = Content.assemble((f"‹ H-{target.id} › ", "bold $accent"))
        many = f"  {sign} {target.state} {self._place + 1}/{len(self._targets):,}"
        claim = hung(head, literal(line(target.statement), "bold") + Content.styled(many, "$quiet"), width)
        self.query_one("#link-claim", Static).update(Content("\n").join(claim[:3]))
        if self._found:
            self.query_one("#link-sentence", Static).update(literal(f"“{line(self.sentence.text)}”"))
            self._hint()

    def _hint(self) -> None:
        linked = self.sentence.stance
        parts = []
        for stance, (_, _, word) in _STANCES.items():
            keys = _KEYS[stance]
            chosen = stance == self._stance
            parts.append(
                Content.assemble(
                    (f"{keys}{' or enter' if chosen else ''}", "bold $accent"),
                    (f" {word}", "bold" if chosen else "$quiet"),
                )
            )
        said = Content("   ").join(parts)
        if linked is not None:
            said += Content.styled(f"   ({_STANCES[linked][0]} it is linked as {linked} now)", "$warning")
        self.query_one("#link-hint", Static).update(said)

    # Choosing the hypothesis.

    def action_target(self, step: int) -> None:
        """The next hypothesis or the one before."""
        self._place = (self._place + step) % len(self._targets)
        self._read()

    @work(group="ask", exclusive=True, exit_on_error=False, description="choose a hypothesis")
    async def action_choose(self) -> None:
        """Choose one by words."""
        choices = [
            Choice(str(place), f"H-{each.id} {each.statement}", each.state) for place, each in enumerate(self._targets)
        ]
        chosen = await self.app.push_screen_wait(Ask("Which hypothesis?", choices, free=False))
        if chosen is not None:
            self._place = int(chosen)
            self._read()

    @work(group="sentences", exclusive=True, exit_on_error=False, description="sentences like the claim")
    async def _read(self) -> None:
        self._describe()
        self._found = await self.app.ctx.read(candidates, self.target.id, self._paper_id)
        self._show()

    # Storing.

    @on(VirtualTable.Opened)
    def _entered(self) -> None:
        if self._stance is not None:
            self.action_link(self._stance)

    @changes
    def action_link(self, stance: Stance) -> None:
        """Put the sentence beside the hypothesis."""
        if not self._storing and self._found:
            self._storing = True
            self._store({"stance": stance})

    @work(group="write", exit_on_error=False, description="link the sentence")
    async def _store(self, marks: dict[str, Any]) -> None:
        try:
            self.dismiss(await self._linked(marks))
        except LabtopError as error:
            self.query_one("#link-hint", Static).update(literal(f"✗ {line(str(error))}", "$error"))
        finally:
            self._storing = False

    async def _linked(self, marks: dict[str, Any]) -> Linked:
        ctx, target = self.app.ctx, self.target
        _, change = await ctx.write(
            add_evidence, ctx.person, target.id, self._paper_id, marks, sentence=self.sentence.name
        )
        return Linked(target.id, change.summary)

    @changes
    @work(group="write", exit_on_error=False, description="link the sentence")
    async def action_refine(self) -> None:
        """Say how strongly and how directly it speaks, with a note, and store that."""
        filled = {"stance": self._stance or self.sentence.stance or ""}
        screen = FormScreen(_MARKS, self.sentence.text, self._linked, filled=filled)
        stored = await self.app.push_screen_wait(screen)
        if stored is not None:
            self.dismiss(stored.value)


def _cells(row: _Row) -> Sequence[Cell]:
    candidate = row.candidate
    sign, tone, _ = _STANCES[candidate.stance] if candidate.stance else ("", "", "")
    return (
        (candidate.name, "quiet"),
        (bar(candidate.likeness, 6) if candidate.likeness >= 0.05 else "", "accent"),
        (sign, tone),
        (line(candidate.text), ""),
    )
