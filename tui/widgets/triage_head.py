"""The two lines above the inbox: the day and how far one is; what it brought, the line, and how good that was."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from textual.content import Content

from library.ranking.stored import Line
from library.triage.inbox import ABOVE, BELOW, EXPLORE, PLACES, REPLACED, UNRANKED, Item
from tui.commands.triage_text import score_text
from tui.dates import short_day
from tui.safe import line as line_of
from tui.widgets.text_parts import joined

_WIDE: Final = 100  # cells from which on there is room for whole words
_DIVIDERS: Final = {BELOW: -1, UNRANKED: -2, REPLACED: -3}  # ids of dividers, by what stands below them


@dataclass(frozen=True, slots=True)
class Tally:
    """Papers of a day by what the heads say of them; `ranked`: whether any has a score."""

    new: int
    cross: int
    replaced: int
    above: int
    explored: int
    decided: int
    ranked: bool

    @property
    def announced(self) -> int:
        """Those that a decision is asked for."""
        return self.new + self.cross


def tally(items: Iterable[Item]) -> Tally:
    """In one pass: a day may have thousands, and this runs with every key."""
    kinds = Counter((item.listing, item.place, item.decision is None) for item in items)

    def count(**wanted: object) -> int:
        names = ("listing", "place", "waits")
        return sum(
            number
            for kind, number in kinds.items()
            if kind[0] != "replaced" and all(kind[names.index(name)] == value for name, value in wanted.items())
        )

    return Tally(
        new=count(listing="new"),
        cross=count(listing="cross"),
        replaced=sum(number for kind, number in kinds.items() if kind[0] == "replaced"),
        above=count(place=ABOVE),
        explored=count(place=EXPLORE),
        decided=count(waits=False),
        ranked=any(kind[1] in (ABOVE, BELOW, EXPLORE) for kind in kinds),
    )


def progress(day: str, today: date, found: Tally, rate: float | None, marked: int = 0) -> Content:
    """ "Fri 20 Nov · 37 of 214 decided · 9 a minute"."""
    name = short_day(day, today.isoformat()).strip() + (", today" if day == today.isoformat() else "")
    parts: list[Content | str] = [Content.styled(f"✓ {marked:,} marked", "$accent")] if marked else []
    parts.append(Content.styled(name, "bold"))
    if found.announced and found.decided == found.announced:
        parts.append(Content.styled(f"● all {found.decided:,} decided", "$success"))
    elif found.announced:
        parts.append(f"{found.decided:,} of {found.announced:,} decided")
    if rate is not None:
        parts.append(Content.styled(f"{rate:.0f} a minute", "$quiet"))
    return joined(parts)


def counts(found: Tally, line: Line, width: int, *, offer: str = "", left: str = "", silent: str = "") -> Content:
    """ "198 new · 16 cross · 12 above the line ▏ precision here lately 71 % [64, 77] n=200".

    `offer`: what R would bring; `left`: what waits on other days, once nothing waits here; `silent`: why there is
    nothing of today.
    """
    parts: list[Content | str] = []
    for count, what in ((found.new, "new"), (found.cross, "cross"), (found.replaced, "replaced")):
        if count:
            parts.append(f"{count:,} {what}")
    short = width < _WIDE
    if found.ranked:
        parts.append(f"{found.above:,} above{'' if short else ' the line'}")
        parts += [f"{found.explored} {'◇' if short else 'to explore'}"] if found.explored else []
        precise = precision(line, short=short)
    else:
        precise = Content.styled("not ranked yet: in the order of their numbers", "$quiet")
    told = Content.assemble(" ", joined(parts))
    if offer:
        return Content.assemble(told, "   ", ("R ", "bold $accent"), offer)
    if left:
        return Content.assemble(told, "   ", left)
    told = Content.assemble(told, ("  ▏ ", "$edge"), precise)
    if short or not silent:
        return told
    return Content.assemble(told, ("  ▏ ", "$edge"), (f"today: {line_of(silent)}", "$quiet"))


def later_head(count: int, due: int) -> Content:
    """ "12 put off · 3 due again"."""
    parts: list[Content | str] = [Content.styled(f"{count:,} put off", "bold")]
    parts += [Content.styled(f"{due:,} due again", "$warning")] if due else []
    return joined(parts)


def about_later(days: int) -> Content:
    """What this list is."""
    return Content.styled(f" the longest ago first; after {days} days they are due again", "$quiet")


def precision(line: Line, *, short: bool = False) -> Content:
    """ "precision here lately 71 % [64, 77] n=200"; grey while that is too few to tell."""
    name = "precision" if short else "precision here lately"
    if line.precision is None:
        return Content.styled(f"{name} not known yet", "$quiet")
    share = f"{name} {100 * line.precision:.0f} %"
    rest = f" [{100 * line.low:.0f}, {100 * line.high:.0f}] n={line.n}"
    if not line.known:
        return Content.styled(f"{share}{rest}", "$quiet")
    return Content.assemble(share, (rest, "$quiet"))


def dividers(items: Sequence[Item], line: Line) -> tuple[list[int], dict[int, str]]:
    """The list's ids with dividers among them (negative ids), and what each divider says."""
    by_place: dict[str, list[int]] = {place: [] for place in PLACES}
    for item in items:
        by_place[item.place].append(item.id)
    below, unranked, replaced = (len(by_place[place]) for place in (BELOW, UNRANKED, REPLACED))
    ranked = any(item.score is not None for item in items)
    texts: dict[int, str] = {}
    if ranked:
        texts[_DIVIDERS[BELOW]] = f"the line {score_text(line.score)} ── {below:,} below"
    if unranked and ranked:
        texts[_DIVIDERS[UNRANKED]] = f"{unranked:,} not ranked"
    if replaced:
        texts[_DIVIDERS[REPLACED]] = f"{replaced:,} replaced: new versions of papers that had their day"
    ids: list[int] = []
    for place in PLACES:
        number = _DIVIDERS.get(place)
        ids += [number] if number is not None and number in texts else []
        ids += by_place[place]
    return ids, texts
