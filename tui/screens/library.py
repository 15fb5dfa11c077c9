"""The Library: every paper, searched as one types, with the detail of what is under the cursor."""

import asyncio
from array import array
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal, Vertical
from textual.widgets import Input, Static

from library.db.changes import Change
from library.papers import listing
from library.papers.model import PaperRow
from tui import collector
from tui.actions import bindings
from tui.screens.library_actions import PaperActions
from tui.screens.library_search import SearchActions
from tui.searching import Searcher
from tui.status import Line
from tui.widgets.detail import Detail
from tui.widgets.empty import Empty
from tui.widgets.fields import Field
from tui.widgets.paper_row import cells, columns
from tui.widgets.table_lines import Cell, Sorting
from tui.widgets.virtual_table import VirtualTable

if TYPE_CHECKING:
    from library.search.run import SearchResult

HELP = """\
Every paper of this workspace. Type `/` and words; what is found shows at once, first by words, then also by meaning.

    late interaction         both words
    "late interaction"       the phrase
    author:santhanam         title: abstract: note: text: too
    category:cs.IR  tag:x    is:starred  is:noted  year:2026
    date:7d                  date:2026-01..2026-06
    ranking -recommendation  (a OR b) c
    ~"what it is about"      ranked by meaning alone
    like:2501.01234          papers near this one

Beside the field: how many have all the words, how many *partial*ly, and how many are only *near* in meaning.

`a` `s` `f` `z` decide, on what is marked with `space`, else on what is under the cursor. The same key takes it back.
"""


class LibraryScreen(SearchActions, PaperActions):
    """List, search field and detail."""

    SECTION = "library"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("library"), *bindings("papers")]
    HELP = HELP

    def __init__(self) -> None:
        super().__init__()
        self.all_ids: array[int] = array("q")
        self.result: SearchResult | None = None
        self.places: dict[int, int] = {}
        self.sorting = Sorting("day", descending=True)
        self._wanted: int | None = None  # a paper to go to once the list is here

    def compose_body(self) -> ComposeResult:
        """A search line, then list and detail."""
        with Horizontal(id="search"):
            yield Static("/", id="prompt", markup=False)
            yield Field(placeholder='words, "a phrase", author:name, category:cs.IR, date:7d', id="query", compact=True)
            yield Static("", id="hits", markup=False)
        yield Static("", id="problem", markup=False)
        with Horizontal(id="library"):
            with Vertical(id="list"):
                table: VirtualTable[PaperRow] = VirtualTable(columns(ranked=False), self._cells, widget_id="papers")
                table.sorting = self.sorting
                yield table
                yield Empty(id="empty")
            yield Detail(widget_id="detail")

    def on_mount(self) -> None:
        """The search side needs the context, which the app has by now."""
        super().on_mount()
        self.searcher = Searcher(self.ctx)

    @property
    def table(self) -> "VirtualTable[PaperRow]":
        """The list."""
        return cast("VirtualTable[PaperRow]", self.query_one("#papers", VirtualTable))

    @property
    def field(self) -> Input:
        """The search field."""
        return self.query_one("#query", Input)

    # Reading.

    async def load(self, changes: tuple[Change, ...]) -> None:
        """The whole list at first and when papers come or go; else only the rows that changed."""
        first = not changes
        if first or any(change.topic == "papers" and not change.ids for change in changes):
            self.all_ids = await self.ctx.read(listing.ids_sorted, "day", descending=True)
            if self.result is None:
                await self.show_all()
            else:
                self.search_again()
        if first:
            self.call_after_refresh(self._warm)
            return
        if any(change.topic == "vectors" for change in changes) and not self.searcher.ready:
            self._warm()
        touched = [change for change in changes if change.topic in ("papers", "rows")]
        if touched:
            known = all(change.ids for change in touched)
            self.table.forget({i for change in touched for i in change.ids} if known else ())
        linked = any(change.topic == "programme" for change in changes)  # its sentences may be evidence now
        if (touched or linked) and self.table.cursor_id is not None:
            self.read_detail(self.table.cursor_id, again=True)

    async def show_all(self, *, restart: bool = False) -> None:
        """Every paper, in the order that is chosen."""
        self.result, self.places = None, {}
        if self.sorting.key in ("rank", "day"):
            self.sorting = Sorting("day", self.sorting.key == "rank" or self.sorting.descending)
        ids = self.all_ids
        if self.sorting != Sorting("day", True):
            ids = await self.ctx.read(listing.ids_sorted, self.sorting.key, descending=self.sorting.descending)
        self.show_list(ids, ranked=False, restart=restart)
        self.say_hits(f"{len(ids):,} papers" if len(ids) != 1 else "1 paper")
        if not ids:
            self._explain_nothing()

    def show_list(self, ids: "array[int]", *, ranked: bool, restart: bool) -> None:
        """Put ids on the screen."""
        table = self.table
        table.set_columns(columns(ranked=ranked), self.sorting)
        self.set_class(not ids, "-empty")
        table.show(ids, restart=restart)
        if self._wanted is not None and table.move_to_id(self._wanted):
            self._wanted = None
        if not ids:
            self.query_one(Detail).clear()

    def show_paper(self, paper_id: int) -> None:
        """Go to a paper, dropping a search that does not hold it."""
        self._wanted = paper_id
        if self._loaded and self.table.move_to_id(paper_id):
            self._wanted = None
        elif self._loaded:
            self.field.value = ""
        self.open_detail()

    def _explain_nothing(self) -> None:
        self.query_one(Empty).say(
            "No papers yet",
            "The Library holds every paper that you brought in: from arXiv, from your BibTeX, or by hand.",
            "",
            "labtop sync                 the latest of your arXiv categories",
            "labtop import FILE…         BibTeX, RIS, CSL-JSON, arXiv dumps, Atom, OAI-PMH",
            "labtop add 2501.01234       one paper, by arXiv id, DOI, address or file",
            "labtop demo                 a sample workspace to look around in",
        )

    @on(VirtualTable.Moved)
    def _near_the_end(self) -> None:
        self.maybe_more()

    def found(self, id_: int) -> str:
        """Both ranks of a hit, as far as both sides were asked."""
        if self.result is None or id_ not in self.places:
            return ""
        place = self.places[id_]
        hit = self.result.hits[place - 1]
        parts = []
        if self.result.mode != "semantic":
            parts.append(f"words {hit.keyword_rank or '–'}")
        if self.result.question:
            parts.append(f"meaning {hit.semantic_rank or '–'}")
        return f"#{place}: {' · '.join(parts)}" if hit.keyword_rank or hit.semantic_rank else f"#{place}"

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Into the field where one is not in it, out of it where one is."""
        if action in ("search", "to_list"):
            return self.field.has_focus == (action == "to_list")
        if action == "back":
            return self.field.has_focus or bool(self.table.marks or self.field.value)
        return super().check_action(action, parameters)

    def _cells(self, row: PaperRow) -> Sequence[Cell]:
        return cells(row, self.ctx.clock.today(), self.places if self.result is not None else None)

    @on(VirtualTable.Marked)
    def _marked(self) -> None:
        self.refresh_bindings()
        self.say_marks(len(self.table.marks))

    # Detail.

    @on(VirtualTable.Opened)
    def _opened(self) -> None:
        self.open_detail()

    def open_detail(self) -> None:
        """To the detail: beside the list, or over it where the terminal is narrow."""
        self.add_class("-detail")
        self.query_one(Detail).focus()

    @work(group="warm", exclusive=True, exit_on_error=False, description="open the model and the vectors")
    async def _warm(self) -> None:
        await asyncio.sleep(0.05)  # after the first paint
        await self.searcher.warm()
        collector.settle()  # the model and the vectors stay, too
        missing = f"search by words only: {self.searcher.reason}"
        self.app.status_with(search=None if self.searcher.ready else Line(missing, "stale"))
        if self.searcher.ready and self.result is not None:
            self.search_again(restart=self.table.cursor == 0)  # who has not moved yet sees the best first
