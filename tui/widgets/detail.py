"""The pane beside a list, or over it where the terminal is narrow: one text, scrolled."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from tui.actions import bindings


class Detail(VerticalScroll, can_focus=True, inherit_bindings=False):
    """Shows content that somebody else made."""

    BINDINGS = bindings("detail")

    class Left(Message):
        """Back to the list."""

    class Stepped(Message):
        """On to another one of the list."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static("", markup=False)

    def show(self, content: Content, *, restart: bool = True) -> None:
        """Show `content`, from its beginning unless it is the same thing again."""
        self.query_one(Static).update(content)
        if restart:
            self.scroll_home(animate=False, immediate=True)

    def clear(self) -> None:
        """Show nothing."""
        self.query_one(Static).update("")

    def action_leave(self) -> None:
        """Back to the list."""
        self.post_message(self.Left())

    def action_step(self, step: int) -> None:
        """The next or the one before."""
        self.post_message(self.Stepped(step))

    def action_scroll_down(self) -> None:
        """Two lines down."""
        self.scroll_relative(y=2, animate=False)

    def action_scroll_up(self) -> None:
        """Two lines up."""
        self.scroll_relative(y=-2, animate=False)

    def action_page_down(self) -> None:
        """A page down."""
        self.scroll_page_down(animate=False)

    def action_page_up(self) -> None:
        """A page up."""
        self.scroll_page_up(animate=False)

    def action_scroll_home(self) -> None:
        """To the beginning."""
        self.scroll_home(animate=False)

    def action_scroll_end(self) -> None:
        """To the end."""
        self.scroll_end(animate=False)
