"""Cards in columns by state. Only what is on the screen is painted, so a thousand cards cost no more than ten."""

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import ClassVar, Final

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.content import Content
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from planner.experiments.model import State
from planner.roadmap.queries import Card
from tui.actions import bindings
from tui.safe import fit, line
from tui.widgets.experiment_signs import BLOCKED, KINDS, STATES, verdict_sign
from tui.widgets.roadmap_row import hours_of
from tui.widgets.table_lines import Part

COLUMNS: Final[tuple[State, ...]] = ("idea", "ready", "planned", "running", "analysing", "done")
LEAST: Final = 3  # columns side by side
NARROWEST: Final = 25  # cells of one, while more than the least are shown
GAP: Final = 1
TALL: Final = 22  # lines, from which on a card has two lines for its title


class Board(ScrollView, can_focus=True, inherit_bindings=False):
    """`show` gives it the cards; the cursor is on one of them, and each column remembers its own."""

    ALLOW_SELECT = False
    BINDINGS = bindings("board")
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "board--head",
        "board--here",
        "board--card",
        "board--cursor",
        "board--cursor-blurred",
        "board--quiet",
        "board--accent",
        "board--good",
        "board--warn",
        "board--bad",
    }

    class Moved(Message):
        """The cursor is on another card (None: the column is empty)."""

        def __init__(self, id_: int | None) -> None:
            super().__init__()
            self.id = id_

        def can_replace(self, message: Message) -> bool:
            """Only where it is now matters."""
            return isinstance(message, Board.Moved)

    class Opened(Message):
        """Enter or a double click on a card."""

    def __init__(self, *, widget_id: str | None = None) -> None:
        super().__init__(id=widget_id)
        self.cards: dict[State, tuple[Card, ...]] = dict.fromkeys(COLUMNS, ())
        self.column = 0
        self.places: dict[State, int] = dict.fromkeys(COLUMNS, 0)
        self._tops: dict[State, int] = dict.fromkeys(COLUMNS, 0)
        self._first = 0  # column at the left edge
        self._painted: dict[tuple[Card, bool, int, int], list[list[Segment]]] = {}

    # What the owner calls.

    def show(self, cards: Mapping[State, Sequence[Card]]) -> None:
        """Other cards. The cursor stays on its card, wherever that is now, else in its column."""
        before = self.cursor_id
        self.cards = {state: tuple(cards.get(state, ())) for state in COLUMNS}
        self._painted.clear()
        for state in COLUMNS:
            self.places[state] = max(0, min(self.places[state], len(self.cards[state]) - 1))
        if before is None or not self.move_to_id(before):
            if self.cursor_id is None:
                self.column = next((place for place, state in enumerate(COLUMNS) if self.cards[state]), 0)
            self._settle(before)

    def move_to_id(self, id_: int) -> bool:
        """Put the cursor on a card; False where no column holds it."""
        before = self.cursor_id
        for number, state in enumerate(COLUMNS):
            for place, card in enumerate(self.cards[state]):
                if card.number == id_:
                    self.column, self.places[state] = number, place
                    self._settle(before)
                    return True
        return False

    @property
    def state(self) -> State:
        """The column that the cursor is in."""
        return COLUMNS[self.column]

    @property
    def cursor_card(self) -> Card | None:
        """The card under the cursor."""
        cards = self.cards[self.state]
        return cards[self.places[self.state]] if cards else None

    @property
    def cursor_id(self) -> int | None:
        """Its experiment's number."""
        card = self.cursor_card
        return None if card is None else card.number

    @property
    def shown(self) -> range:
        """Numbers of the columns that are on the screen."""
        count = max(LEAST, min(len(COLUMNS), (self.size.width + GAP) // (NARROWEST + GAP)))
        first = min(self._first, len(COLUMNS) - count)
        return range(first, first + count)

    # Moving.

    def action_column(self, step: int) -> None:
        """To the next column or the one before."""
        before = self.cursor_id
        self.column = max(0, min(self.column + step, len(COLUMNS) - 1))
        self._settle(before)

    def action_move(self, step: int) -> None:
        """Up and down within the column."""
        before = self.cursor_id
        self.places[self.state] = max(0, min(self.places[self.state] + step, len(self.cards[self.state]) - 1))
        self._settle(before)

    def action_page(self, pages: int) -> None:
        """By what is on the screen."""
        self.action_move(pages * max(1, self._room))

    def action_top(self) -> None:
        """To the first card of the column."""
        self.action_move(-len(self.cards[self.state]))

    def action_bottom(self) -> None:
        """To its last."""
        self.action_move(len(self.cards[self.state]))

    def action_open(self) -> None:
        """Open the card."""
        if self.cursor_id is not None:
            self.post_message(self.Opened())

    def on_click(self, event: events.Click) -> None:
        """A click moves, a double click opens."""
        offset = event.get_content_offset(self)
        if offset is None or offset.y == 0:
            return
        before, self.column = self.cursor_id, self._column_at(offset.x)
        wanted = self._tops[self.state] + (offset.y - 1) // self._height
        if wanted < len(self.cards[self.state]):
            self.places[self.state] = wanted
        self._settle(before)
        if event.chain == 2:
            self.action_open()

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """The wheel goes through the column."""
        event.stop()
        self.action_move(1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """The wheel goes through the column."""
        event.stop()
        self.action_move(-1)

    def on_resize(self) -> None:
        """Cards have other widths now, and more of them may have room."""
        self._painted.clear()
        self._tops = dict.fromkeys(COLUMNS, 0)
        self._settle(self.cursor_id)

    def on_focus(self) -> None:
        """The card under the cursor looks different with the focus."""
        self.refresh()

    def on_blur(self) -> None:
        """It looks different without."""
        self.refresh()

    def notify_style_update(self) -> None:
        """Colours changed."""
        super().notify_style_update()
        self._painted.clear()

    def _settle(self, before: int | None) -> None:
        """Bring the cursor into sight, and say where it is."""
        count = len(self.shown)
        first = max(self.column - count + 1, min(self._first, self.column))
        self._first = max(0, min(first, len(COLUMNS) - count))
        for state in COLUMNS:
            place, last = self.places[state], max(0, len(self.cards[state]) - self._room)
            top = max(place - self._room + 1, min(self._tops[state], place))
            self._tops[state] = max(0, min(top, last))
        self.refresh()
        if self.cursor_id != before:
            self.post_message(self.Moved(self.cursor_id))

    # Painting.

    @property
    def _widths(self) -> tuple[int, ...]:
        """Cells of each column that is shown: all of the line together."""
        count = len(self.shown)
        each, more = divmod(max(8 * count, self.size.width - GAP * (count - 1)), count)
        return tuple(each + (number < more) for number in range(count))

    @property
    def _title_lines(self) -> int:
        return 2 if self.size.height >= TALL else 1

    @property
    def _height(self) -> int:
        """Lines of one card, the blank one below it included."""
        return self._title_lines + 2

    @property
    def _room(self) -> int:
        """Whole cards of a column on the screen."""
        return max(1, self.size.height // self._height)  # the head takes the last one's blank line

    def _column_at(self, x: int) -> int:
        """The column at a cell of the line."""
        ends = accumulate(width + GAP for width in self._widths)
        return next((number for number, end in zip(self.shown, ends, strict=True) if x < end), self.shown[-1])

    def render_line(self, y: int) -> Strip:
        """The heads of the columns, then a line of each column's cards."""
        base = self.rich_style
        segments: list[Segment] = []
        for number, width in zip(self.shown, self._widths, strict=True):
            state = COLUMNS[number]
            segments += self._head(number, width) if y == 0 else self._card_line(number, state, y - 1, width)
            segments.append(Segment(" " * GAP, base))
        return Strip(segments[:-1]).adjust_cell_length(self.size.width, base)

    def _head(self, number: int, width: int) -> list[Segment]:
        """ "◑ planned  4 ▾": the column, how many cards, and whether some are out of sight."""
        state, base = COLUMNS[number], self.rich_style
        cards, top = self.cards[state], self._tops[state]
        here = number == self.column
        above, below = "▴" if top else " ", "▾" if top + self._room < len(cards) else " "
        name = f"{STATES[state][0]} {state}"
        count = f"{len(cards):,} {above}{below}"
        style = base + self._style("here" if here else "head")
        mark = "▸" if here else " "
        return [
            Segment(mark, base + self._style("accent")),
            Segment(fit(name, width - 1 - cell_len(count)), style),
            Segment(count, base + self._style("quiet")),
        ]

    def _card_line(self, number: int, state: State, y: int, width: int) -> list[Segment]:
        row, part = divmod(y, self._height)
        place = self._tops[state] + row
        cards = self.cards[state]
        if place >= len(cards) or part == self._height - 1:
            return [Segment(" " * width, self.rich_style)]
        here = number == self.column and place == self.places[state]
        key = (cards[place], here, width, self._title_lines + 10 * self.has_focus)
        lines = self._painted.get(key)
        if lines is None:
            if len(self._painted) > 600:
                self._painted.clear()
            lines = self._painted[key] = self._paint(cards[place], here, width)
        return lines[part]

    def _paint(self, card: Card, here: bool, width: int) -> list[list[Segment]]:
        """A card: id, kind, signs and hours; its title."""
        ground = "card" if not here else "cursor" if self.has_focus else "cursor-blurred"
        base = self.rich_style + self._style(ground)
        strong = base + Style(bold=True)
        kind = KINDS[card.kind]
        signs = [verdict_sign(card.verdict, bool(card.blocked_by)), BLOCKED if card.blockers else ("", "")]
        right = f"{hours_of(card.gpu_hours)} h"
        left = [("▸" if here else " ", "accent"), (f"{card.id} ", ""), kind]
        tail: list[Part] = [(f" {text}", tone) for text, tone in signs if text]
        blank = width - 1 - sum(cell_len(text) for text, _ in (*left, *tail)) - cell_len(right)
        first = [Segment(text, self._toned(base, tone, strong if here else base)) for text, tone in left]
        first.append(Segment(" " * max(1, blank), base))
        first += [Segment(right, base + self._style("quiet"))]
        first += [Segment(text, self._toned(base, tone, base)) for text, tone in tail]
        lines = [_exact([*first, Segment(" ", base)], width, base)]
        wrapped = _wrapped(line(card.title), width - 2, self._title_lines)
        for number in range(self._title_lines):
            text = wrapped[number] if number < len(wrapped) else ""
            lines.append([Segment(f" {fit(text, width - 2)} ", strong if here else base)])
        return lines

    def _toned(self, base: Style, tone: str, plain: Style) -> Style:
        return base + self._style(tone) if tone else plain

    def _style(self, name: str) -> Style:
        return self.get_component_rich_style(f"board--{name}", partial=True)


def _exact(segments: list[Segment], width: int, base: Style) -> list[Segment]:
    return list(Strip(segments).adjust_cell_length(width, base))


def _wrapped(text: str, width: int, count: int) -> list[str]:
    """`text` in at most `count` lines, the last cut with an ellipsis."""
    lines = [each.plain.rstrip() for each in Content(text).wrap(max(4, width))] if text else []
    if len(lines) <= count:
        return lines
    return [*lines[: count - 1], fit(" ".join(lines[count - 1 :]), width).rstrip()]
