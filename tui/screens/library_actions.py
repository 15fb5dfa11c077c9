"""What one does to papers in a list of them: decide, tag, note, open, copy."""

import os
import sys
from typing import ClassVar

from textual import work

from library.db.changes import Change
from library.papers import commands, queries
from library.papers.drafts import draft_path, drop_draft, keep_draft, read_draft
from library.papers.links import page_url, pdf_url
from library.papers.model import Decision, Note, Paper
from tui.actions import changes
from tui.lending import edit_file
from tui.safe import line
from tui.screens.base import opens_dialog
from tui.screens.prompt import Ask, Choice
from tui.screens.writing_actions import WritingActions


class PaperActions(WritingActions):
    """Acts on what is marked, else on what is under the cursor."""

    SHARES: ClassVar[tuple[str, ...]] = ("papers",)

    @changes
    def action_decide(self, decision: Decision) -> None:
        """Keep, skip, star or put off; again takes it back."""
        if self.table.chosen:
            self._decide(self.table.chosen, decision)

    @work(group="write", exit_on_error=False, description="decide")
    async def _decide(self, ids: tuple[int, ...], decision: Decision) -> None:
        rows = await self.ctx.read(queries.rows, ids, self.ctx.person)
        wanted = None if all(row.decision == decision for row in rows) else decision
        unseen = wanted == "skip" and len(ids) > 1  # several at once say little of each
        change = await self.ctx.write(commands.decide, self.ctx.person, ids, wanted, bulk=unseen)
        self._done(change, ids)

    @changes
    @opens_dialog
    def action_tag(self) -> None:
        """Tag, or take a tag off."""
        if self.table.chosen:
            self._tag(self.table.chosen)
        else:
            self.app.release_keys()

    @work(group="write", exit_on_error=False, description="tag")
    async def _tag(self, ids: tuple[int, ...]) -> None:
        in_use = await self.ctx.read(queries.tags_in_use)
        rows = await self.ctx.read(queries.rows, ids, self.ctx.person)
        on_all = set.intersection(*(set(row.tags) for row in rows)) if rows else set()
        choices = [Choice(tag, tag, "on it: takes it off" if tag in on_all else f"{n:,}") for tag, n in in_use]
        what = "this paper" if len(ids) == 1 else f"{len(ids):,} papers"
        tag = await self.app.push_screen_wait(Ask(f"Tag {what}", choices, hint="a tag, new or known"))
        if not tag:
            return
        name = commands.tag_name(tag)
        command = commands.untag if name in on_all else commands.tag
        self._done(await self.ctx.write(command, self.ctx.person, ids, name), ids)

    def _done(self, change: Change, ids: tuple[int, ...]) -> None:
        if len(ids) > 1 or change.journal_id is None:
            self.notify(change.summary, markup=False, timeout=3)

    # Notes.

    @changes
    @opens_dialog
    @work(group="write", exit_on_error=False, description="note")
    async def action_note(self) -> None:
        """Write a note in place."""
        from tui.screens.note import NoteScreen

        paper = await self._under_cursor()
        if paper is None:
            return
        own = self._own_note(paper)
        draft = draft_path(self.ctx.workspace.paths, self.ctx.person, paper.key)
        written = await self.app.push_screen_wait(NoteScreen(paper.title, own.body if own else "", draft))
        if written is not None:
            await self._store_note(paper, own, written.text)
            await self.ctx.compute(drop_draft, draft)

    @changes
    @work(group="write", exit_on_error=False, description="note in an editor")
    async def action_edit(self) -> None:
        """Write the note in $EDITOR. The text is the draft until it is stored, so nothing is lost on the way."""
        paper = await self._under_cursor()
        if paper is None:
            return
        own = self._own_note(paper)
        draft = draft_path(self.ctx.workspace.paths, self.ctx.person, paper.key)
        before = own.body if own else ""
        keep_draft(draft, read_draft(draft) or before or "\n# A note\n")
        kept = "The text is kept as a draft: n shows it."
        edit_file(self.app, draft, otherwise="Write the note with n.", kept=kept)
        text = (read_draft(draft) or "").strip()
        if text and text not in (before, "# A note"):
            await self._store_note(paper, own, text)
        drop_draft(draft)

    async def _store_note(self, paper: Paper, own: Note | None, text: str) -> None:
        person = self.ctx.person
        if own is None and text:
            await self.ctx.write(commands.add_note, person, paper.id, text)
        elif own is not None and text:
            await self.ctx.write(commands.edit_note, person, own.id, text)
        elif own is not None:
            await self.ctx.write(commands.delete_note, person, own.id)
            self.notify("u brings it back.", title="Note deleted", markup=False)

    def _own_note(self, paper: Paper) -> Note | None:
        mine = [note for note in paper.notes if note.person == self.ctx.person]
        return mine[-1] if mine else None

    async def _under_cursor(self) -> Paper | None:
        if self.table.cursor_id is None:
            return None
        return await self.ctx.read(queries.paper, self.table.cursor_id, self.ctx.person)

    # Outside.

    @work(group="outside", exit_on_error=False, description="open the page")
    async def action_outside(self) -> None:
        """The paper's page in the browser."""
        paper = await self._under_cursor()
        if paper is not None:
            self._open(page_url(paper), "This paper has no page on the web that labtop knows of.")

    @work(group="outside", exit_on_error=False, description="open the PDF")
    async def action_pdf(self) -> None:
        """The PDF in the browser."""
        paper = await self._under_cursor()
        if paper is not None:
            self._open(pdf_url(paper), "Only arXiv papers have a PDF address that labtop knows of.")

    def _open(self, url: str | None, otherwise: str) -> None:
        if url is None:
            self.notify(otherwise, markup=False)
        elif has_browser():
            self.app.open_url(url)
        else:
            self.app.copy_to_clipboard(url)
            self.notify(url, title="No browser on this machine: the address is in the clipboard", markup=False)

    @work(group="outside", exit_on_error=False, description="copy the citation")
    async def action_copy(self) -> None:
        """BibTeX of what is chosen, into the clipboard (through the terminal, so over ssh too)."""
        from library.papers.citation import bibtex

        ids = self.table.chosen
        papers = [await self.ctx.read(queries.paper, id_, self.ctx.person) for id_ in ids]
        if papers:
            entries = [bibtex(paper) for paper in papers]
            self.app.copy_to_clipboard("\n\n".join(entries))
            what = line(entries[0]) if len(entries) == 1 else f"{len(entries):,} entries"
            self.notify(what[:200], title="BibTeX copied", markup=False)


def has_browser() -> bool:
    """Whether opening an address shows a window. A text browser would draw over the dashboard."""
    if os.environ.get("BROWSER") or sys.platform == "darwin":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
