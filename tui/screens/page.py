"""Something to read over a room: a title and a text, scrolled."""

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from tui.safe import line, literal
from tui.screens.base import Dialog
from tui.widgets.detail import Detail, Text
from tui.widgets.frame import KeyLine


class PageText(Detail):
    """The text. There is no next one."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """All but going on."""
        return action != "step"


class Page(Dialog[None]):
    """`text` for a width in cells."""

    AUTO_FOCUS = "PageText"

    def __init__(self, title: str, text: Text) -> None:
        super().__init__()
        self._heading, self._text = title, text

    def compose(self) -> ComposeResult:
        """Title, then text."""
        with Vertical(classes="dialog page"):
            yield Static(literal(line(self._heading)), classes="dialog-title")
            yield PageText()
        yield KeyLine()

    def on_mount(self) -> None:
        """Show it."""
        self.query_one(PageText).show(self._text)

    def on_detail_left(self) -> None:
        """Close."""
        self.dismiss(None)
