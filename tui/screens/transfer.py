"""The way of one experiment to production: its stages, the gates before each, who said so, offline beside online."""

from array import array
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from textual import work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from library.db.changes import Change
from library.errors import LabtopError
from planner.decisions.authority import authority_for
from planner.transfer import commands
from planner.transfer.model import GateState, StageState, TransferDetail
from planner.transfer.queries import transfer
from tui.actions import bindings, changes
from tui.dates import shown_day
from tui.safe import line, literal
from tui.screens.base import Dialog, opens_dialog
from tui.screens.form import FormScreen, Stored
from tui.screens.page import PageText
from tui.screens.transfer_forms import ASK, BACK, MEANING, check, filled_of, kind_of
from tui.widgets.columns import Column
from tui.widgets.experiment_signs import GATES
from tui.widgets.frame import KeyLine
from tui.widgets.one_line import OneLine
from tui.widgets.table_lines import Cell
from tui.widgets.transfer_text import compared_lines, gate_details, gate_lines, stage_line, stages_line, standing_line
from tui.widgets.virtual_table import VirtualTable

_COLUMNS: Final = (
    Column("state", "", 9),
    Column("gate", "gate", 33),
    Column("why", "what it rests on", needs=90),
    Column("who", "said by", 10),
    Column("when", "when", 8),
)
_LOW: Final = 30  # lines of the screen


class GateTable(VirtualTable["_Row"]):
    """Gates are set one by one."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """No marks; enter is the page's."""
        return action not in ("open", "mark", "mark_all")


class TransferScreen(Dialog[None]):
    """One stage's gates at a time, the one looked at in full below them, and below that the results."""

    BINDINGS = bindings("transfer")
    AUTO_FOCUS = "#transfer-gates"

    def __init__(self, found: TransferDetail) -> None:
        super().__init__()
        self.found = found
        self.stage_id = (found.row.next or found.row.stage).id

    def compose(self) -> ComposeResult:
        """Title and standing, stages, gates, the gate under the cursor with the results."""
        with Vertical(classes="dialog transfer"):
            yield Static(literal(line(f"E-{self.number}  {self.found.row.title}")), classes="dialog-title")
            yield OneLine(widget_id="transfer-standing")
            yield OneLine(widget_id="transfer-stages")
            yield OneLine(widget_id="transfer-stage")
            yield GateTable(_COLUMNS, self._cells, widget_id="transfer-gates")
            yield Static("", id="transfer-hint", markup=False)
            yield PageText(widget_id="transfer-text")
        yield KeyLine()

    def on_mount(self) -> None:
        """Show it, and listen for what changes."""
        self.app.changed.subscribe(self, self._hear)
        self._show(restart=True)

    def on_resize(self) -> None:
        """A low terminal has no lines to give away."""
        self.set_class(self.size.height < _LOW, "-low")

    @property
    def number(self) -> int:
        """Of the experiment."""
        return self.found.row.id

    @property
    def stage(self) -> StageState:
        """The stage that is looked at."""
        return next(each for each in self.found.stages if each.stage.id == self.stage_id)

    @property
    def table(self) -> GateTable:
        """The gates before it."""
        return self.query_one(GateTable)

    @property
    def gate(self) -> GateState | None:
        """The gate under the cursor."""
        place = self.table.cursor_id
        return None if place is None else self.stage.gates[place]

    # Reading and showing.

    def _hear(self, change: Change) -> None:
        if change.topic in ("programme", "rows"):
            self._read()

    @work(group="load", exclusive=True, exit_on_error=False, description="the way to production")
    async def _read(self) -> None:
        try:
            self.found = await self.app.ctx.read(transfer, self.number)
        except LabtopError as error:  # it is no longer on that way, or not there any more
            self.app.notify(line(error.message), markup=False)
            self.dismiss(None)
            return
        self._show()

    def _show(self, *, restart: bool = False) -> None:
        found, stage, today = self.found, self.stage, self.app.ctx.clock.today()
        self.query_one("#transfer-standing", OneLine).show(lambda _: standing_line(found))
        self.query_one("#transfer-stages", OneLine).show(lambda _: stages_line(found, stage.stage.id))
        said, place = stage_line(stage, today), self.query_one("#transfer-stage", OneLine)
        place.show(lambda _: said)
        place.display = bool(said)
        table = self.table
        table.styles.height = len(stage.gates) + 1
        table.display = bool(stage.gates)
        table.show(array("q", range(len(stage.gates))), restart=restart)
        table.fill(_Row(place, gate) for place, gate in enumerate(stage.gates))
        self._show_gate(restart=restart)

    def _show_gate(self, *, restart: bool) -> None:
        gate, results, today = self.gate, self.found.results, self.app.ctx.clock.today()

        def text(width: int) -> Content:
            above = gate_lines(gate, today, width) if gate is not None else []
            return Content("\n").join([Content(""), *above, *compared_lines(results, width)])

        self.query_one(PageText).show(text, restart=restart)

    def on_virtual_table_moved(self) -> None:
        """The gate under the cursor, in full."""
        self._show_gate(restart=True)

    def on_detail_left(self) -> None:
        """From the text back to the gates, or out."""
        self.dismiss(None)

    def _cells(self, row: "_Row") -> Sequence[Cell]:
        return _cells(row.gate, self.app.ctx.clock.today())

    def _say(self, text: str) -> None:
        hint = self.query_one("#transfer-hint", Static)
        hint.update(literal(f"✗ {line(text)}" if text else "", "$error"))
        hint.display = bool(text)

    # Walking.

    def action_stage(self, step: int) -> None:
        """The next stage or the one before, round and round."""
        names = [each.stage.id for each in self.found.stages]
        self.action_to_stage(names[(names.index(self.stage_id) + step) % len(names)])

    def action_to_stage(self, name: str) -> None:
        """A stage by its name."""
        self.stage_id = name
        self._say("")
        self._show(restart=True)
        if self.table.display:
            self.table.focus()
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Where everything begins there is no gate to speak of."""
        return self.gate is not None if action == "gate" and self.is_mounted else True

    # Writing.

    @changes
    @opens_dialog
    @work(group="write", exit_on_error=False, description="say how a gate stands")
    async def action_gate(self) -> None:
        """Say how the gate under the cursor stands."""
        gate, stage, ctx = self.gate, self.stage.stage, self.app.ctx
        if gate is None:
            self.app.release_keys()
            return
        self._say("")
        settings = ctx.workspace.settings.programme
        authority = authority_for(settings, stage.approval or "stage")

        async def keep(raw: dict[str, Any]) -> Any:
            said = {name: raw.get(name) or None for name in raw}
            state, note, allowed = said.pop("state"), said.pop("note", None), said.pop("authority", None)
            check(gate.gate, str(state), note, allowed, said)
            return await ctx.write(
                commands.set_gate, ctx.person, settings, self.number, stage.id, gate.gate.id, str(state),
                note=note, authority=allowed if state == "waived" else None, details=said,
            )  # fmt: skip

        form = FormScreen(
            kind_of(gate.gate, authority),
            f"{stage.title}: {gate.gate.title}",
            keep,
            filled=filled_of(gate),
            meanings={"state": MEANING},
        )
        self._tell(await self.app.push_screen_wait(form))

    @changes
    @opens_dialog
    @work(group="write", exit_on_error=False, description="ask for the next stage")
    async def action_advance(self) -> None:
        """Ask for the next stage; what is in the way is named here."""
        ctx, row = self.app.ctx, self.found.row
        if row.next is not None:
            self.action_to_stage(row.next.id)
        try:
            now, after = await ctx.read(commands.may_advance, self.number)
            if row.approval is not None:
                raise LabtopError(f"A-{row.approval.id} asks {row.approval.authority} for it already.")
        except LabtopError as error:
            self._refused(error)
            return

        async def keep(raw: dict[str, Any]) -> Any:
            settings = ctx.workspace.settings.programme
            return await ctx.write(commands.advance, ctx.person, settings, self.number, raw.get("note") or None)

        title = f"Ask for E-{self.number} to go from {now.title} to {after.title}"
        self._tell(await self.app.push_screen_wait(FormScreen(ASK, title, keep)))

    @changes
    @opens_dialog
    @work(group="write", exit_on_error=False, description="roll back")
    async def action_roll_back(self) -> None:
        """Take it back to the stage before, with the reason."""
        ctx = self.app.ctx
        self._say("")
        try:
            now = await ctx.read(commands.may_roll_back, self.number)
        except LabtopError as error:
            self._refused(error)
            return

        async def keep(raw: dict[str, Any]) -> Any:
            return await ctx.write(commands.roll_back, ctx.person, self.number, raw["reason"])

        title = f"Roll E-{self.number} back from {now.title}"
        self._tell(await self.app.push_screen_wait(FormScreen(BACK, title, keep)))

    def _refused(self, error: LabtopError) -> None:
        """Say it here, and go to the first gate that does not hold."""
        self.app.release_keys()
        self._say(error.message)
        shut = [place for place, gate in enumerate(self.stage.gates) if not gate.holds]
        if shut:
            self.table.move_to(shut[0])

    def _tell(self, stored: Stored | None) -> None:
        if stored is not None:
            self.notify(line(stored.value.summary), markup=False, timeout=5)


class _Row:
    """A gate's line."""

    __slots__ = ("gate", "id")

    def __init__(self, place: int, gate: GateState) -> None:
        self.id, self.gate = place, gate


def _cells(gate: GateState, today: date) -> Sequence[Cell]:
    sign, tone = GATES[gate.state]
    said = [line(gate.why), *(f"{label} {text}" for label, text in gate_details(gate))]
    carried = f"as before {line(gate.carried)}" if gate.carried else ""
    return (
        (f"{sign} {gate.state}", tone),
        (line(gate.gate.title), ""),
        ("; ".join(part for part in (*said, carried) if part), "quiet"),
        (line(gate.person or "—"), "quiet"),
        (shown_day(gate.at[:10], today) if gate.at else "—", "quiet"),
    )
