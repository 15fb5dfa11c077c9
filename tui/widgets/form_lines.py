"""The painted lines of a form. They have the focus where nothing is typed: on choices, questions, closed groups."""

from collections.abc import Sequence

from rich.style import Style
from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from tui.actions import bindings


class FormLines(ScrollView, can_focus=True, inherit_bindings=False):
    """Paints blocks of lines; what they are, the form's body knows."""

    BINDINGS = bindings("pick")
    ALLOW_SELECT = False

    class Step(Message):
        """On to the next or the one before."""

        def __init__(self, step: int) -> None:
            super().__init__()
            self.step = step

    class Choose(Message):
        """Another choice: so many further, or the one that begins with a letter; neither takes it away."""

        def __init__(self, step: int = 0, letter: str = "") -> None:
            super().__init__()
            self.step, self.letter = step, letter

    class Clicked(Message):
        """On a line."""

        def __init__(self, y: int) -> None:
            super().__init__()
            self.y = y

    class Scrolled(Message):
        """What lies over the lines moves along."""

    def __init__(self) -> None:
        super().__init__(id="form-lines")
        self._strips: list[Strip] = []
        self._known: dict[Content, list[Strip]] = {}
        self._blank = Style()

    @property
    def room(self) -> int:
        """Cells of a line."""
        return self.scrollable_content_region.width

    def show(self, contents: Sequence[Content]) -> None:
        """Show these blocks, one below the other. What was shown before is not rendered again."""
        known, self._known = self._known, {}
        room, self._blank = self.room, self.rich_style
        strips: list[Strip] = []
        for content in contents:
            made = known.get(content)
            if made is None:
                made = Visual.to_strips(self, content, room, None, self.visual_style)
                made = [strip.crop_extend(0, room, self._blank) for strip in made]
            self._known[content] = made
            strips += made
        self._strips = strips
        size = Size(0, len(strips))
        if size != self.virtual_size:
            self.set_reactive(FormLines.virtual_size, size)
            self._scroll_update(size)
        self.refresh()

    def forget(self) -> None:
        """Widths or colours changed."""
        self._known.clear()

    def render_line(self, y: int) -> Strip:
        """One line of the screen."""
        place = self.scroll_offset.y + y
        if place >= len(self._strips):
            return Strip.blank(self.room, self._blank)
        return self._strips[place]

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Scrolled, by a key or the wheel."""
        super().watch_scroll_y(old_value, new_value)
        self.post_message(self.Scrolled())

    def on_key(self, event: events.Key) -> None:
        """A letter chooses what begins with it."""
        if event.character and event.is_printable and event.character != " ":
            event.stop()
            self.post_message(self.Choose(letter=event.character.lower()))

    def on_click(self, event: events.Click) -> None:
        """Go where one clicks."""
        self.post_message(self.Clicked(event.y + self.scroll_offset.y))

    def action_walk(self, step: int) -> None:
        """To the field before or after."""
        self.post_message(self.Step(step))

    def action_choose(self, step: int) -> None:
        """The choice before or after."""
        self.post_message(self.Choose(step))

    def action_clear(self) -> None:
        """No choice."""
        self.post_message(self.Choose())
