"""Hypotheses: what is claimed, what speaks for and against it, and what was decided."""

import asyncio
from array import array
from collections.abc import Sequence
from functools import partial
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Input, Static

from library.db.changes import Change
from library.errors import NotFound
from planner.decisions import incidents as incident_queries
from planner.decisions import queries as decision_queries
from planner.decisions.approvals import approval
from planner.hypotheses.model import HypothesisRow
from planner.hypotheses.queries import hypotheses, hypothesis
from tui.actions import bindings, changes
from tui.screens.base import opens_dialog
from tui.screens.decision_actions import DecisionActions
from tui.screens.under_cursor import DETAIL_DELAY
from tui.widgets import decision_row, hypothesis_row
from tui.widgets.decision_row import DecisionRow, decision_rows
from tui.widgets.decision_text import approval_content, incident_content, memo_content
from tui.widgets.detail import Detail
from tui.widgets.empty import Empty
from tui.widgets.fields import Field
from tui.widgets.hypothesis_text import hypothesis_content
from tui.widgets.markdown_text import blocks_of
from tui.widgets.tab_strip import TabStrip
from tui.widgets.table_lines import Cell
from tui.widgets.text_parts import joined
from tui.widgets.virtual_table import VirtualTable

HELP = """\
What the group claims, what speaks for and against each claim, and what was decided. `.` and `,` go from tab to tab.

**Hypotheses.** `n` writes a new one, `e` edits it, `m` moves it to another state with the reason, `b` says how probable
you hold it to be now. `L` goes to the Library with papers that speak of it; there `+` and `-` put a sentence beside it.
`v` revises a piece of evidence. `D` drafts a decision memo from the record.

    ○ draft   ◔ active   ◑ testing   ● supported   ▲ blocked, or decided against its verdict
    ✗ refuted   ? inconclusive   ★ promoted   – retired

Belief is shown as prior→now. The counts for and against are of sentences, verdicts and runs; no number is made of them.

**Decisions.** Memos, requests that wait for a yes, and incidents; what waits comes first. `p` proposes a memo, `a` says
yes and `r` no to what somebody else asked for, `W` takes your own back, `c` closes an incident, `o` opens it as text.
"""
TABS = ("hypotheses", "decisions")
_HEARD = frozenset({"programme", "papers", "rows"})


class HypothesesScreen(DecisionActions):
    """Two tabs, each a list; the detail of what is under the cursor below it."""

    SECTION = "hypotheses"
    SHARES = ("tabs",)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("hypotheses"), *bindings("tabs")]
    HELP = HELP
    AUTO_FOCUS = "#claims"

    def __init__(self) -> None:
        super().__init__()
        self.hypotheses: dict[int, HypothesisRow] = {}
        self.decided: dict[int, DecisionRow] = {}
        self._wanted: tuple[str, int] | None = None  # tab and line to go to once it is here

    def compose_body(self) -> ComposeResult:
        """Tabs and filter, the two lists, the detail."""
        with Horizontal(id="claims-head"):
            yield TabStrip(TABS, widget_id="tabs")
            yield Static("/", id="claims-prompt", markup=False)
            yield Field(placeholder="words, a state, an owner, #tag", id="filter", compact=True)
        with Vertical(id="claims-body"):
            yield VirtualTable(hypothesis_row.COLUMNS, hypothesis_row.cells, widget_id="claims")
            yield VirtualTable(decision_row.COLUMNS, self._decision_cells, widget_id="decisions")
            yield Empty(id="empty")
            yield Detail(widget_id="claim-detail")

    @property
    def tabs(self) -> TabStrip:
        """Which list is shown."""
        return self.query_one(TabStrip)

    @property
    def on_claims(self) -> bool:
        """Whether the hypotheses are shown, not the decisions."""
        return self.tabs.current == TABS[0]

    @property
    def table(self) -> "VirtualTable[HypothesisRow] | VirtualTable[DecisionRow]":
        """The list that is shown."""
        return self.claims if self.on_claims else self.decisions

    @property
    def field(self) -> Input:
        """The filter."""
        return self.query_one("#filter", Input)

    def _decision_cells(self, row: DecisionRow) -> Sequence[Cell]:
        return decision_row.cells(row, self.ctx.clock.today())

    # Reading.

    async def load(self, changes: tuple[Change, ...]) -> None:
        """Both lists: a thousand hypotheses are read in a moment, and beside the screen."""
        if changes and not any(change.topic in _HEARD for change in changes):
            return
        self.hypotheses = {row.id: row for row in await self.ctx.read(hypotheses)}
        memos = await self.ctx.read(decision_queries.memos)
        waiting = await self.ctx.read(decision_queries.waiting)
        incidents = await self.ctx.read(incident_queries.incidents)
        self.decided = {row.id: row for row in decision_rows(memos, waiting, incidents)}
        for table in (self.claims, self.decisions):
            table.forget()
        self.show_list()
        self._read_detail(again=True)

    def show_list(self, *, restart: bool = False) -> None:
        """What of the list has the filter's words."""
        words = self.field.value.lower().split()
        claims = [id_ for id_, row in self.hypotheses.items() if has_words(claim_words(row), words)]
        decided = [id_ for id_, row in self.decided.items() if has_words(decision_words(row), words)]
        self.claims.show(array("q", claims), restart=restart)
        self.decisions.show(array("q", decided), restart=restart)
        if self._wanted is not None and self.tabs.current == self._wanted[0] and self.table.move_to_id(self._wanted[1]):
            self._wanted = None
        shown, total = (claims, self.hypotheses) if self.on_claims else (decided, self.decided)
        self._count(len(shown), len(total))
        self.set_class(not shown, "-empty")
        self.refresh_bindings()
        if not shown:
            self._explain_nothing(filtered=bool(total))

    def _count(self, shown: int, total: int) -> None:
        """How many of how many, and what waits for somebody."""
        waiting = sum(row.waiting for row in self.decided.values())
        count = f"{shown:,} of {total:,}" if shown != total else f"{total:,}" if total else ""
        wait = Content.styled(f"▲ {waiting:,} wait", "$warning") if waiting else ""
        self.tabs.show(self.tabs.current, joined((Content.styled(count, "$quiet") if count else "", wait), "  "))

    def _explain_nothing(self, *, filtered: bool) -> None:
        empty = self.query_one(Empty)
        if filtered:
            empty.say("Nothing has these words", "esc takes the filter away.")
        elif self.on_claims:
            empty.say(
                "No hypotheses yet",
                "A hypothesis is a claim that can turn out false, with the smallest effect worth having. It gathers "
                "sentences of papers, experiments and their verdicts, for and against; papers are ranked by it.",
                "",
                "n    write the first one: a statement is enough to begin",
                "",
                'In a shell: labtop hypothesis add "…"',
            )
        else:
            empty.say(
                "No decisions yet",
                "Decision memos with every number traced to its row, requests that wait for somebody's yes, and "
                "incidents with what they affect.",
                "",
                "n    begin a memo, an incident or a request",
                "D    on a hypothesis drafts a memo from its record",
            )

    @on(VirtualTable.RowsNeeded)
    def _rows_needed(self, event: VirtualTable.RowsNeeded) -> None:
        self.claims.fill(self.hypotheses[id_] for id_ in event.ids if id_ in self.hypotheses)
        self.decisions.fill(self.decided[id_] for id_ in event.ids if id_ in self.decided)

    @on(VirtualTable.Moved)
    def _moved(self) -> None:
        self._read_detail(delay=DETAIL_DELAY)
        if not self.on_claims:
            self.refresh_bindings()

    @work(group="detail", exclusive=True, exit_on_error=False, description="what is under the cursor")
    async def _read_detail(self, *, again: bool = False, delay: float = 0) -> None:
        await asyncio.sleep(delay)
        id_, today = self.table.cursor_id, self.ctx.clock.today()
        detail = self.query_one(Detail)
        try:
            if id_ is None:
                detail.clear()
            elif self.on_claims:
                found = await self.ctx.read(hypothesis, id_)
                text = partial(hypothesis_content, found, today)
                detail.show(lambda width: text(width=width), restart=not again)
            elif id_ in self.decided:
                await self._show_decision(self.decided[id_], restart=not again)
        except NotFound:
            return  # taken back meanwhile; the list follows with the next change

    async def _show_decision(self, row: DecisionRow, *, restart: bool) -> None:
        today, detail = self.ctx.clock.today(), self.query_one(Detail)
        if row.what == "memo":
            memo = await self.ctx.read(decision_queries.memo, row.number)
            parts = await self.ctx.compute(blocks_of, memo.markdown)
            detail.show(lambda width: memo_content(memo, parts, today, width=width), restart=restart)
        elif row.what == "incident":
            incident, _ = await self.ctx.read(incident_queries.incident, row.number)
            page = await self.ctx.read(incident_queries.postmortem, row.number)
            parts = await self.ctx.compute(blocks_of, page)
            detail.show(lambda width: incident_content(incident, parts, width=width), restart=restart)
        else:
            asked = await self.ctx.read(approval, row.number)
            detail.show(lambda width: approval_content(asked, today, width=width), restart=restart)

    # Tabs and filter.

    def action_tab(self, step: int) -> None:
        """The next tab or the one before."""
        self.action_to_tab(self.tabs.stepped(step))

    def action_to_tab(self, name: str) -> None:
        """Go to a tab. What is typed meanwhile is for it, not for the list that still has the focus."""
        self.app.hold_keys()
        self.tabs.show(name)
        self.set_class(not self.on_claims, "-decisions")
        self.remove_class("-detail")
        self.show_list()
        if not self.field.has_focus:
            self.table.focus()
        self._read_detail()
        self.refresh_bindings()
        self.call_after_refresh(self.app.release_keys)

    @on(Input.Changed, "#filter")
    def _typed(self) -> None:
        self.show_list(restart=True)
        self.refresh_bindings()

    @on(Input.Submitted, "#filter")
    def _entered(self) -> None:
        self.table.focus()

    def action_search(self) -> None:
        """To the filter, at once: the next key is its first letter."""
        self.set_focus(self.field)

    def action_to_list(self) -> None:
        """From the filter into the list."""
        self.table.focus()

    def action_back(self) -> None:
        """Filter → list; then the filter is taken away."""
        if self.field.has_focus:
            self.table.focus()
        elif self.table.marks:
            self.table.mark_none()
        else:
            self.field.value = ""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Each tab has its own."""
        if action in ("search", "to_list"):
            return self.field.has_focus == (action == "to_list")
        if action == "back":
            return self.field.has_focus or bool(self.table.marks or self.field.value)
        if action in _ON_ONE and self.table.cursor_id is None:
            return False
        if action in _ON_CLAIMS:
            return self.on_claims
        if action in _ON_DECISIONS:
            return not self.on_claims and self.applies(action)
        return super().check_action(action, parameters)

    # What both tabs have.

    @changes
    @opens_dialog
    def action_new(self) -> None:
        """A new hypothesis, or a new decision."""
        self.new_hypothesis() if self.on_claims else self.new_decision()

    @changes
    @opens_dialog
    def action_edit(self) -> None:
        """Edit what is under the cursor."""
        self.edit_hypothesis() if self.on_claims else self.edit_decision()

    @changes
    @opens_dialog
    def action_edit_text(self) -> None:
        """Edit it as TOML in $EDITOR."""
        self.edit_hypothesis(as_text=True) if self.on_claims else self.edit_decision(as_text=True)

    @work(group="outside", exit_on_error=False, description="copy")
    async def action_copy(self) -> None:
        """All of it as text, into the clipboard."""
        id_ = self.table.cursor_id
        if id_ is None:
            return
        what, text = await (self.hypothesis_text(id_) if self.on_claims else self.decision_text(self.decided[id_]))
        self.app.copy_to_clipboard(text)
        self.notify(f"{what}, as text.", title="Copied", markup=False)

    def go_to(self, number: int) -> None:
        """Put the cursor on a hypothesis once the list holds it."""
        self._go("hypotheses", number)

    def go_to_line(self, id_: int) -> None:
        """Put the cursor on a line of the decisions once the list holds it."""
        self._go("decisions", id_)

    def _go(self, tab: str, id_: int) -> None:
        self.field.value = ""
        self.action_to_tab(tab)
        if not self.table.move_to_id(id_):
            self._wanted = (tab, id_)

    # Detail.

    @on(VirtualTable.Opened)
    def _opened(self) -> None:
        self.add_class("-detail")
        self.query_one(Detail).focus()

    def on_detail_left(self) -> None:
        """Back to the list."""
        self.remove_class("-detail")
        self.table.focus()

    def on_detail_stepped(self, event: Detail.Stepped) -> None:
        """On to another one, without leaving the detail."""
        self.table.action_move(event.step)


_ON_CLAIMS = frozenset({"move", "believe", "find_evidence", "evidence", "memo", "promote"})
_ON_DECISIONS = frozenset({"propose", "answer", "close_incident", "outside"})
_ON_ONE = _ON_CLAIMS | _ON_DECISIONS | {"edit", "edit_text", "copy"}


def claim_words(row: HypothesisRow) -> str:
    """What the filter looks at."""
    tags = " ".join(f"#{tag}" for tag in row.tags)
    return f"h-{row.id} {row.statement} {row.shown_state} {row.owner or ''} {row.horizon or ''} {tags}".lower()


def decision_words(row: DecisionRow) -> str:
    """What the filter looks at."""
    return f"{row.label} {row.what} {row.said} {row.title} {row.state} {row.about} {row.person} {row.waits}".lower()


def has_words(text: str, words: Sequence[str]) -> bool:
    """Whether all of them stand in it."""
    return all(word in text for word in words)
