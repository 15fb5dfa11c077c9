"""What one writes while reading, from any list of papers: critiques, quotes; and what another version changed."""

from typing import Any

from textual import work

from library.errors import NotFound
from library.papers import queries
from library.papers.model import Paper
from library.reading import critiques
from library.reading.changes import difference
from library.reading.drafts import critique_draft
from library.reading.template import CRITIQUE
from library.sentences.queries import sentences_of
from tui.actions import changes
from tui.safe import line
from tui.screens.base import opens_dialog
from tui.screens.services_actions import ServicesActions


class WritingActions(ServicesActions):
    """Acts on the paper under the cursor."""

    @changes
    @opens_dialog
    def action_critique(self) -> None:
        """Write one's critique, or change it."""
        self._criticise(as_text=False)

    @changes
    @opens_dialog
    def action_critique_text(self) -> None:
        """The same as TOML in $EDITOR."""
        self._criticise(as_text=True)

    @work(group="write", exit_on_error=False, description="write the critique")
    async def _criticise(self, *, as_text: bool) -> None:
        from tui.screens.form import FormScreen

        paper = await self._paper_here()
        if paper is None:
            self.app.release_keys()
            return
        person = self.ctx.person
        own = await self.ctx.read(critiques.own_critique, person, paper.id)

        async def keep(raw: dict[str, Any]) -> Any:
            return await self.ctx.write(critiques.write_critique, person, paper.id, raw)

        draft = critique_draft(self.ctx.workspace.paths, person, paper.key)
        about = f", on v{own.version}" if own is not None and own.version else ""
        title = f"{'Your critique' if own else 'A critique'}{about}: {paper.title or '(no title)'}"
        values = own.values if own is not None else None
        screen = FormScreen(CRITIQUE, title, keep, values=values, draft=draft, as_text=as_text)
        stored = await self.app.push_screen_wait(screen)
        if stored is not None:
            self.notify(line(stored.value[1].summary), markup=False, timeout=3)

    @changes
    @opens_dialog
    @work(group="write", exit_on_error=False, description="quote the paper")
    async def action_quote(self) -> None:
        """Take sentences down."""
        from tui.screens.quote import QuoteScreen

        paper = await self._paper_here()
        found = await self.ctx.read(sentences_of, paper.id, ("abstract", "body")) if paper is not None else ()
        if paper is None or not found:
            self.app.release_keys()
            if paper is not None:
                self.notify("Neither an abstract nor a full text is stored.", title="Nothing to quote", markup=False)
            return
        await self.app.push_screen_wait(QuoteScreen(paper.id, paper.title, found))

    @opens_dialog
    @work(group="ask", exit_on_error=False, description="what another version changed")
    async def action_changed(self) -> None:
        """What another version changed since one queued the paper or wrote about it, else since the one before."""
        from tui.screens.difference import DifferenceScreen

        paper = await self._paper_here()
        if paper is None:
            self.app.release_keys()
            return
        try:
            found = await self.ctx.read(difference, self.ctx.person, paper.id)
        except NotFound as error:
            self.app.release_keys()
            self.notify(error.mend, title=error.message, markup=False)
            return
        own = await self.ctx.read(critiques.own_critique, self.ctx.person, paper.id)
        stale = own is not None and own.stale
        await self.app.push_screen_wait(DifferenceScreen(paper.id, paper.title, found, critique_is_stale=stale))

    async def _paper_here(self) -> Paper | None:
        if self.table.cursor_id is None:
            return None
        return await self.ctx.read(queries.paper, self.table.cursor_id, self.ctx.person)
