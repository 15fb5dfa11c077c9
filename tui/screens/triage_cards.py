"""The paper under the cursor, and those that come next: read ahead, so that a decision need not wait for a card."""

import asyncio
from functools import partial
from typing import Any

from textual import on, work

from library.errors import NotFound
from library.papers import queries
from library.ranking import stored
from planner.hypotheses.balance import evidence_on_paper
from tui.screens.triage_actions import TriageActions
from tui.screens.under_cursor import DETAIL_DELAY
from tui.widgets.detail import Detail
from tui.widgets.triage_text import Card, card_content
from tui.widgets.virtual_table import VirtualTable

_READY = 24  # cards kept at hand
_AHEAD = 3  # cards read before one gets there


class TriageCards(TriageActions):
    """Fills the detail."""

    def __init__(self) -> None:
        super().__init__()
        self._cards: dict[int, Card] = {}

    @on(VirtualTable.Moved)
    def _moved(self, event: VirtualTable.Moved) -> None:
        event.prevent_default()  # not the plain paper that other lists show
        if event.id is None:
            self.query_one(Detail).clear()
        elif event.id in self._cards:
            self._show_card(event.id, again=False)
            self._read_ahead()
        elif event.id > 0:
            self.read_detail(event.id, delay=DETAIL_DELAY)

    @work(group="detail", exclusive=True, exit_on_error=False, description="the paper under the cursor")
    async def read_detail(self, id_: int, *, again: bool = False, delay: float = 0) -> None:
        """Show a paper in the detail; `again` keeps the place where one was reading."""
        await asyncio.sleep(delay)
        try:
            card = await self.ctx.read(_card, id_, self.ctx.person)
        except NotFound:
            return  # purged meanwhile; the list follows with the next change
        same = again and card == self._cards.get(id_)
        self._keep(card)
        if not same:
            self._show_card(id_, again=again)
        self._read_ahead()

    def look_at_card_again(self) -> None:
        """Something changed, perhaps of these papers: read the card under the cursor anew, and those that come next."""
        here = self.table.cursor_id
        if here is not None:
            self._cards = {here: self._cards[here]} if here in self._cards else {}
            self.read_detail(here, again=True)

    @work(group="ahead", exclusive=True, exit_on_error=False, description="the next papers")
    async def _read_ahead(self) -> None:
        """The cards that come next, so that a decision need not wait for them."""
        table = self.table
        coming = [i for i in table.ids[table.cursor + 1 : table.cursor + 12] if i > 0 and i not in self._cards]
        undecided = [i for i in coming if i in self.items and self.items[i].decision is None]
        for paper_id in undecided[:_AHEAD]:
            try:
                self._keep(await self.ctx.read(_card, paper_id, self.ctx.person))
            except NotFound:
                continue

    def _keep(self, card: Card) -> None:
        self._cards[card.paper.id] = card
        while len(self._cards) > _READY:
            self._cards.pop(next(iter(self._cards)))

    def _show_card(self, id_: int, *, again: bool) -> None:
        card = self._cards.get(id_)
        if card is None or self.table.cursor_id != id_:
            return
        text = partial(card_content, card, self.items.get(id_), self.ctx.clock.today())
        self.query_one(Detail).show(lambda width: text(width=width), restart=not again)


def _card(db: Any, paper_id: int, person: str) -> Card:
    paper = queries.paper(db, paper_id, person)
    return Card(paper, evidence_on_paper(db, paper_id), stored.why(db, person, paper_id))
