"""Tabs within a room, on one line: which there are, which one this is, and what the whole room is about."""

from collections.abc import Sequence

from textual.content import Content
from textual.widget import Widget

from tui.widgets.frame import GAP, clickable


class TabStrip(Widget):
    """One line. A screen that has one takes the keys of the scope "tabs" (`SHARES`, `bindings("tabs")`), and has
    `action_tab(step)` and `action_to_tab(name)`; it says `show` whenever the tab or what stands right changes."""

    ALLOW_SELECT = False
    auto_links = False  # what can be clicked looks like what it is, not like a link
    DEFAULT_CSS = "TabStrip { height: 1; width: 1fr; }"

    def __init__(self, names: Sequence[str], *, widget_id: str | None = None) -> None:
        super().__init__(id=widget_id)
        self.names = tuple(names)
        self.current = self.names[0]
        self.notes: dict[str, str] = {}  # by name, what stands beside it: a count
        self._right = Content("")

    def show(self, current: str, right: Content | None = None) -> None:
        """Another tab; `right` (if given) is what stands at the end of the line."""
        self.current = current
        if right is not None:
            self._right = right
        self.refresh()

    def stepped(self, step: int) -> str:
        """The tab `step` further on, round and round."""
        return self.names[(self.names.index(self.current) + step) % len(self.names)]

    def render(self) -> Content:
        """The tabs, the current one marked by sign and weight; the right side gives way first."""
        left = Content("")
        for name in self.names:
            here = name == self.current
            tab = Content.assemble(("▸" if here else " ", "$accent"), (name, "bold" if here else "$quiet"))
            note = self.notes.get(name)
            tab = Content.assemble(tab, (f" {note}", "$quiet")) if note else tab
            left = Content.assemble(left, tab.stylize(clickable(f"screen.to_tab('{name}')")), GAP)
        room = self.size.width - left.cell_length - 1
        right = self._right.truncate(max(0, room), ellipsis=True) if room > 8 else Content("")
        blank = self.size.width - left.cell_length - right.cell_length - 1
        return Content.assemble(left, " " * max(0, blank), right, " ")
