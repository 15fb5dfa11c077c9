"""The Roadmap: what experiments are worth, the quarter's plan, the board, the timeline, and every experiment."""

from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Input, Static

from tui.actions import bindings
from tui.screens.roadmap_panes import TABS, RoadmapPanes
from tui.widgets import experiment_row, roadmap_row
from tui.widgets.board import Board
from tui.widgets.detail import Detail
from tui.widgets.empty import Empty
from tui.widgets.fields import Field
from tui.widgets.one_line import OneLine
from tui.widgets.tab_strip import TabStrip
from tui.widgets.timeline_table import TimelineTable
from tui.widgets.virtual_table import VirtualTable

_BELOW: Final = ("board", "timeline")  # tabs that need the whole width
_TALL: Final = 34  # lines of the screen, from which on their detail stands below them
_OF_THE_QUARTER: Final = frozenset({"plan", "adopt", "lock", "week", "close_quarter"})
HELP = """\
What experiments are worth, which of them the quarter takes, and how they stand. `.` and `,` go from tab to tab, `[` and
`]` from quarter to quarter.

**List.** `P` plans the quarter: the set that is worth most within the GPU-hours and people-days, proven optimal. What
stays in when the inputs are drawn anew from their ranges streams in behind it; `x` stops that. `A` adopts the draft.

    ● in   ○ out   ? needs input   · the plan does not know it
    ⊕ locked in   ⊖ vetoed   ◌ inputs changed since   ▲ blocked
    RICE ↑3: RICE puts it three places higher

**Board.** `h` `l` and `j` `k` walk, `<` and `>` move the card, as far as its state allows.

**Timeline.** ━ critical path, ─ may slip, ┄ over, ▶ goes on beyond the quarter, ┆ today, ←E-9 comes after E-9.

**Experiments.** `J` judges by the frozen plan, `R` brings results in, `T` shows the way to production with its gates.

    ◆ for production   · exploration   ▲ blocked   ⚐ its data
    ◌ stale baseline   ✎ edited after it was frozen   … lacks parts

The detail draws a verdict's interval ┣━●━┫ against 0 and δ, the smallest effect worth having.
"""


class RoadmapScreen(RoadmapPanes):
    """Four tabs over the same experiments; the cursor stays on the same one from tab to tab."""

    SECTION = "roadmap"
    SHARES = ("tabs",)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("roadmap"), *bindings("tabs")]
    HELP = HELP
    AUTO_FOCUS = "#rm-list"

    @property
    def scopes(self) -> tuple[str, ...]:
        """The board's own keys stand in the help, too."""
        return (self.SECTION, "board", *self.SHARES, "list", "app")

    def compose_body(self) -> ComposeResult:
        """Tabs, quarter and filter; a line about the tab; the four tabs; the detail."""
        with Horizontal(id="rm-head"):
            yield TabStrip(TABS, widget_id="rm-tabs")
            yield Static("/", id="rm-prompt", markup=False)
            yield Field(placeholder="words, H-3", id="rm-filter", compact=True)
        yield OneLine(widget_id="rm-line")
        with Container(id="rm-body"):
            with Vertical(id="rm-left"):
                yield VirtualTable(roadmap_row.COLUMNS, roadmap_row.cells, widget_id="rm-list")
                yield Board(widget_id="rm-board")
                yield TimelineTable(widget_id="rm-timeline")
                yield VirtualTable(experiment_row.COLUMNS, experiment_row.cells, widget_id="rm-experiments")
                yield Empty(id="rm-empty")
            yield Detail(widget_id="rm-detail")

    def on_mount(self) -> None:
        """The first tab."""
        super().on_mount()
        self._lay_out()

    def on_resize(self) -> None:
        """Whether the detail has its place depends on the height, too."""
        self._lay_out()

    def _lay_out(self) -> None:
        tab = self.tab
        for name in TABS:
            self.set_class(name == tab, f"-{name}")
        whole = tab in _BELOW
        self.set_class(whole and self.size.height >= _TALL, "-below")
        self.set_class(whole and self.size.height < _TALL, "-over")

    # Detail.

    @on(VirtualTable.Opened)
    @on(Board.Opened)
    def _opened(self) -> None:
        self.add_class("-detail")
        self.query_one("#rm-detail", Detail).focus()

    def on_detail_left(self) -> None:
        """Back to the list."""
        self.remove_class("-detail")
        self.pane.focus()

    def on_detail_stepped(self, event: Detail.Stepped) -> None:
        """On to another one, without leaving the detail."""
        self.pane.action_move(event.step)

    # Tabs, quarters, filter.

    def action_tab(self, step: int) -> None:
        """The next tab or the one before."""
        self.action_to_tab(self.query_one(TabStrip).stepped(step))

    def action_to_tab(self, tab: str) -> None:
        """A tab by its name, with the cursor on the same experiment. What is typed meanwhile waits for it."""
        strip = self.query_one(TabStrip)
        if tab == strip.current:
            return
        here = self.pane.cursor_id
        self.app.hold_keys()
        strip.show(tab)
        self._lay_out()
        self.remove_class("-detail")
        self._turn_to(here)
        self.refresh_bindings()

    @work(group="tab", exclusive=True, exit_on_error=False, description="another tab")
    async def _turn_to(self, here: int | None) -> None:
        try:
            await self.read_tab()
            if here is not None:
                self.pane.move_to_id(here)
            if not self.field.has_focus:
                self._focus_pane()
            self.read_detail()
        finally:
            self.call_after_refresh(self.app.release_keys)

    def _focus_pane(self) -> None:
        pane: Widget = self.pane
        if pane.display:
            pane.focus()

    def action_quarter(self, step: int) -> None:
        """The quarter before or after."""
        if self.quarter is not None:
            self.app.hold_keys()  # the next key is for the quarter's own list
            self.quarter = self.quarter.shifted(step)
            self._stale = set(TABS)
            self._turn_quarter()

    @work(group="tab", exclusive=True, exit_on_error=False, description="another quarter")
    async def _turn_quarter(self) -> None:
        try:
            await self.read_quarter()
            await self.read_tab()
            self.read_detail()
        finally:
            self.call_after_refresh(self.app.release_keys)

    def go_to(self, number: int) -> None:
        """Put the cursor on an experiment once the list holds it."""
        self.field.value = ""
        if not self.pane.move_to_id(number):
            self._wanted = number

    @on(Input.Changed, "#rm-filter")
    def _typed(self) -> None:
        self.show_tab(restart=True)
        self.refresh_bindings()

    @on(Input.Submitted, "#rm-filter")
    def _entered(self) -> None:
        self._focus_pane()

    def action_search(self) -> None:
        """To the filter, at once: the next key is its first letter."""
        self.set_focus(self.field)

    def action_to_list(self) -> None:
        """From the filter into the list."""
        self._focus_pane()

    def action_back(self) -> None:
        """Filter → list; marks; then the filter is taken away."""
        pane = self.pane
        if self.field.has_focus:
            if self.field.value and not pane.display:
                self.field.value = ""
            self._focus_pane()
        elif isinstance(pane, VirtualTable) and pane.marks:
            pane.mark_none()
        else:
            self.field.value = ""
            self._focus_pane()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Each tab has its own."""
        if action in ("search", "to_list"):
            return self.field.has_focus == (action == "to_list")
        if action == "back":
            pane = self.pane
            marks = isinstance(pane, VirtualTable) and bool(pane.marks)
            return self.field.has_focus or marks or bool(self.field.value)
        if action == "shift":
            return self.tab == "board"
        if action in _OF_THE_QUARTER:
            return self.tab != "experiments"
        return super().check_action(action, parameters)
