"""The fields of a form, scrolled and walked through. One text area serves them all.

Everything is painted from the `Form`; the area lies over the value of the field one is in. So a form of sixty fields
opens as quickly as one of five, and a key never lays out more than three widgets.
"""

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Container
from textual.message import Message
from textual.timer import Timer
from textual.widgets import TextArea

from library.records.headings import Heading
from tui.form.entries import Entry, Form
from tui.form.painting import OFFERS, Block, Widths, entry_block, heading_block, most_lines, widths
from tui.widgets.form_area import FormArea
from tui.widgets.form_lines import FormLines

PAUSE = 0.7  # seconds without a key, after which what is typed counts as meant
_ANSWERS = {"y": "yes", "n": "no", "a": "n/a", "o": ""}  # letters for those of a checklist


class FormBody(Container):
    """`here` is where one is: the place of an entry, or -1 - n for the heading of the nth group."""

    class Changed(Message):
        """Something was typed or chosen."""

    class Moved(Message):
        """On another field."""

    class Asked(Message):
        """A field that names records wants to offer some: which kind, and the words typed."""

        def __init__(self, place: int, prefix: str, words: str) -> None:
            super().__init__()
            self.place, self.prefix, self.words = place, prefix, words

    def __init__(self, form: Form) -> None:
        super().__init__(id="form-body")
        self.form, self.here = form, 0
        self.lines, self.area = FormLines(), FormArea()  # held: a first resize comes before they are looked up
        self.names: dict[str, str] = {}  # of records, by label
        self._offers: tuple[Heading, ...] = ()
        self._offer: int | None = None
        self._blocks: dict[int, Block] = {}
        self._tops: dict[int, int] = {}
        self._made: dict[int, tuple[object, Block]] = {}
        self._pause: Timer | None = None

    def compose(self) -> ComposeResult:
        """The lines, and over them the area."""
        yield self.lines
        yield self.area

    @property
    def entry(self) -> Entry | None:
        """The entry one is in; None on a heading."""
        return self.form.entries[self.here] if self.here >= 0 else None

    # Walking.

    @property
    def stops(self) -> list[int]:
        """Where tab goes, in order."""
        found: list[int] = []
        for number, group in enumerate(self.form.groups):
            found += [-1 - number] if group.closed else group.places
        return found

    def go(self, stop: int) -> None:
        """To an entry (its group opens) or a heading."""
        self.leave()
        if stop >= 0:
            self.form.group_of(stop).closed = False
        self.here, self._offers, self._offer = stop, (), None
        self._open_area()
        if self.area.display:
            self.area.focus(scroll_visible=False)
        else:
            self.lines.focus(scroll_visible=False)
        self._show()
        self.post_message(self.Moved())

    def leave(self) -> None:
        """What was typed where one is, is written as it was understood."""
        self._stop_pause()
        if self.here >= 0:
            self.form.settle(self.here)

    def step(self, step: int) -> None:
        """To the next stop or the one before; from the last to the first."""
        stops = self.stops
        place = stops.index(self.here) if self.here in stops else 0
        self.go(stops[(place + step) % len(stops)])

    def to_group(self, step: int) -> None:
        """To the next group or the one before; it opens."""
        groups = self.form.groups
        now = -1 - self.here if self.here < 0 else groups.index(self.form.group_of(self.here))
        first = groups[now].places.start
        self.go(first if step < 0 and self.here > first else groups[(now + step) % len(groups)].places.start)

    def reload(self) -> None:
        """The form was filled in from elsewhere."""
        self._open_area()
        self._show()
        self.post_message(self.Changed())

    def _open_area(self) -> None:
        entry = self.entry
        self.area.display = entry is not None and bool(entry.lines)
        if entry is not None and entry.lines:
            self.area.open(entry.text, one_line=entry.lines == "one", wrap=entry.lines != "rows")
            self._ask(entry)

    # Painting.

    def _show(self) -> None:
        self.paint()
        self._into_sight()

    def paint(self) -> None:
        """Everything anew, but for what looks the same."""
        room = self.lines.room
        if room <= 0:
            return
        sizes, top = widths(self.form, room), 0
        self._blocks, self._tops = {}, {}
        for number, group in enumerate(self.form.groups):
            stops = [-1 - number] if group.name else []
            for stop in [*stops, *(() if group.closed else group.places)]:
                self._blocks[stop] = self._block(stop, sizes)
                self._tops[stop] = top
                top += self._blocks[stop].height
        self.lines.show([block.content for block in self._blocks.values()])
        self._lay_area()

    def _block(self, stop: int, sizes: Widths) -> Block:
        here = stop == self.here
        if stop < 0:
            number = -1 - stop
            spaced = not self.form.groups[number].closed or not number or not self.form.groups[number - 1].closed
            return heading_block(self.form, self.form.groups[number], sizes.whole, here=here, spaced=spaced)
        entry = self.form.entries[stop]
        if here:
            typing = most_lines(entry, self.area.lines) if entry.lines else 0
            offers, offer = self._offers, self._offer
            return entry_block(
                entry, sizes, here=True, typing_height=typing, offers=offers, chosen_offer=offer, names=self.names
            )
        key = (entry.text, entry.problem, sizes, self.names.get(entry.text))
        known = self._made.get(stop)
        if known is None or known[0] != key:
            known = self._made[stop] = key, entry_block(entry, sizes, here=False, names=self.names)
        return known[1]

    def _lay_area(self) -> None:
        block = self._blocks.get(self.here)
        if block is not None and block.value_height and self.area.display:
            styles, y = self.area.styles, self._tops[self.here] + block.y - self.lines.scroll_offset.y
            styles.offset, styles.width, styles.height = (block.x, y), block.width, block.value_height

    def _into_sight(self) -> None:
        """All lines of where one is, and two of what stands above: one sees that there is more."""
        block, top = self._blocks.get(self.here), self._tops.get(self.here, 0)
        if block is None:
            return
        height, now = self.lines.scrollable_content_region.height, self.lines.scroll_offset.y
        bottom = top + block.height
        if max(0, top - 2) < now:
            self.lines.scroll_to(y=max(0, top - 2), animate=False, force=True)
        elif bottom + 1 > now + height:
            self.lines.scroll_to(y=min(top, bottom + 1 - height), animate=False, force=True)
        self._lay_area()

    def on_resize(self) -> None:
        """Lines break elsewhere now."""
        self.lines.forget()
        self.call_after_refresh(self._show)

    def notify_style_update(self) -> None:
        """Colours changed."""
        super().notify_style_update()
        if self.is_mounted:
            self.lines.forget()
            self.call_after_refresh(self.paint)

    @on(FormArea.Reshaped)
    def _reshaped(self, event: FormArea.Reshaped) -> None:
        event.stop()
        self._show()

    @on(FormLines.Scrolled)
    def _scrolled(self, event: FormLines.Scrolled) -> None:
        event.stop()
        self._lay_area()

    # What is typed and chosen.

    @on(TextArea.Changed)
    def _typed(self, event: TextArea.Changed) -> None:
        event.stop()
        entry = self.entry
        if entry is None or not entry.lines or self.area.text == entry.text:
            return
        self.form.write(self.here, self.area.text)
        self._stop_pause()
        self._pause = self.set_timer(PAUSE, self._paused)
        self._ask(entry)
        self._show()
        self.post_message(self.Changed())

    def _paused(self) -> None:
        entry = self.entry
        if entry is None or self._offers:
            return
        before = entry.problem
        self.form.look(self.here)
        if before != entry.problem:
            self._show()
            self.post_message(self.Changed())

    def _stop_pause(self) -> None:
        if self._pause is not None:
            self._pause.stop()
            self._pause = None

    @on(FormLines.Choose)
    def _chosen(self, event: FormLines.Choose) -> None:
        event.stop()
        entry = self.entry
        if entry is None:
            if event.step > 0:
                self.go(self.form.groups[-1 - self.here].places.start)
            return
        choice = choice_for(entry, event.step, event.letter)
        if choice is not None and choice != entry.text:
            self.form.write(self.here, choice)
            entry.problem = ""
            self.paint()
            self.post_message(self.Changed())
        if entry.item and event.letter in _ANSWERS:
            self.step(1)

    @on(FormLines.Step)
    def _walked(self, event: FormLines.Step) -> None:
        event.stop()
        self.step(event.step)

    @on(FormArea.Leave)
    def _left(self, event: FormArea.Leave) -> None:
        event.stop()
        if event.entered and self._offer is not None:
            self._take(self._offers[self._offer])
        elif event.entered or not self._offers or (event.step < 0 and self._offer is None):
            self.step(event.step)
        else:
            place = (-1 if self._offer is None else self._offer) + event.step
            self._offer = None if place < 0 else min(place, len(self._offers) - 1)
            self._show()

    @on(FormLines.Clicked)
    def _clicked(self, event: FormLines.Clicked) -> None:
        event.stop()
        stop = next((s for s, top in self._tops.items() if top <= event.y < top + self._blocks[s].height), None)
        if stop is None:
            return
        if stop < 0 and not self.form.groups[-1 - stop].closed:
            self.form.groups[-1 - stop].closed = True
            self.go(stop)
        elif stop < 0:
            self.go(self.form.groups[-1 - stop].places.start)
        elif stop == self.here:
            self.post_message(FormLines.Choose(1))
        else:
            self.go(stop)

    # Records that a field may name.

    def offer(self, place: int, offers: Sequence[Heading]) -> None:
        """Records for what is typed at `place`."""
        self.names.update({offer.label: offer.text for offer in offers})
        if place == self.here:
            typed = self.form.entries[place].text
            self._offers = tuple(offers[:OFFERS]) if typed not in self.names else ()
            self._offer = None
            self._show()

    def _ask(self, entry: Entry) -> None:
        if entry.field.type in ("ref", "refs"):
            words = entry.text if entry.field.type == "ref" else entry.text.rpartition(",")[2]
            self.post_message(self.Asked(self.here, entry.field.target, words.strip()))

    def _take(self, offer: Heading) -> None:
        entry = self.form.entries[self.here]
        before = entry.text.rpartition(",")[0] if entry.field.type == "refs" else ""
        self.form.write(self.here, f"{before}, {offer.label}" if before else offer.label)
        self.names[offer.label] = offer.text
        self.step(1)


def choice_for(entry: Entry, step: int, letter: str) -> str | None:
    """The choice that a key means; None where it means none."""
    choices = entry.choices
    if step:
        place = choices.index(entry.text) if entry.text in choices else (-1 if step > 0 else 0)
        return choices[(place + step) % len(choices)]
    if letter and entry.item:
        return _ANSWERS.get(letter)
    if letter:
        place = choices.index(entry.text) if entry.text in choices else -1
        ordered = [*choices[place + 1 :], *choices[: place + 1]]
        return next((choice for choice in ordered if choice.startswith(letter)), None)
    return "" if "" in choices else None
