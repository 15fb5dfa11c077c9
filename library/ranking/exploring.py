"""Two or three papers a day that the ranking would not have put above the line, so that it can be found wrong.

Of one kind the ranking is uncertain: they lie next below the line. The others are far from all interests, yet of a
category in which the person has kept something or that takes part often. Which of those it is, is drawn by a hash over
person, day and key: nobody's taste enters, and asking again draws the same.
"""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["uncertain", "far"]
EVERY: Final = 4  # one in so many of a day's papers below the line at most, or exploring would be most of reading
_BAND: Final = 0.25  # of the papers below the line, from the top, lie next to it
_FAR: Final = 0.5  # of them, from the bottom, are far


@dataclass(frozen=True, slots=True)
class Candidate:
    """A paper of the inbox. `plausible`: whether it is worth a look at all; `nearness` to the nearest interest."""

    paper_id: int
    key: str
    day: str
    score: float
    nearness: float
    plausible: bool


@dataclass(frozen=True, slots=True)
class Picked:
    """A paper that is picked to explore, on which day, and as what."""

    day: str
    paper_id: int
    why: Kind


def pick(
    candidates: Iterable[Candidate], line: float, count: int, *, person: str, chosen: Collection[str] = ()
) -> tuple[Picked, ...]:
    """At most `count` papers (and one in four) for each day that is not among `chosen`, in the order of days.

    Every third, beginning with the second, is of the far ones. Deterministic, whatever the order of the candidates.
    """
    by_day: dict[str, list[Candidate]] = {}
    for each in candidates:
        if each.score < line and each.day not in chosen:
            by_day.setdefault(each.day, []).append(each)
    picked: list[Picked] = []
    for day in sorted(by_day):
        below = sorted(by_day[day], key=lambda each: (-each.score, each.key))
        picked += _of_day(below, min(count, len(below) // EVERY), person, day)
    return tuple(picked)


def _of_day(below: Sequence[Candidate], count: int, person: str, day: str) -> list[Picked]:
    plausible = [each for each in below if each.plausible]
    band = _drawn(plausible[: max(count, round(len(plausible) * _BAND))], person, day)
    rest = sorted(plausible, key=lambda each: (each.nearness, each.key))
    far = _drawn(rest[: max(count, round(len(rest) * _FAR))], person, day)
    found: dict[int, Picked] = {}
    for number in range(count):
        kind: Kind = "far" if number % 3 == 1 else "uncertain"
        first, second = (far, band) if kind == "far" else (band, far)
        left = next((each for each in (*first, *second) if each.paper_id not in found), None)
        if left is not None:
            found[left.paper_id] = Picked(day, left.paper_id, kind if left in first else _other(kind))
    return list(found.values())


def _other(kind: Kind) -> Kind:
    return "uncertain" if kind == "far" else "far"


def _drawn(candidates: Sequence[Candidate], person: str, day: str) -> list[Candidate]:
    return sorted(candidates, key=lambda each: (_hash(f"{person}\0{day}\0{each.key}"), each.key))


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()
