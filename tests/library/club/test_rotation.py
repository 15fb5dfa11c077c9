"""Turns are fair whatever happens: absences, people who come and go, exchanges."""

from collections import Counter
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from library.club.rotation import Person, Turn, available, order, pair

START = date(2026, 1, 1)
SESSIONS = 20


def day(number: int) -> str:
    return (START + timedelta(weeks=number)).isoformat()


def season(people: list[Person], sessions: int = SESSIONS) -> list[tuple[int | None, int | None]]:
    """Who presents and who stands by, session by session, each assigned when the ones before it are known."""
    turns: list[Turn] = []
    found = []
    for number in range(sessions):
        presenter, backup = pair(people, turns, day(number))
        found.append((presenter, backup))
        if presenter is not None:
            turns.append(Turn(presenter, f"{day(number)}T15:00:00Z"))
    return found


def there_for(person: Person, sessions: int = SESSIONS) -> tuple[bool, ...]:
    return tuple(available(person, day(number)) for number in range(sessions))


@st.composite
def groups(draw: st.DrawFn) -> list[Person]:
    """Two to eight people; each has up to four absences of one to five weeks, may join late and leave early."""
    people = []
    for number in range(1, draw(st.integers(2, 8)) + 1):
        firsts = draw(st.lists(st.integers(0, SESSIONS - 1), max_size=4))
        away = [(day(first), day(first + draw(st.integers(0, 4)))) for first in firsts]
        joined = draw(st.sampled_from([0, 0, 0, 3, 9]))
        left = draw(st.sampled_from([None, None, None, 12, 17]))
        people.append(Person(number, day(joined), day(left) if left else None, tuple(away)))
    return people


@given(groups())
def test_people_who_are_there_for_the_same_sessions_differ_by_at_most_one(people: list[Person]) -> None:
    """Over all sessions, and over any row of them: nobody presents twice before the other has presented."""
    presenters = [presenter for presenter, _ in season(people)]
    for one in people:
        for other in people:
            if there_for(one) != there_for(other) or one.joined != other.joined:
                continue
            for first in range(SESSIONS):
                for last in range(first + 1, SESSIONS + 1):
                    counts = Counter(presenters[first:last])
                    assert abs(counts[one.id] - counts[other.id]) <= 1


@given(groups(), st.integers(1, SESSIONS))
def test_between_any_two_the_one_who_waits_longer_is_never_passed_over(people: list[Person], sessions: int) -> None:
    turns: dict[int, str] = {}
    for number, (presenter, backup) in enumerate(season(people, sessions)):
        here = {each.id: max(each.joined, turns.get(each.id, "")) for each in people if available(each, day(number))}
        if presenter is None:
            assert not here
            continue
        assert here[presenter] == min(here.values())
        assert backup != presenter
        if backup is None:
            assert len(here) == 1
        else:
            assert here[backup] == min(value for each, value in here.items() if each != presenter)
        turns[presenter] = f"{day(number)}T15:00:00Z"


@given(groups())
def test_whoever_is_away_is_not_asked_and_the_same_record_gives_the_same_turns(people: list[Person]) -> None:
    found = season(people)
    for number, both in enumerate(found):
        for member in both:
            person = next((each for each in people if each.id == member), None)
            assert person is None or available(person, day(number))
    assert season(list(reversed(people))) == found  # whatever order they are read in


def test_short_absences_are_caught_up_with() -> None:
    """Five people, each away for two sessions of twenty: nobody is far behind."""
    people = [Person(n, day(0), away=((day(3 * n), day(3 * n + 1)),)) for n in range(1, 6)]
    counts = Counter(presenter for presenter, _ in season(people))
    assert max(counts.values()) - min(counts.values()) <= 1
    assert sum(counts.values()) == SESSIONS


def test_a_new_member_waits_behind_those_who_waited_longer_then_takes_turns_like_all() -> None:
    people = [Person(n, day(0)) for n in (1, 2, 3)] + [Person(4, day(6))]
    presenters = [presenter for presenter, _ in season(people)]
    assert presenters[6:10] == [1, 2, 3, 4]
    counts = Counter(presenters[6:])
    assert max(counts.values()) - min(counts.values()) <= 1


def test_whoever_presented_before_joining_comes_after_those_who_did_not() -> None:
    people = [Person(1, "2026-02-01"), Person(2, "2026-02-01")]
    turns = [Turn(1, "2025-12-01T15:00:00Z")]
    assert [each.member for each in order(people, turns, "2026-02-10")] == [2, 1]


def test_nobody_and_one() -> None:
    assert pair([], [], day(0)) == (None, None)
    assert pair([Person(1, day(0))], [], day(0)) == (1, None)
    assert pair([Person(1, day(0), left=day(0))], [], day(0)) == (None, None)
