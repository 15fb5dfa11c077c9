"""The pane beside a list, or over it where the terminal is narrow: one text, scrolled.

It paints lines from a text that is wrapped once. A Static in a scroll container would lay out the whole screen anew
for every paper under the cursor, which takes longer than a key may; so would another virtual size, were it told.
"""

from collections.abc import Callable

from rich.style import Style
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.visual import Visual

from tui.actions import bindings

Text = Callable[[int], Content]  # a text for so many cells: it may break its own lines, to set them in


class Detail(ScrollView, can_focus=True, inherit_bindings=False):
    """Shows content that somebody else made."""

    BINDINGS = bindings("detail")

    class Left(Message):
        """Back to the list."""

    class Stepped(Message):
        """On to another one of the list."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    def __init__(self, *, widget_id: str | None = None) -> None:
        super().__init__(id=widget_id)
        self.content = Content("")
        self._text: Text = _nothing
        self._wrapped: list[Strip] = []
        self._blank = Style()
        self._wrapped_for = -1

    def show(self, text: Text, *, restart: bool = True) -> None:
        """Show a text, from its beginning unless it is the same thing again."""
        self._text = text
        self._wrap()
        if restart:
            self.scroll_to(y=0, animate=False, force=True)

    def clear(self) -> None:
        """Show nothing."""
        self.show(_nothing)

    # Painting.

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        width = self.scrollable_content_region.width
        if width != self._wrapped_for:
            self._wrap()
        place = self.scroll_offset.y + y
        if place >= len(self._wrapped):
            return Strip.blank(width, self._blank)
        return self._wrapped[place]

    def on_resize(self) -> None:
        """Lines break elsewhere now."""
        self._wrap()

    def notify_style_update(self) -> None:
        """Colours changed."""
        super().notify_style_update()
        self._wrapped_for = -1

    def _wrap(self) -> None:
        width = self._wrapped_for = self.scrollable_content_region.width
        self._blank = self.rich_style
        room = width - 1  # a blank cell before the scrollbar
        self.content = self._text(max(room, 1))
        strips = Visual.to_strips(self, self.content, room, None, self.visual_style) if room > 0 else []
        self._wrapped = [strip.crop_extend(0, width, self._blank) for strip in strips]
        # The scrollbar always has its column, so another height moves nothing and needs no layout of the screen.
        size = Size(0, len(self._wrapped))
        self.set_reactive(Detail.virtual_size, size)
        self._scroll_update(size)
        self.refresh()

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """What the mouse has selected."""
        return selection.extract(self.content.plain), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Paint what is selected."""
        self._wrap()

    # Actions.

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


def _nothing(_width: int) -> Content:
    return Content("")
