"""One line of text that knows its width. A Static would lay out the whole screen anew for every other text."""

from collections.abc import Callable

from textual.content import Content
from textual.widget import Widget

Line = Callable[[int], Content]  # a line for so many cells


class OneLine(Widget):
    """Cut with an ellipsis where it is longer."""

    ALLOW_SELECT = False
    auto_links = False  # what can be clicked looks like what it is, not like a link
    DEFAULT_CSS = "OneLine { height: 1; width: 1fr; }"

    def __init__(self, *, widget_id: str | None = None) -> None:
        super().__init__(id=widget_id)
        self._line: Line = lambda _: Content("")

    def show(self, line: Line) -> None:
        """Another line."""
        self._line = line
        self.refresh()

    def render(self) -> Content:
        """The line."""
        width = self.size.width
        return self._line(width).truncate(width, ellipsis=True)
