"""Whose turn it is: whoever has not presented for the longest time. Pure, and the same for the same record.

The order among those who are there on a day is by *since*: the moment of one's last turn, or, for whoever had none
since joining, the day of joining, so that a new member comes after those who waited longer. Equal ones come in the
order in which they joined.

What that keeps, for any two members who are there for the same sessions: neither presents twice before the other has
presented once, so over any row of sessions their counts differ by at most one. (Were one to be chosen again first, the
other would have been waiting for longer, and been chosen.) Whoever was away when it was their turn is next when back;
what they missed is not made up for, because they did not hear it either.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """`joined`, `left` and the days of `away` (first, last) as YYYY-MM-DD; `left` is the first day without them."""

    id: int
    joined: str
    left: str | None = None
    away: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """That a member presented, or is down to present. `at`: UTC ISO 8601."""

    member: int
    at: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A place in the order. `since`: waiting since; `presented`: turns so far."""

    member: int
    since: str
    presented: int


def available(person: Person, day: str) -> bool:
    """Whether they take part on a day."""
    if day < person.joined or (person.left is not None and day >= person.left):
        return False
    return not any(first <= day <= last for first, last in person.away)


def order(people: Iterable[Person], turns: Iterable[Turn], day: str) -> tuple[Standing, ...]:
    """Those who are there on `day`, the next to present first."""
    last: dict[int, str] = {}
    count: dict[int, int] = {}
    for turn in turns:
        last[turn.member] = max(last.get(turn.member, ""), turn.at)
        count[turn.member] = count.get(turn.member, 0) + 1
    there = [
        (max(person.joined, last.get(person.id, "")), last.get(person.id, ""), person.joined, person.id)
        for person in people
        if available(person, day)
    ]
    return tuple(Standing(id_, since, count.get(id_, 0)) for since, _, _, id_ in sorted(there))


def pair(people: Iterable[Person], turns: Iterable[Turn], day: str) -> tuple[int | None, int | None]:
    """(presenter, backup): the first two of the order; None where nobody is left."""
    ranked = order(people, turns, day)
    return (
        ranked[0].member if ranked else None,
        ranked[1].member if len(ranked) > 1 else None,
    )
