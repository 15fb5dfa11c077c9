"""What is under the cursor as a document: in the pager, in the clipboard; and its paper in the Library."""

import tempfile
from pathlib import Path

from textual import work

from planner.club.documents import agenda_page, minutes_page, prep_page
from planner.club.prep import prep
from tui.lending import page_text
from tui.screens.club_people import People


class Pages(People):
    """Agenda or minutes of a session, the prep pack of a proposal."""

    async def _page(self) -> tuple[str, str]:
        """(what it is, Markdown) of what is under the cursor."""
        if (found := self.session) is not None:
            if found.state == "held":
                return found.label, (await self.ctx.read(minutes_page, found.id))[1]
            return found.label, (await self.ctx.read(agenda_page, self.ctx.person, found.id))[1]
        if (proposed := self.proposal) is not None:
            pack = await self.ctx.read(prep, self.ctx.person, proposed.paper_id, proposed.id)
            return proposed.label, prep_page(pack)[1]
        return "", ""

    @work(group="outside", exit_on_error=False, description="open as text")
    async def action_outside(self) -> None:
        """Agenda or minutes as Markdown in the pager."""
        label, text = await self._page()
        if text:
            with tempfile.TemporaryDirectory(prefix="labtop-") as folder:
                path = Path(folder) / f"{label}.md"
                await self.ctx.compute(path.write_text, text, "utf-8")
                page_text(self.app, path)

    @work(group="outside", exit_on_error=False, description="copy")
    async def action_copy(self) -> None:
        """Agenda or minutes as Markdown, into the clipboard."""
        label, text = await self._page()
        if text:
            self.app.copy_to_clipboard(text)
            self.notify(f"{label}, as Markdown.", title="Copied", markup=False)

    def action_library(self) -> None:
        """Its paper in the Library."""
        found, proposed = self.session, self.proposal
        paper = proposed.paper_id if proposed else found.slots[0].paper_id if found and found.slots else None
        if paper is not None:
            self.app.open_paper(paper)
