import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from library.errors import UsageError
from planner.prioritisation.critical_path import Task, schedule, topological_order


@st.composite
def graphs(draw: st.DrawFn) -> list[Task]:
    """Whole days, in an order that tells nothing."""
    tasks = [
        Task(
            f"E-{number}",
            float(draw(st.integers(0, 9))),
            tuple(
                draw(st.lists(st.sampled_from([f"E-{other}" for other in range(number)]), max_size=3)) if number else ()
            ),
            float(draw(st.sampled_from([0, 0, 0, 3, 12]))),
        )
        for number in range(draw(st.integers(1, 8)))
    ]
    return draw(st.permutations(tasks))


def paths_to(name: str, tasks: dict[str, Task]) -> list[tuple[str, ...]]:
    """Every chain that ends in a task, from any task that it hangs on."""
    before = [path for need in set(tasks[name].prerequisites) for path in paths_to(need, tasks)]
    return [(name,), *((*path, name) for path in before)]


def length(path: tuple[str, ...], tasks: dict[str, Task]) -> float:
    return tasks[path[0]].earliest + sum(tasks[name].days or 0.0 for name in path)


@given(graphs())
def test_times_against_every_chain(listed: list[Task]) -> None:
    """A task ends with the longest chain to it; its slack is what the longest chain through it leaves to the end."""
    tasks = {task.id: task for task in listed}
    chains = [path for name in tasks for path in paths_to(name, tasks)]
    found = schedule(listed)
    assert found.days == max(length(path, tasks) for path in chains)
    for timing in found.timings:
        own = max(length(path, tasks) for path in chains if path[-1] == timing.id)
        assert timing.finish == own
        assert timing.start == own - (tasks[timing.id].days or 0.0)
        # After it: only what follows it counts, with the waiting that other chains or days not before cause left out.
        behind = max(
            (sum(tasks[name].days or 0.0 for name in path[path.index(timing.id) + 1 :]))
            for path in chains
            if timing.id in path
        )
        assert timing.slack == found.days - behind - own
        assert timing.critical == (timing.slack == 0)
    path = found.critical_path
    assert length(path, tasks) == found.days
    assert all(before in tasks[after].prerequisites for before, after in itertools.pairwise(path))
    critical = {timing.id for timing in found.timings if timing.critical}
    assert set(path) <= critical


@given(graphs())
def test_delaying_a_task_by_its_slack_moves_nothing_and_by_more_moves_the_end(listed: list[Task]) -> None:
    found = schedule(listed)
    for timing in found.timings:
        for delay in (timing.slack or 0.0, (timing.slack or 0.0) + 1):
            later = [
                Task(task.id, (task.days or 0.0) + delay, task.prerequisites, task.earliest)
                if task.id == timing.id
                else task
                for task in listed
            ]
            assert schedule(later).days == found.days + (delay - (timing.slack or 0.0))


@given(graphs())
def test_the_order_puts_nothing_before_what_it_needs(listed: list[Task]) -> None:
    order = topological_order({task.id: task.prerequisites for task in listed})
    assert sorted(order) == sorted(task.id for task in listed)
    for task in listed:
        assert all(order.index(need) < order.index(task.id) for need in task.prerequisites)
    assert order == topological_order(
        {task.id: task.prerequisites for task in sorted(listed, key=lambda task: task.id)}
    )


@given(graphs(), st.data())
def test_a_circle_is_named(listed: list[Task], data: st.DataObject) -> None:
    needs = {task.id: set(task.prerequisites) for task in listed}
    order = topological_order(needs)
    last = data.draw(st.sampled_from(order))
    ancestors = {name for path in paths_to(last, {task.id: task for task in listed}) for name in path}
    first = data.draw(st.sampled_from(sorted(ancestors)))
    needs[first].add(last)
    with pytest.raises(UsageError) as caught:
        topological_order(needs)
    named = caught.value.message.removeprefix("These wait for each other: ").removesuffix(".").split(" needs ")
    assert named[0] == named[-1] == min(named)
    assert all(need in needs[name] for name, need in itertools.pairwise(named))
    assert len(set(named)) == len(named) - 1


def test_an_unknown_duration_leaves_what_hangs_on_it_unknown() -> None:
    found = schedule([Task("A", 3.0), Task("B", None, ("A",)), Task("C", 2.0, ("B",)), Task("D", 4.0, ("A",))])
    times = {timing.id: (timing.start, timing.finish, timing.slack) for timing in found.timings}
    assert times == {"A": (0, 3, 0), "B": (3, None, None), "C": (None, None, None), "D": (3, 7, 0)}
    assert (found.days, found.critical_path, found.unknown) == (7, ("A", "D"), ("B",))


def test_what_is_done_holds_nothing_up() -> None:
    found = schedule([Task("A", 9.0), Task("B", 2.0, ("A", "long ago"))], done=("A", "long ago"))
    assert found.days == 2
    assert [timing.id for timing in found.timings] == ["B"]


def test_nothing_to_do() -> None:
    assert schedule([]).critical_path == ()


@pytest.mark.parametrize("days", [-1.0, math.inf, math.nan])
def test_impossible_durations(days: float) -> None:
    with pytest.raises(UsageError, match="A cannot take"):
        schedule([Task("A", days)])


def test_what_cannot_be_ordered() -> None:
    with pytest.raises(UsageError, match="A needs Z, which is not there"):
        schedule([Task("A", 1.0, ("Z",))])
    with pytest.raises(UsageError, match="twice"):
        schedule([Task("A", 1.0), Task("A", 2.0)])
