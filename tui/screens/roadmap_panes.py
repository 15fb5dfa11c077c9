"""What the Roadmap's tabs show: the quarter, the board, the timeline and every experiment."""

import asyncio
from array import array
from collections.abc import Collection
from dataclasses import replace
from datetime import date
from typing import Any, Final, cast

from textual import on, work
from textual.content import Content
from textual.widgets import Input

from library.db.changes import Change
from library.errors import NotFound
from library.quarter import Quarter
from planner.experiments.model import STATES, ExperimentRow, State
from planner.experiments.queries import ExperimentDetail, experiment, experiments
from planner.prioritisation.robustness import Robustness
from planner.roadmap import plans, queries
from planner.roadmap.around import Around, around
from planner.roadmap.budgets import QuarterBudget
from planner.roadmap.candidates import OVER, candidates
from planner.roadmap.inputs import prices_of
from planner.roadmap.planning import with_shares
from planner.roadmap.queries import Card, RoadmapRows
from planner.roadmap.scoring import Scored, ranked, score_of, stored_scores
from planner.roadmap.timeline import Timeline
from planner.transfer.model import TransferDetail
from planner.transfer.queries import transfer
from tui.screens.roadmap_planning import PlanningActions
from tui.screens.under_cursor import DETAIL_DELAY
from tui.widgets import experiment_row
from tui.widgets.board import Board
from tui.widgets.detail import Detail
from tui.widgets.empty import Empty
from tui.widgets.one_line import OneLine
from tui.widgets.roadmap_heads import board_head, experiments_head, list_head, quarter_head, timeline_head
from tui.widgets.roadmap_row import RoadmapRow, card_words, rows_of
from tui.widgets.roadmap_text import Standing, experiment_content, place_content
from tui.widgets.tab_strip import TabStrip
from tui.widgets.timeline_table import TimelineTable
from tui.widgets.virtual_table import VirtualTable

TABS: Final = ("list", "board", "timeline", "experiments")


class RoadmapPanes(PlanningActions):
    """The half of the Roadmap that reads."""

    def __init__(self) -> None:
        super().__init__()
        self.quarter: Quarter | None = None
        self.rows: RoadmapRows | None = None
        self.budget: QuarterBudget | None = None
        self.line: Timeline | None = None
        self.scored: dict[int, Scored] = {}
        self.list_rows: dict[int, RoadmapRow] = {}
        self.experiments: dict[int, ExperimentRow] = {}
        self._drawn: dict[int, Robustness] = {}  # by plan: the draws so far, until they are stored with it
        self._stale = set(TABS)
        self._wanted: int | None = None  # an experiment to go to once the list holds it

    # What is shown.

    @property
    def tab(self) -> str:
        """The tab that is shown."""
        return self.query_one(TabStrip).current

    @property
    def board(self) -> Board:
        """The cards."""
        return self.query_one(Board)

    @property
    def planned(self) -> "VirtualTable[RoadmapRow]":
        """The quarter's plan."""
        return cast("VirtualTable[RoadmapRow]", self.query_one("#rm-list", VirtualTable))

    @property
    def timeline(self) -> TimelineTable:
        """The quarter's days."""
        return self.query_one(TimelineTable)

    @property
    def all(self) -> "VirtualTable[ExperimentRow]":
        """Every experiment."""
        return cast("VirtualTable[ExperimentRow]", self.query_one("#rm-experiments", VirtualTable))

    @property
    def pane(self) -> "VirtualTable[Any] | Board":
        """What the shown tab consists of."""
        panes: dict[str, VirtualTable[Any] | Board] = {
            "list": self.planned,
            "board": self.board,
            "timeline": self.timeline,
            "experiments": self.all,
        }
        return panes[self.tab]

    @property
    def field(self) -> Input:
        """The filter."""
        return self.query_one("#rm-filter", Input)

    @property
    def card(self) -> Card | None:
        """The experiment under the cursor."""
        number = self.pane.cursor_id
        return None if number is None or self.rows is None else self.rows.cards.get(number)

    @property
    def chosen(self) -> tuple[int, ...]:
        """What is marked, else what is under the cursor."""
        pane = self.pane
        if isinstance(pane, VirtualTable):
            return pane.chosen
        return () if pane.cursor_id is None else (pane.cursor_id,)

    # Reading.

    async def load(self, changes: tuple[Change, ...]) -> None:
        """The quarter, then what the shown tab needs beyond it."""
        if changes and not any(_is_ours(change) for change in changes):
            return
        if self.quarter is None:
            month = self.ctx.workspace.settings.programme.fiscal_month
            self.quarter = await self.ctx.read(plans.looked_at_first, self.ctx.clock.today(), month)
        self._stale = set(TABS)
        await self.read_quarter()
        await self.read_tab()
        self.read_detail(again=bool(changes))
        self._rank()

    async def read_quarter(self) -> None:
        """The plan and its budget."""
        quarter, settings = self.quarter, self.ctx.workspace.settings.programme
        if quarter is None:
            return
        self.rows = self._with_draws(await self.ctx.read(queries.roadmap_rows, settings, quarter))
        self.budget = await self.ctx.read(queries.budget, settings, quarter, self.ctx.clock.today())

    def _with_draws(self, rows: RoadmapRows) -> RoadmapRows:
        """What was read, with draws that are not stored yet."""
        plan = rows.plan
        if plan is None or plan.id not in self._drawn or plan.details.get("robustness"):
            return rows
        return replace(rows, plan=with_shares(plan, self._drawn[plan.id]))

    async def read_tab(self) -> None:
        """What the shown tab shows, read where it is not here yet."""
        tab, settings, today = self.tab, self.ctx.workspace.settings.programme, self.ctx.clock.today()
        if tab in self._stale and tab == "timeline" and self.quarter is not None:
            self.line = await self.ctx.read(queries.timeline, settings, self.quarter, today)
        if tab in self._stale and tab == "experiments":
            stale_days = settings.stale_baseline_days
            found = await self.ctx.read(experiments, today=today, stale_days=stale_days)
            self.experiments = {row.id: row for row in found}
        self._stale.discard(tab)
        self.show_tab()

    @work(group="rank", exclusive=True, exit_on_error=False, description="rank the experiments")
    async def _rank(self) -> None:
        """What experiments are worth today, beside what they were planned with. At first that takes a moment."""
        prices = prices_of(self.ctx.workspace.settings.programme)
        everything = await self.ctx.read(candidates)
        stored = await self.ctx.read(stored_scores)
        open_ones = [one for one in everything if one.state not in OVER]
        scored = await self.ctx.compute(ranked, open_ones, prices, stored)
        self.scored = {one.candidate.number: one for one in scored}
        self._make_list()
        if self.tab == "list":
            self.show_tab()
        self.read_detail(again=True)

    def show_shares(self, roadmap: int, found: Robustness) -> None:
        """The draws so far, in the rows of the plan that they are of."""
        self._drawn = {roadmap: found}
        rows = self.rows
        if rows is not None and rows.plan is not None and rows.plan.id == roadmap and self.is_attached:
            self.rows = replace(rows, plan=with_shares(rows.plan, found))
            self._make_list()
            self.planned.fill(self.list_rows[number] for number in self.planned.ids if number in self.list_rows)
            if self.tab == "list":
                self.read_detail(again=True)

    # Showing.

    def show_tab(self, *, restart: bool = False) -> None:
        """The shown tab, with what the filter lets through."""
        rows, words = self.rows, self.field.value.lower().split()
        if rows is None:
            return
        self._make_list()
        tab = self.tab
        if tab == "list":
            ids = [number for number, row in self.list_rows.items() if _has(row.words, words)]
            self.planned.show(array("q", ids), restart=restart)
            self.planned.fill(self.list_rows[number] for number in ids)
        elif tab == "board":
            ids = self._with_words(words)
            by_state: dict[State, tuple[Card, ...]] = {
                state: tuple(rows.cards[number] for number in ids if rows.cards[number].state == state)
                for state in STATES
            }
            self.board.show(by_state)
        elif tab == "timeline" and self.line is not None:
            wanted = frozenset(self._with_words(words)) if words else None
            ids = [bar.experiment for bar in self.line.bars if wanted is None or bar.experiment in wanted]
            self.timeline.show_line(self.line, wanted)
        else:
            ids = [number for number, row in self.experiments.items() if _has(experiment_row.words(row), words)]
            self.all.show(array("q", ids), restart=restart)
            self.all.fill(self.experiments[number] for number in ids)
        if self._wanted is not None and self.pane.move_to_id(self._wanted):
            self._wanted = None
        self.set_class(not ids, "-empty")
        if not ids:
            self.query_one("#rm-detail", Detail).clear()
            self._explain_nothing(filtered=bool(words))
        self._show_heads(ids)

    def _with_words(self, words: list[str]) -> list[int]:
        cards = self.rows.cards if self.rows is not None else {}
        return [number for number, card in cards.items() if _has(card_words(card), words)]

    def _make_list(self) -> None:
        if self.rows is not None:
            self.list_rows = {row.id: row for row in rows_of(self.rows, self.scored)}

    def _show_heads(self, ids: Collection[int]) -> None:
        rows, tab, budget, line = self.rows, self.tab, self.budget, self.line
        strip = self.query_one(TabStrip)
        if rows is None or budget is None:
            return
        strip.show(tab, quarter_head(rows))
        head = self.query_one(OneLine)
        if tab == "list":
            head.show(lambda width: list_head(rows, budget, width))
        elif tab == "board":
            board = self.board
            head.show(lambda width: board_head(board.cards, board.shown, board.column, width))
        elif tab == "timeline" and line is not None:
            head.show(lambda width: timeline_head(line, width))
        elif tab == "experiments":
            found = tuple(self.experiments[number] for number in ids if number in self.experiments)
            head.show(lambda width: experiments_head(found, width))
        else:
            head.show(lambda _: Content(""))

    def _explain_nothing(self, *, filtered: bool) -> None:
        empty, rows = self.query_one(Empty), self.rows
        if filtered:
            empty.say("Nothing has these words", "esc takes the filter away.")
        elif rows is not None and not rows.cards:
            empty.say(
                "No experiments yet",
                "An experiment compares a treatment with a baseline, by a rule that is fixed before results come in.",
                "What its result is worth against what it costs decides whether the quarter takes it.",
                "",
                "n    write the first one: a title is enough to begin",
                "",
                'In a shell: labtop experiment add "…" --set hypothesis_id=H-1 --set gpu_hours=40',
            )
        elif rows is not None and rows.plan is None:
            empty.say(
                f"{rows.quarter} has no plan yet",
                "P plans it: it asks for GPU-hours and people-days, and finds the best set of experiments in them.",
                "",
                "[ and ] go to other quarters.",
            )
        elif self.tab == "list":
            empty.say(f"No experiment is open in {rows.quarter if rows else 'this quarter'}", "n writes a new one.")
        else:
            empty.say("Nothing is in the plan", "P plans the quarter again.")

    # Rows and detail.

    @on(VirtualTable.RowsNeeded)
    def _rows_needed(self, event: VirtualTable.RowsNeeded) -> None:
        """Rows are given with the list; only what was forgotten since is asked for."""
        self.planned.fill(self.list_rows[number] for number in event.ids if number in self.list_rows)
        self.all.fill(self.experiments[number] for number in event.ids if number in self.experiments)

    @on(VirtualTable.Moved)
    @on(Board.Moved)
    def _moved(self) -> None:
        if self.tab == "board":
            self.query_one(OneLine).refresh()
        self.read_detail(delay=DETAIL_DELAY)

    @work(group="detail", exclusive=True, exit_on_error=False, description="the experiment under the cursor")
    async def read_detail(self, *, again: bool = False, delay: float = 0) -> None:
        """Show it; `again` keeps the place where one was reading."""
        await asyncio.sleep(delay)
        number, today = self.pane.cursor_id, self.ctx.clock.today()
        detail = self.query_one("#rm-detail", Detail)
        if number is None:
            detail.clear()
            return
        settings = self.ctx.workspace.settings.programme
        try:
            found, near, stages = await self.ctx.read(_read, number, today, settings.stale_baseline_days)
        except NotFound:
            return  # taken back meanwhile; the list follows with the next change
        score = await self.ctx.compute(score_of, near.candidate, prices_of(settings), near.stored)
        one = Standing(found, near, score, stages, self.list_rows.get(number), str(self.quarter))
        content = experiment_content if self.tab == "experiments" else place_content
        detail.show(lambda width: content(one, today, width=width), restart=not again)


def _is_ours(change: Change) -> bool:
    """Whether it may be of the programme; what others wrote comes as rows of which nobody knows what they are of."""
    return change.topic == "programme" or (change.topic == "rows" and not change.ids)


def _has(text: str, words: Collection[str]) -> bool:
    return all(word in text for word in words)


def _read(db: Any, number: int, today: date, stale_days: int) -> tuple[ExperimentDetail, Around, TransferDetail | None]:
    """All that the detail shows, at one moment."""
    found = experiment(db, number, today=today, stale_days=stale_days)
    stages = None
    if found.row.kind == "transfer-ready" and found.row.state != "dropped":
        stages = transfer(db, number)
    return found, around(db, number), stages
