"""The sentences of a paper, to take some down: which are quoted already, and with what remark."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from library.reading.model import Quote
from library.reading.quotes import quotes_of, remove_quote, set_remark, take_quote
from library.records.field import Field
from library.records.kind import Kind
from library.sentences.model import Sentence
from tui.actions import bindings, changes
from tui.safe import line, literal
from tui.screens.base import Dialog
from tui.screens.form import FormScreen
from tui.screens.prompt import Ask, Choice
from tui.widgets.columns import Column
from tui.widgets.frame import KeyLine
from tui.widgets.table_lines import Cell
from tui.widgets.virtual_table import VirtualTable

MOST_SENTENCES = 14  # on the screen at once
_REMARK = Kind("remark", "remarks", "quote", "", "remark", (Field("remark", "text", "Remark", "What you think of it"),))
_COLUMNS = (Column("name", "", 5, "right"), Column("mark", "", 2), Column("text", "sentence"))


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    sentence: Sentence
    own: Quote | None
    others: int


class QuoteScreen(Dialog[None]):
    """Stays open: several sentences are taken down one after the other."""

    BINDINGS = bindings("quote")
    AUTO_FOCUS = "VirtualTable"

    def __init__(self, paper_id: int, title: str, sentences: Sequence[Sentence]) -> None:
        super().__init__()
        self._paper_id, self._title = paper_id, title
        self._sentences = tuple(sentences)
        self._rows: tuple[_Row, ...] = tuple(_Row(place, each, None, 0) for place, each in enumerate(sentences, 1))

    def compose(self) -> ComposeResult:
        """The paper, its sentences, the one under the cursor in full, what is said of it."""
        with Vertical(classes="dialog link"):
            yield Static(literal(line(self._title) or "(no title)", "$quiet"), id="link-paper")
            yield VirtualTable(_COLUMNS, _cells, widget_id="quote-sentences")
            yield Static("", id="link-sentence", markup=False)
            yield Static("", id="link-hint", markup=False)
        yield KeyLine()

    @property
    def table(self) -> "VirtualTable[_Row]":
        """The sentences."""
        return cast("VirtualTable[_Row]", self.query_one("#quote-sentences", VirtualTable))

    @property
    def row(self) -> _Row:
        """The one under the cursor."""
        return self._rows[self.table.cursor]

    def on_mount(self) -> None:
        """All sentences; then which are quoted."""
        self.table.styles.height = min(len(self._sentences), MOST_SENTENCES) + 1
        self.table.show(array("q", range(1, len(self._sentences) + 1)))
        self._read()

    @work(group="sentences", exclusive=True, exit_on_error=False, description="what is quoted")
    async def _read(self) -> None:
        found = await self.app.ctx.read(quotes_of, self._paper_id)
        person = self.app.ctx.person
        rows = []
        for place, sentence in enumerate(self._sentences, 1):
            same = [each for each in found if each.source == sentence.source and each.quote == sentence.text]
            own = next((each for each in same if each.person == person), None)
            rows.append(_Row(place, sentence, own, len(same) - (own is not None)))
        self._rows = tuple(rows)
        self.table.forget()
        self.table.fill(self._rows[:500])
        self._describe()

    @on(VirtualTable.RowsNeeded)
    def _rows_needed(self, event: VirtualTable.RowsNeeded) -> None:
        self.table.fill(self._rows[number - 1] for number in event.ids)

    @on(VirtualTable.Moved)
    def _describe(self) -> None:
        """The sentence in full, and what is said of it."""
        row = self.row
        self.query_one("#link-sentence", Static).update(literal(f"“{line(row.sentence.text)}”"))
        parts = []
        if row.own is not None:
            remark = f": {line(row.own.remark)}" if row.own.remark else ""
            parts.append(Content.styled(f"“ you took it down{remark}", "$accent"))
        if row.others:
            parts.append(Content.styled(f"{row.others} of your colleagues did, too", "$quiet"))
        self.query_one("#link-hint", Static).update(Content("   ").join(parts))

    @on(VirtualTable.Opened)
    def _entered(self) -> None:
        self.action_take()

    @changes
    def action_take(self) -> None:
        """Take the sentence down; again takes it away."""
        self._take(self.row)

    @work(group="write", exit_on_error=False, description="quote the sentence")
    async def _take(self, row: _Row) -> None:
        ctx = self.app.ctx
        if row.own is not None:
            await ctx.write(remove_quote, ctx.person, row.own.id)
        else:
            await ctx.write(take_quote, ctx.person, self._paper_id, sentence=row.sentence.name)
        self._read()

    @changes
    @work(group="write", exit_on_error=False, description="a remark on the sentence")
    async def action_remark(self) -> None:
        """Take it down with a remark, or change the remark."""
        row, ctx = self.row, self.app.ctx

        async def keep(raw: dict[str, Any]) -> Any:
            remark = raw.get("remark") or ""
            if row.own is not None:
                return await ctx.write(set_remark, ctx.person, row.own.id, remark)
            return await ctx.write(take_quote, ctx.person, self._paper_id, sentence=row.sentence.name, remark=remark)

        values = {"remark": row.own.remark} if row.own is not None else None
        await self.app.push_screen_wait(FormScreen(_REMARK, f"“{row.sentence.text}”", keep, values=values))
        self._read()

    @work(group="ask", exclusive=True, exit_on_error=False, description="find a sentence")
    async def action_find(self) -> None:
        """Go to a sentence by its words."""
        choices = [Choice(str(row.id), row.sentence.text, row.sentence.name) for row in self._rows]
        chosen = await self.app.push_screen_wait(Ask("Which sentence?", choices, free=False))
        if chosen is not None:
            self.table.move_to_id(int(chosen))


def _cells(row: _Row) -> Sequence[Cell]:
    mark = ("“", "accent") if row.own is not None else ("·", "quiet") if row.others else ("", "")
    pen = "✎" if row.own is not None and row.own.remark else ""
    return ((row.sentence.name, "quiet"), (f"{mark[0]}{pen}", mark[1]), (line(row.sentence.text), ""))
