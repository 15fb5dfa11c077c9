"""What you look for: the interests that papers are ranked by, in a dialog over any room."""

from array import array
from collections.abc import Sequence
from typing import Any, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from library import interests
from library.db import journal
from library.interests import InterestRow
from library.papers.queries import tags_in_use
from library.search.saved import saved_searches
from tui.actions import bindings, changes
from tui.safe import line, literal
from tui.screens.base import Dialog, opens_dialog
from tui.screens.prompt import Ask, Choice
from tui.widgets.columns import Column
from tui.widgets.frame import KeyLine
from tui.widgets.table_lines import Cell
from tui.widgets.virtual_table import VirtualTable

MOST = 12  # on the screen at once
_COLUMNS = (
    Column("state", "", 1),
    Column("kind", "", 7),
    Column("text", "you look for"),
    Column("papers", "papers", 6, "right", needs=60),
)
_ABOUT = "Papers are ranked by these, and by what you decide. Hypotheses that are alive are looked for by everybody."
_NONE = "Nothing is looked for yet. n adds a topic in plain words, a tag, or a saved search."


class InterestsScreen(Dialog[None]):
    """The list; what is said of the one under the cursor stands below it."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("interests")
    AUTO_FOCUS = "VirtualTable"

    def __init__(self) -> None:
        super().__init__()
        self._found: dict[int, InterestRow] = {}

    def compose(self) -> ComposeResult:
        """Heading, list, the interest under the cursor."""
        with Vertical(classes="dialog interests"):
            yield Static("What you look for", classes="dialog-title")
            yield Static(_ABOUT, classes="quiet")
            yield VirtualTable(_COLUMNS, _cells, widget_id="interests")
            yield Static("", id="interest-text", markup=False)
        yield KeyLine()

    @property
    def table(self) -> "VirtualTable[InterestRow]":
        """The list."""
        return cast("VirtualTable[InterestRow]", self.query_one("#interests", VirtualTable))

    @property
    def chosen(self) -> InterestRow | None:
        """The interest under the cursor."""
        return self._found.get(self.table.cursor_id or 0)

    def on_mount(self) -> None:
        """Read them."""
        self._read()

    @work(group="load", exclusive=True, exit_on_error=False, description="read interests")
    async def _read(self, at: int | None = None) -> None:
        rows = await self.app.ctx.read(interests.interests, self.app.ctx.person)
        self._found = {row.id: row for row in rows}
        self.table.styles.height = min(len(rows), MOST) + 1
        self.table.show(array("q", self._found))
        self.table.fill(rows)
        if at in self._found:
            self.table.move_to(list(self._found).index(at))
        self._describe()

    @on(VirtualTable.RowsNeeded)
    def _rows_needed(self, event: VirtualTable.RowsNeeded) -> None:
        self.table.fill(self._found[number] for number in event.ids if number in self._found)

    @on(VirtualTable.Moved)
    def _describe(self) -> None:
        row = self.chosen
        if row is None:
            self.query_one("#interest-text", Static).update(Content.styled(_NONE, "$quiet"))
            return
        whose = "by you" if row.person is not None else "by everybody, as long as the hypothesis is alive"
        parts = [f"looked for {whose}" if row.active else "resting: not looked for until you wake it"]
        parts += [f"finds nothing: {row.problem}"] if row.problem else []
        said = Content.assemble(literal(line(row.text)), "\n", (" · ".join(parts), "$quiet"))
        self.query_one("#interest-text", Static).update(said)

    # Changing them.

    @changes
    @opens_dialog
    @work(group="ask", exclusive=True, exit_on_error=False, description="add an interest")
    async def action_add(self) -> None:
        """Add a topic in plain words, a tag, or a saved search."""
        ctx = self.app.ctx
        tags = await ctx.read(tags_in_use)
        saved = await ctx.read(saved_searches, ctx.person, today=ctx.clock.today())
        choices = [Choice(f"tag\0{name}", f"tag {name}", f"{papers:,} papers") for name, papers in tags]
        choices += [Choice(f"search\0{each.name}", f"search {each.name}", each.query) for each in saved]
        hint = "in plain words, such as: late interaction"
        answer = await self.app.push_screen_wait(Ask("What do you look for?", choices, hint=hint))
        if answer is None:
            return
        kind, found, name = answer.partition("\0")
        add = {"tag": interests.add_tag, "search": interests.add_search}.get(kind) if found else None
        number, change = await ctx.write(add or interests.add_topic, ctx.person, name if add else answer)
        self._say(change.summary)
        self._read(number)

    @on(VirtualTable.Opened)
    def _entered(self) -> None:
        self.action_rest()

    @changes
    def action_rest(self) -> None:
        """Stop looking for it, or look for it again."""
        row = self.chosen
        if row is not None:
            self._change(interests.rest if row.active else interests.wake, row.id)

    @changes
    def action_remove(self) -> None:
        """Remove it; undo brings it back."""
        row = self.chosen
        if row is not None:
            self._change(interests.remove, row.id)

    @changes
    @work(group="write", exit_on_error=False, description="undo")
    async def action_undo(self) -> None:
        """Take back your own last change."""
        change = await self.app.ctx.write(journal.undo, self.app.ctx.person)
        self._say(change.summary)
        self._read()

    @work(group="write", exit_on_error=False, description="change an interest")
    async def _change(self, command: Any, number: int) -> None:
        change = await self.app.ctx.write(command, self.app.ctx.person, number)
        self._say(change.summary)
        self._read()

    def _say(self, summary: str) -> None:
        self.app.notify(line(summary), markup=False, timeout=3)


def _cells(row: InterestRow) -> Sequence[Cell]:
    tone = "" if row.active else "quiet"
    sign, of_sign = ("▲", "warn") if row.problem and row.active else ("●", "good") if row.active else ("◌", "quiet")
    kind = row.reference or "" if row.kind == "hypothesis" else row.kind
    text = row.label.partition(" ")[2] if row.kind in ("tag", "search") else row.text
    return (
        (sign, of_sign),
        (line(kind), "quiet"),
        (line(text), tone),
        (f"{row.papers:,}" if row.papers is not None else "", "quiet"),
    )
