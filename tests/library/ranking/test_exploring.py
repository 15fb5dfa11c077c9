"""Papers to explore: few, below the line, the same ones whenever it is asked."""

import random

from hypothesis import given
from hypothesis import strategies as st

from library.ranking.exploring import EVERY, Candidate, pick

LINE = 0.6
candidates = st.builds(
    Candidate,
    paper_id=st.integers(1, 10_000),
    key=st.integers(1, 10_000).map("2604.{:05}".format),
    day=st.sampled_from(("2026-04-09", "2026-04-10")),
    score=st.integers(0, 100).map(lambda value: value / 100),
    nearness=st.integers(-100, 100).map(lambda value: value / 100),
    plausible=st.booleans(),
)
pools = st.lists(candidates, max_size=60, unique_by=(lambda each: each.paper_id, lambda each: each.key))


def day_of(count: int, *, plausible: int | None = None) -> list[Candidate]:
    return [
        Candidate(n, f"2604.{n:05}", "2026-04-10", 0.59 - n / 1000, n / 1000, plausible is None or n < plausible)
        for n in range(count)
    ]


@given(pools, st.integers(0, 4), st.randoms(use_true_random=False))
def test_few_below_the_line_and_the_same_in_any_order(pool: list[Candidate], count: int, order: random.Random) -> None:
    picked = pick(pool, LINE, count, person="ada")
    shuffled = list(pool)
    order.shuffle(shuffled)
    assert pick(shuffled, LINE, count, person="ada") == picked
    by_id = {each.paper_id: each for each in pool}
    assert len({each.paper_id for each in picked}) == len(picked)
    for day in ("2026-04-09", "2026-04-10"):
        of_day = [by_id[each.paper_id] for each in picked if each.day == day]
        below = [each for each in pool if each.day == day and each.score < LINE]
        assert all(each.plausible and each.score < LINE and each.day == day for each in of_day)
        assert len(of_day) == min(count, len(below) // EVERY, sum(each.plausible for each in below))


def test_both_kinds_are_picked_where_they_belong() -> None:
    pool = day_of(100)
    picked = pick(pool, LINE, 3, person="ada")
    assert [each.why for each in picked] == ["uncertain", "far", "uncertain"]
    assert {each.paper_id for each in picked if each.why == "uncertain"} <= set(range(25))  # next below the line
    assert {each.paper_id for each in picked if each.why == "far"} <= set(range(50))  # least near to any interest


def test_a_day_that_has_its_papers_gets_no_others() -> None:
    assert pick(day_of(100), LINE, 3, person="ada", chosen={"2026-04-10"}) == ()
    assert pick(day_of(EVERY - 1), LINE, 3, person="ada") == ()
    assert len(pick(day_of(20, plausible=1), LINE, 3, person="ada")) == 1


def test_people_explore_different_papers() -> None:
    drawn = {tuple(each.paper_id for each in pick(day_of(200), LINE, 3, person=name)) for name in ("ada", "kim", "bo")}
    assert len(drawn) > 1
