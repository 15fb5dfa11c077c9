"""Full texts from any list of papers: one key fetches what is missing, or asks what to do with what is there."""

from dataclasses import replace
from pathlib import Path

from textual import work

from library.papers import queries
from library.papers.identity import arxiv_id
from library.papers.model import Paper
from library.text import counted
from tui.actions import changes
from tui.fulltexts import Wanted
from tui.safe import line
from tui.screens.base import opens_dialog
from tui.screens.export_actions import ExportActions
from tui.screens.prompt import Ask, Choice


class FulltextActions(ExportActions):
    """Acts on what is marked, else on what is under the cursor."""

    @changes
    @opens_dialog
    @work(group="ask", exit_on_error=False, description="full text")
    async def action_fulltext(self) -> None:
        """Fetch the full text; where it is there, ask what to do with it."""
        ids = self.table.chosen
        papers = [await self.ctx.read(queries.paper, id_, self.ctx.person) for id_ in ids]
        if len(papers) == 1:
            await self._one_text(papers[0])
            return
        self.app.release_keys()
        wanted = [paper for paper in papers if not paper.has_body and arxiv_id(paper.key)]
        self.app.fulltexts.bring(*(Wanted(paper.id, paper.title) for paper in wanted))
        if papers and not wanted:
            self.notify("None of these papers lacks one that arXiv has.", title="Full texts", markup=False)

    async def _one_text(self, paper: Paper) -> None:
        doubted = self.app.fulltexts.doubted.get(paper.id)
        if not paper.has_body and arxiv_id(paper.key) and doubted is None:
            self.app.release_keys()
            self.app.fulltexts.bring(Wanted(paper.id, paper.title))
            return
        if paper.kind == "document":
            self.app.release_keys()
            self.notify("It is a local document: its own text is searched.", title="Full text", markup=False)
            return
        choices = _choices(paper, doubted)
        answer = await self.app.push_screen_wait(Ask(_question(paper), choices, free=False)) if choices else "file"
        if answer == "fetch":
            self.app.fulltexts.bring(Wanted(paper.id, paper.title, again=True))
        elif answer == "sure" and doubted is not None:
            self.app.fulltexts.bring(replace(doubted, sure=True))
        elif answer == "remove":
            from library.fulltext.attaching import take_off

            change = await self.ctx.write(take_off, self.ctx.person, paper.id)
            self.notify(f"{line(change.summary)}. u puts it on again.", markup=False)
        elif answer == "file":
            path = await self.app.push_screen_wait(Ask("Full text from the file", hint="~/Downloads/paper.pdf"))
            if path:
                self.app.fulltexts.bring(Wanted(paper.id, paper.title, Path(path)))


def _question(paper: Paper) -> str:
    text = paper.full_text
    if text is None:
        return "Full text: there is none yet"
    of = f" of v{text.version}" if text.version else ""
    pages = f", {counted(text.pages_read, 'page')}" if text.pages else ""
    return f"Full text{of} is here{pages}"


def _choices(paper: Paper, doubted: Wanted | None) -> list[Choice]:
    found = []
    if doubted is not None:
        name = doubted.file.name if doubted.file is not None else "what arXiv sent"
        found.append(Choice("sure", "Take it all the same", f"{name} does not look like this paper"))
    if arxiv_id(paper.key):
        newer = paper.full_text and paper.full_text.version and paper.full_text.version != paper.version
        note = f"the paper is at v{paper.version} now" if newer and paper.version else ""
        found.append(Choice("fetch", "Fetch it again" if paper.full_text else "Fetch it from arXiv", note))
    found.append(Choice("file", "Take it from a file"))
    if paper.full_text is not None:
        found.append(Choice("remove", "Take it off", "u puts it on again"))
    return found if len(found) > 1 else []
