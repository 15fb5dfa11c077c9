"""Aligned lines that can be walked through; enter follows one."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.cells import cell_len
from textual.binding import BindingType
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from tui.actions import bindings
from tui.safe import fit

LABEL = 11


@dataclass(frozen=True, slots=True)
class Fact:
    """One line: a label (empty where it is that of the line above), a sign with its tone, clean text, what enter does.

    `query` opens the Library with it, `action` runs an action of the app; a line with neither is only read.
    """

    label: str
    sign: str
    tone: str
    text: str
    quiet: str = ""
    query: str = ""
    action: str = ""

    def content(self, width: int) -> Content:
        """The line in `width` cells."""
        left = Content.assemble((f"{self.label:<{LABEL}}", "$quiet"), (f"{self.sign:<2}", self.tone))
        room = max(0, width - left.cell_length)
        text = fit(self.text, min(room, cell_len(self.text)))
        rest = room - cell_len(text) - 2
        quiet = fit(self.quiet, min(rest, cell_len(self.quiet))) if self.quiet and rest > 8 else ""
        return Content.assemble(left, text, "  " if text and quiet else "", (quiet, "$quiet"))


class Lines(OptionList, inherit_bindings=False):
    """The lines of a page."""

    BINDINGS: ClassVar[list[BindingType]] = bindings("lines")

    def __init__(self, widget_id: str) -> None:
        super().__init__(id=widget_id, markup=False, compact=True)
        self._facts: tuple[Fact, ...] = ()
        self._drawn = 0

    def show(self, facts: Sequence[Fact]) -> None:
        """Show other lines; the cursor stays where it was."""
        if tuple(facts) == self._facts:
            return
        self._facts = tuple(facts)
        self._draw()

    def fact(self, place: int) -> Fact | None:
        """The line at a place."""
        return self._facts[place] if 0 <= place < len(self._facts) else None

    def on_resize(self) -> None:
        """Cut the lines anew."""
        if self.size.width != self._drawn:
            self._draw()

    def _draw(self) -> None:
        self._drawn = self.size.width
        highlighted = self.highlighted
        self.set_options([Option(fact.content(self._drawn - 2)) for fact in self._facts])
        if highlighted is not None and self._facts:
            self.highlighted = min(highlighted, len(self._facts) - 1)
