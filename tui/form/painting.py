"""The lines of a form as content, in exact widths. Pure: no widget, no reading."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content

from library.records.headings import Heading
from library.text import clean
from tui.form.entries import Entry, Form, Group
from tui.safe import fit, line, literal

GUTTER = 2  # cells: the sign of where one is
LONGEST_LABEL = 20
LINE_LINES = 3  # of a long line, before it scrolls
MANY_LINES = 6  # of a text
ROWS_LINES = 8
OFFERS = 6
LONGEST = 400  # characters of a row: more than any terminal is wide
_SIGNS = {"": ("○", "open", "$quiet"), "yes": ("●", "yes", "$success"), "no": ("✗", "no", "$error")}
_NOT_APPLICABLE = ("–", "n/a", "$quiet")
_ANSWER = 9  # cells: sign and answer of a question


@dataclass(frozen=True, slots=True)
class Widths:
    """`whole` of a line, `label` of the labels with the gap after them."""

    whole: int
    label: int

    @property
    def value(self) -> int:
        """Cells for a value, a blank on both sides."""
        return max(4, self.whole - GUTTER - self.label)


def widths(form: Form, whole: int) -> Widths:
    """As wide as the longest label needs, within reason."""
    longest = max((cell_len(entry.label) for entry in form.entries if not entry.item), default=8)
    return Widths(whole, min(longest + 3, LONGEST_LABEL, max(8, whole // 3)))


@dataclass(frozen=True, slots=True)
class Block:
    """Painted lines of one stop, and where its value is typed: from (x, y), `width` by `height` cells."""

    content: Content
    height: int
    x: int = 0
    y: int = 0
    width: int = 0
    value_height: int = 0


def heading_block(form: Form, group: Group, width: int, *, here: bool, spaced: bool) -> Block:
    """ "▸ Design   2 of 9   ✗ 1 wrong", under a blank line where it is `spaced`."""
    sign = "▸" if group.closed else "▾"
    wrong = sum(bool(form.entries[place].problem) for place in group.places)
    said = f"{form.filled(group.places)} of {len(group.places)}"
    parts = Content.assemble(
        ("▸ " if here else "  ", "$accent"),
        (f"{sign} ", "$accent" if here else "$quiet"),
        (group.name, "bold $accent" if here else "bold"),
        (f"   {said}", "$quiet"),
        (f"   ✗ {wrong} wrong", "$error") if wrong else "",
        ("   enter opens it", "$quiet") if here and group.closed else "",
    )
    line_ = parts.truncate(width)
    return Block(Content("\n") + line_, 2) if spaced else Block(line_, 1)


def entry_block(
    entry: Entry,
    sizes: Widths,
    *,
    here: bool,
    typing_height: int = 0,
    offers: Sequence[Heading] = (),
    chosen_offer: int | None = None,
    names: Mapping[str, str] | None = None,
) -> Block:
    """An entry's lines. `typing_height`: lines of the area that lies over the value, 0 where none does."""
    if entry.item:
        return _question(entry, sizes, here=here)
    if entry.lines == "rows":
        return _rows(entry, sizes, here=here, typing_height=typing_height)
    shown = _value(entry, sizes.value, here=here, names=names or {})
    height = max(len(shown), typing_height)
    shown += [Content(" " * sizes.value)] * (height - len(shown))
    ground = "on $row-cursor" if here else "on $background"
    heads = [_label(entry, sizes.label, here=here)] + [Content(" " * (GUTTER + sizes.label))] * (height - 1)
    lines = [head + value.stylize_before(ground) for head, value in zip(heads, shown, strict=True)]
    indent = GUTTER + sizes.label
    lines += _offered(offers, chosen_offer, indent, sizes.value)
    lines += _problem(entry, indent, sizes.value)
    return Block(Content("\n").join(lines), len(lines), indent, 0, sizes.value, height)


def most_lines(entry: Entry, lines: int) -> int:
    """How high the area is over a text of so many lines: what fits, and room to go on."""
    least, most = {"one": (1, LINE_LINES), "many": (2, MANY_LINES), "rows": (2, ROWS_LINES)}[entry.lines]
    return min(most, max(least, lines + (entry.lines == "rows")))


def _label(entry: Entry, width: int, *, here: bool) -> Content:
    star = Content.styled("*", "$accent") if entry.field.required else Content("")
    name = fit(entry.label, min(cell_len(entry.label), width - 2))
    label = Content.assemble((name, "bold" if here else "$quiet"), star)
    sign = Content.styled("▸ " if here else "  ", "$accent")
    return sign + label + " " * (width - label.cell_length)


def _value(entry: Entry, width: int, *, here: bool, names: Mapping[str, str]) -> list[Content]:
    if entry.choices:
        return [_choices(entry, width) if here else _padded(Content(f" {line(entry.text) or '—'}"), width)]
    text = literal(entry.text) if entry.lines == "many" else Content(line(entry.text))
    if entry.field.type in ("ref", "refs") and entry.text in names:
        text += Content.styled(f"  {line(names[entry.text])}", "$quiet").truncate(
            max(0, width - 2 - text.cell_length), ellipsis=True
        )
    wrapped = text.wrap(width - 2) if entry.text else [Content("")]
    most = MANY_LINES if entry.lines == "many" else LINE_LINES
    least = 2 if entry.lines == "many" else 1
    if len(wrapped) > most:
        wrapped = [*wrapped[: most - 1], Content.styled("…", "$quiet")]
    wrapped += [Content("")] * (least - len(wrapped))
    return [_padded(Content(" ") + part, width) for part in wrapped]


def _choices(entry: Entry, width: int) -> Content:
    """All of them where they fit, the chosen one between ‹ ›; else that one and how many there are."""
    parts = [
        Content.styled(f"‹ {choice or '—'} ›", "bold $accent")
        if choice == entry.text
        else Content.styled(f"  {choice or '—'}  ", "$quiet")
        for choice in entry.choices
    ]
    whole = Content("").join(parts)
    if whole.cell_length + 1 > width:
        place = entry.choices.index(entry.text) + 1 if entry.text in entry.choices else 0
        whole = Content.assemble(
            (f"‹ {line(entry.text) or '—'} ›", "bold $accent"), (f"  {place} of {len(parts)}", "$quiet")
        )
    return _padded(Content(" ") + whole, width)


def _rows(entry: Entry, sizes: Widths, *, here: bool, typing_height: int) -> Block:
    """The label with the columns' names, then the rows over the whole width."""
    indent, width = GUTTER + 2, max(4, sizes.whole - GUTTER - 2)
    columns = " | ".join(f"{column.name}{'*' if column.required else ''}" for column in entry.field.columns)
    label = _label(entry, sizes.label, here=here)
    head = label + Content.styled(f" {columns}", "$quiet").truncate(sizes.value, ellipsis=True)
    rows = entry.text.splitlines() or [""]
    if len(rows) > ROWS_LINES:
        rows = [*rows[: ROWS_LINES - 1], f"… {len(rows) - ROWS_LINES + 1} more"]
    height = max(len(rows), typing_height)
    ground = "on $row-cursor" if here else "on $background"
    lines = [head]
    for number in range(height):
        text = clean(rows[number][:LONGEST]).replace("\t", " ") if number < len(rows) else ""
        value = _padded(Content(f" {fit(text, min(cell_len(text), width - 2))}"), width)
        lines.append(Content(" " * indent) + value.stylize_before(ground))
    lines += _problem(entry, indent, width)
    return Block(Content("\n").join(lines), len(lines), indent, 1, width, height)


def _question(entry: Entry, sizes: Widths, *, here: bool) -> Block:
    sign, answer, tone = _SIGNS.get(entry.text, _NOT_APPLICABLE)
    ground = "on $row-cursor" if here else ""
    room = max(8, sizes.whole - GUTTER - _ANSWER - 1)
    wrapped = Content(entry.label).wrap(room)
    lines = []
    for number, part in enumerate(wrapped):
        first = number == 0
        start = Content.assemble(
            ("▸ " if here and first else "  ", "$accent"),
            (fit(f" {sign} {answer}", _ANSWER), tone) if first else " " * _ANSWER,
        )
        said = start + _padded(part if here or entry.text == "" else part.stylize("$quiet"), room + 1)
        lines.append(said.stylize_before(ground, GUTTER) if ground else said)
    lines += _problem(entry, GUTTER + _ANSWER, room)
    return Block(Content("\n").join(lines), len(lines))


def _offered(offers: Sequence[Heading], chosen: int | None, indent: int, width: int) -> list[Content]:
    found = []
    for number, offer in enumerate(offers[:OFFERS]):
        here = number == chosen
        text = Content.assemble(
            (" ▸ " if here else "   ", "$accent"),
            (f"{line(offer.label):<6}", "bold" if here else ""),
            (f" {line(offer.text)}", "" if here else "$quiet"),
        ).truncate(width - 1, ellipsis=True)
        found.append(Content(" " * indent) + text)
    return found


def _problem(entry: Entry, indent: int, width: int) -> list[Content]:
    if not entry.problem:
        return []
    wrapped = Content(line(entry.problem)).wrap(max(8, width - 3))
    heads = ["✗ ", *["  "] * (len(wrapped) - 1)]
    return [
        Content(" " * (indent + 1)) + (Content(head) + part).stylize("$error")
        for head, part in zip(heads, wrapped, strict=True)
    ]


def _padded(content: Content, width: int) -> Content:
    """In exactly `width` cells."""
    cut = content.truncate(width, ellipsis=True)
    return cut + " " * (width - cut.cell_length)
