"""Turns in a real workspace: by rotation, by name, exchanged, and what becomes of them when plans change."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from library.club import members, sessions, turns
from library.club.queries import find_member
from library.errors import UsageError
from tests.library.club.conftest import TODAY, Club


def weeks(number: int) -> str:
    return (TODAY + timedelta(weeks=number)).isoformat()


def member(club: Club, name: str) -> int:
    return club.read(lambda db: find_member(db, name))


def assign(club: Club, number: int, **more: int) -> str:
    return club.write(lambda db: turns.assign(db, "ada", number, **more)).summary


def both(club: Club, number: int) -> tuple[str | None, str | None]:
    found = club.session(number)
    return found.presenter, found.backup


def test_planning_takes_presenter_and_backup_from_the_rotation(club: Club) -> None:
    club.join("ada", "kim", "lee")
    found = [both(club, club.plan(weeks(number))) for number in range(1, 5)]
    assert found == [("ada", "kim"), ("kim", "lee"), ("lee", "ada"), ("ada", "kim")]


def test_assigning_again_changes_nothing(club: Club) -> None:
    club.join("ada", "kim")
    number = club.plan(weeks(1), rotate=False)
    assert both(club, number) == (None, None)
    assert "ada presents S-1" in assign(club, number)
    assert "already" in assign(club, number)
    assert club.rows("SELECT count(*) FROM journal WHERE action = 'club.assign'") == [(1,)]
    assert both(club, number) == ("ada", "kim")


def test_absences_pass_the_turn_on_and_the_one_who_was_away_is_next(club: Club) -> None:
    club.join("ada", "kim", "lee")
    club.away("ada", weeks(1), weeks(2))
    found = [both(club, club.plan(weeks(number)))[0] for number in range(1, 5)]
    assert found == ["kim", "lee", "ada", "kim"]


def test_somebody_named_presents_and_the_rotation_goes_on_from_there(club: Club) -> None:
    club.join("ada", "kim", "lee")
    number = club.plan(weeks(1))
    assert "lee presents S-1" in assign(club, number, presenter=member(club, "lee"))
    assert both(club, number) == ("lee", "ada")
    assert both(club, club.plan(weeks(2))) == ("ada", "kim")


def test_one_person_is_not_both(club: Club) -> None:
    club.join("ada", "kim")
    number, lee = club.plan(weeks(1)), member(club, "kim")
    with pytest.raises(UsageError, match="two people"):
        assign(club, number, presenter=lee, backup=lee)


def test_an_exchange_leaves_the_order_as_it_was(club: Club) -> None:
    club.join("ada", "kim", "lee")
    one, two = club.plan(weeks(1)), club.plan(weeks(2))
    club.write(lambda db: turns.swap(db, "ada", one, two))
    assert both(club, one) == ("kim", "ada")  # whoever hands the turn over stands by
    assert club.session(one).due == "ada"
    assert both(club, two)[0] == "ada"
    assert [both(club, club.plan(weeks(number)))[0] for number in (3, 4, 5)] == ["lee", "ada", "kim"]
    club.write(lambda db: turns.swap(db, "ada", two, one))  # and back
    assert both(club, one)[0] == "ada"
    assert club.session(one).due is None
    assert club.session(one).swapped_with is None


def test_an_exchange_whose_other_half_is_cancelled_is_a_turn_given_and_one_still_due(club: Club) -> None:
    club.join("ada", "kim", "lee")
    one, two = club.plan(weeks(1)), club.plan(weeks(2))
    club.write(lambda db: turns.swap(db, "ada", one, two))
    club.write(lambda db: sessions.cancel(db, "ada", two))
    # kim presented in ada's place; ada, who was to present in kim's, did not: she is next.
    assert [both(club, club.plan(weeks(number)))[0] for number in (3, 4, 5)] == ["ada", "lee", "kim"]


def test_an_exchange_is_refused_where_it_cannot_be(club: Club) -> None:
    club.join("ada", "kim", "lee")
    one, two, three = (club.plan(weeks(number)) for number in (1, 2, 3))
    club.away("ada", weeks(2))
    with pytest.raises(UsageError, match="ada is not there"):
        club.write(lambda db: turns.swap(db, "ada", one, two))
    club.write(lambda db: turns.swap(db, "ada", one, three))
    with pytest.raises(UsageError, match="exchanged with S-3 already"):
        club.write(lambda db: turns.swap(db, "ada", one, two))
    club.hold(one)
    with pytest.raises(UsageError, match="is held"):
        club.write(lambda db: turns.swap(db, "ada", one, three))


def test_whoever_stood_in_has_had_the_turn(club: Club) -> None:
    club.join("ada", "kim", "lee")
    one = club.plan(weeks(1))
    club.hold(one, presenter=member(club, "kim"))
    found = club.session(one)
    assert (found.presenter, found.due, found.backup) == ("kim", "ada", None)
    assert [both(club, club.plan(weeks(number)))[0] for number in (2, 3, 4)] == ["ada", "lee", "kim"]


def test_who_has_a_task_and_will_not_be_there_is_shown(club: Club) -> None:
    club.join("ada", "kim")
    one = club.plan(weeks(1))
    club.away("kim", weeks(1))
    assert club.session(one).conflicts == ("kim",)
    club.write(lambda db: members.leave(db, "ada", find_member(db, "ada"), TODAY))
    assert club.session(one).conflicts == ("ada", "kim")
    assert "kim is not there that day" in assign(club, one, presenter=member(club, "kim"))
    with pytest.raises(UsageError, match="Nobody is there"):
        assign(club, one)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.integers(0, 3), st.integers(1, 20)), max_size=6),
    st.lists(st.integers(0, 18), max_size=6, unique=True),
)
def test_a_season_with_absences_and_exchanges_is_fair_to_those_who_are_always_there(
    club: Club, absences: list[tuple[int, int]], exchanges: list[int]
) -> None:
    """Twenty sessions through the database: ada and kim are always there, the others are away now and then."""

    def emptied(db: object) -> None:
        for table in ("club_session", "club_absence", "club_member"):
            db.execute(f"DELETE FROM {table}")  # type: ignore[attr-defined]

    club.write(emptied)
    names = ("lee", "noor", "olu", "pia")
    club.join("ada", "kim", *names)
    for who, week in absences:
        club.away(names[who], weeks(week))
    made: list[int] = []
    for week in range(1, 21):
        made.append(club.plan(weeks(week)))
        if len(made) > 1 and len(made) - 2 in exchanges:
            one, two = made[-2:]
            try:
                club.write(lambda db, a=one, b=two: turns.swap(db, "ada", a, b))  # type: ignore[misc]
            except UsageError:
                continue  # one of the two is away, or one turn is exchanged already
    counts = Counter(both(club, number)[0] for number in made)
    assert abs(counts["ada"] - counts["kim"]) <= 1
    assert sum(counts.values()) == 20
