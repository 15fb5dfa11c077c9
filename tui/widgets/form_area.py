"""The one text area of a form: it lies over the value of whatever field one is in."""

from textual import events
from textual.message import Message

from library.text import clean
from tui.widgets.fields import Area


class FormArea(Area):
    """Up on the first line and down on the last leave the field; where one line is wanted, so does enter."""

    class Leave(Message):
        """On to the field before (-1) or after (1), by an arrow or, where `entered`, by enter."""

        def __init__(self, step: int, *, entered: bool = False) -> None:
            super().__init__()
            self.step, self.entered = step, entered

    class Reshaped(Message):
        """Lines break elsewhere now."""

    def __init__(self) -> None:
        super().__init__(compact=True, highlight_cursor_line=False, id="form-area")
        self.one_line = True

    def open(self, text: str, *, one_line: bool, wrap: bool) -> None:
        """Take another field's text, with the cursor behind it."""
        self.one_line = one_line
        self.soft_wrap = wrap
        self.load_text(clean(text))
        self.move_cursor(self.document.end)

    @property
    def lines(self) -> int:
        """How many lines the text takes."""
        return max(1, self.wrapped_document.height) if self.soft_wrap else self.document.line_count

    def _on_key(self, event: events.Key) -> None:  # type: ignore[override]  # runs before that of TextArea
        if event.key == "enter" and self.one_line:
            event.stop()
            event.prevent_default()
            self.post_message(self.Leave(1, entered=True))

    async def _on_paste(self, event: events.Paste) -> None:
        """One line of what is pasted where one line is wanted."""
        if self.one_line:
            event.text = " ".join(event.text.split())

    def action_cursor_up(self, select: bool = False) -> None:
        """Up, or out."""
        if not select and self.navigator.is_first_wrapped_line(self.cursor_location):
            self.post_message(self.Leave(-1))
        else:
            super().action_cursor_up(select)

    def action_cursor_down(self, select: bool = False) -> None:
        """Down, or out."""
        if not select and self.navigator.is_last_wrapped_line(self.cursor_location):
            self.post_message(self.Leave(1))
        else:
            super().action_cursor_down(select)

    def _on_resize(self) -> None:
        self.post_message(self.Reshaped())
