"""A list of papers, and beside it the detail of the one under the cursor, always live."""

import asyncio
from abc import abstractmethod
from collections.abc import Sequence
from functools import partial

from textual import on, work

from library.errors import NotFound
from library.papers import queries
from library.papers.model import PaperRow
from library.reading.page import written
from planner.hypotheses.balance import evidence_on_paper
from tui.screens.base import SectionScreen
from tui.widgets.detail import Detail
from tui.widgets.paper_text import paper_content
from tui.widgets.virtual_table import VirtualTable

DETAIL_DELAY = 0.08  # seconds: keys in quick succession run down the list without painting each paper on the way


class PapersScreen(SectionScreen):
    """Fills a VirtualTable of papers and a Detail."""

    @property
    @abstractmethod
    def table(self) -> "VirtualTable[PaperRow]":
        """The list."""

    @property
    def marked_words(self) -> Sequence[str]:
        """Words for the detail to mark."""
        return ()

    def found(self, id_: int) -> str:
        """Where a search put a paper; empty without one."""
        return ""

    @on(VirtualTable.RowsNeeded)
    def _rows_needed(self, event: VirtualTable.RowsNeeded) -> None:
        self._read_rows(event.ids)

    @work(group="rows", exclusive=True, exit_on_error=False, description="rows on the screen")
    async def _read_rows(self, ids: tuple[int, ...]) -> None:
        self.table.fill(await self.ctx.read(queries.rows, ids, self.ctx.person))

    @on(VirtualTable.Moved)
    def _moved(self, event: VirtualTable.Moved) -> None:
        if event.id is None:
            self.query_one(Detail).clear()
        else:
            self.read_detail(event.id, delay=DETAIL_DELAY)

    @work(group="detail", exclusive=True, exit_on_error=False, description="the paper under the cursor")
    async def read_detail(self, id_: int, *, again: bool = False, delay: float = 0) -> None:
        """Show a paper in the detail; `again` keeps the place where one was reading."""
        await asyncio.sleep(delay)
        try:
            paper = await self.ctx.read(queries.paper, id_, self.ctx.person)
            linked = await self.ctx.read(evidence_on_paper, id_)
            beside = await self.ctx.read(written, self.ctx.person, id_)
        except NotFound:
            return  # purged meanwhile; the list follows with the next change
        today, found, words = self.ctx.clock.today(), self.found(id_), self.marked_words
        text = partial(paper_content, paper, today, found=found, words=words, linked=linked, written=beside)
        self.query_one(Detail).show(lambda width: text(width=width), restart=not again)

    def on_detail_left(self) -> None:
        """Back to the list."""
        self.remove_class("-detail")
        self.table.focus()

    def on_detail_stepped(self, event: Detail.Stepped) -> None:
        """On to another paper, without leaving the detail."""
        self.table.action_move(event.step)
