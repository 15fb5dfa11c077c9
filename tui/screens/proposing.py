"""Proposing a paper for the club, from any list of papers and from the club's own room."""

from textual import work

from library.club import proposals
from library.club.guard import AlreadyDiscussed
from library.db.changes import Change
from library.errors import UsageError
from tui.actions import changes
from tui.safe import line
from tui.screens.base import SectionScreen, opens_dialog
from tui.screens.prompt import Ask
from tui.screens.sure import Sure
from tui.screens.under_cursor import PapersScreen


class Proposer(SectionScreen):
    """Asks why, and whether a paper that was discussed is meant to be discussed again."""

    async def propose_paper(self, paper_id: int, title: str) -> Change | None:
        """Propose it; None where it was not, after all. In a worker."""
        there = await self.ctx.read(proposals.pending, paper_id)
        if there is not None:
            self.app.release_keys()
            await self._vote_instead(there.id, there.label, there.proposed_by)
            return None
        why = await self.app.push_screen_wait(
            Ask(f"Propose “{line(title)}” because", hint="why the others should read it; empty: no reason", empty=True)
        )
        if why is None:
            return None
        try:
            _, change = await self.ctx.write(proposals.propose, self.ctx.person, paper_id, why)
        except AlreadyDiscussed as error:
            if not await self.app.push_screen_wait(Sure("Discuss it again?", error.message)):
                return None
            _, change = await self.ctx.write(proposals.propose, self.ctx.person, paper_id, why, again=True)
        self.notify(line(change.summary), markup=False, timeout=4)
        return change

    async def _vote_instead(self, number: int, label: str, person: str) -> None:
        try:
            change = await self.ctx.write(proposals.vote, self.ctx.person, number)
        except UsageError as error:
            self.notify(line(error.message), markup=False)
            return
        said = "You voted for it." if change.journal_id else "You have voted for it already."
        self.notify(said, title=f"{line(person)} proposed it already ({label})", markup=False)


class Proposing(PapersScreen, Proposer):
    """Acts on the paper under the cursor."""

    @changes
    @opens_dialog
    @work(group="write", exit_on_error=False, description="propose for the club")
    async def action_propose(self) -> None:
        """Propose the paper for the club; where somebody did, vote for it."""
        row = self.table.row(self.table.cursor_id) if self.table.cursor_id is not None else None
        if row is None:
            self.app.release_keys()
            return
        await self.propose_paper(row.id, row.title)
