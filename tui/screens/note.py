"""A note, written in place. What is typed is kept as a draft until it is saved."""

from dataclasses import dataclass
from pathlib import Path

from textual import on, work
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static, TextArea

from library.papers.drafts import drop_draft, keep_draft, read_draft
from library.text import clean
from tui.actions import bindings
from tui.safe import line, literal
from tui.screens.base import Dialog
from tui.widgets.fields import Area
from tui.widgets.frame import KeyLine

DRAFT_SECONDS = 0.5  # after the last key


@dataclass(frozen=True, slots=True)
class Written:
    """What to store: an empty text deletes the note."""

    text: str


class NoteScreen(Dialog[Written]):
    """`stored` is the note as it is (empty for a new one); `draft` where an unsaved text is kept.

    `about`: what is said below it, of other texts than notes; `key`: what opens it again.
    """

    BINDINGS = bindings("note")
    AUTO_FOCUS = "TextArea"

    def __init__(self, title: str, stored: str, draft: Path, *, about: str = "", key: str = "n") -> None:
        super().__init__()
        self._heading, self._stored, self._draft = title, stored, draft
        self._about, self._key = about, key

    def compose(self) -> ComposeResult:
        """Title, text, what the draft is."""
        with Vertical(classes="dialog note"):
            yield Static(literal(line(self._heading)), classes="dialog-title")
            yield Area(soft_wrap=True, show_line_numbers=False, compact=True)
            yield Static("", id="note-hint", classes="quiet", markup=False)
        yield KeyLine()

    def on_mount(self) -> None:
        """An unsaved text of before comes back."""
        draft = read_draft(self._draft)
        found = draft is not None and draft != self._stored
        self._fill(draft if draft is not None and found else self._stored)
        self._hint(
            "Your unsaved text is back."
            if found
            else self._about or ("Saving an empty note deletes it." if self._stored else "")
        )

    @on(TextArea.Changed)
    def _typed(self) -> None:
        self._keep_soon(self._text)

    @work(group="draft", exclusive=True, exit_on_error=False)
    async def _keep_soon(self, text: str) -> None:
        import asyncio

        await asyncio.sleep(DRAFT_SECONDS)
        await self.app.ctx.compute(keep_draft, self._draft, "" if text == self._stored else text)

    def action_save(self) -> None:
        """Hand the text over; the draft goes once it is stored."""
        self.dismiss(Written(self._text.strip()))

    def action_close(self) -> None:
        """Keep what was typed as a draft."""
        text = self._text
        if text == self._stored:
            drop_draft(self._draft)
        else:
            keep_draft(self._draft, text)
            if text.strip():
                self.app.notify(
                    f"Press {self._key} again to go on with it.", title="Kept as a draft, not saved", markup=False
                )
        self.dismiss(None)

    def action_revert(self) -> None:
        """Give the draft up."""
        drop_draft(self._draft)
        self._fill(self._stored)
        self._hint("Back to what is stored.")

    @property
    def _text(self) -> str:
        return self.query_one(TextArea).text

    def _fill(self, text: str) -> None:
        area = self.query_one(TextArea)
        area.text = clean(text)
        area.move_cursor(area.document.end)

    def _hint(self, text: str) -> None:
        self.query_one("#note-hint", Static).update(text)
