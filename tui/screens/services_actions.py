"""What other services say, from any list of papers: ask them, and answer the DOI that they propose."""

from textual import work

from library.enrichment import proposals as answers
from library.enrichment.model import TITLES
from library.enrichment.stored import proposals
from library.enrichment.words import proposal_line
from tui.actions import changes
from tui.safe import line
from tui.screens.base import opens_dialog
from tui.screens.fulltext_actions import FulltextActions
from tui.screens.prompt import Ask, Choice
from tui.services import any_on


class ServicesActions(FulltextActions):
    """Acts on what is marked, else on what is under the cursor."""

    @changes
    def action_enrich(self) -> None:
        """Ask the services that the person lets labtop ask."""
        if not self.table.chosen:
            return
        if any_on(self.ctx.workspace):
            self.app.services.ask(self.table.chosen)
        elif self.ctx.workspace.demo:
            self.notify("This is the sample workspace: nobody is asked about it.", markup=False)
        else:
            mend = "Such as: labtop settings enrichment.semantic_scholar true. Only ids of papers are sent."
            self.notify(mend, title="No other service may be asked", markup=False)

    @changes
    @opens_dialog
    @work(group="ask", exit_on_error=False, description="published DOI")
    async def action_published(self) -> None:
        """Accept or refuse the DOI that is proposed for the paper under the cursor."""
        paper_id = self.table.cursor_id
        found = await self.ctx.read(proposals, (paper_id,)) if paper_id is not None else ()
        if not found:
            self.app.release_keys()
            self.notify("No published DOI is proposed for this paper.", markup=False)
            return
        choices = []
        for each in found:
            here = f"; here as {each.here}" if each.here else ""
            note = f"says {TITLES[each.source]}, {each.proposed_at[:10]}{here}"
            choices.append(Choice(f"accept {each.id}", f"Accept {proposal_line(each)}", note))
            choices.append(Choice(f"refuse {each.id}", f"Refuse {each.doi}", "it is another work"))
        answer = await self.app.push_screen_wait(Ask(f"Published as? {found[0].title}", choices, free=False))
        if answer is None:
            return
        what, _, number = answer.partition(" ")
        command = answers.accept if what == "accept" else answers.refuse
        change = await self.ctx.write(command, self.ctx.person, int(number))
        self.notify(line(change.summary), markup=False)
