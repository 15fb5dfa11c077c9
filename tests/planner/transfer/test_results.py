"""Offline and online side by side: differences of means over what both arms have."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from planner.transfer.results import compared
from tests.planner.decisions.planted import experiment, hypothesis, insert, results

Do = Callable[[Callable[[Any], Any]], Any]


def test_side_by_side_with_the_difference(write: Do, read: Do) -> None:
    tried = write(lambda db: experiment(db, hypothesis(db)))
    write(lambda db: results(db, tried, gain=1.8125))
    write(lambda db: results(db, tried, phase="online", gain=0.5, seeds=4))
    primary, other = read(lambda db: compared(db, tried))
    assert (primary.metric, primary.primary, other.metric, other.primary) == ("nDCG@10", True, "latency", False)
    assert (primary.offline, primary.offline_n, primary.online, primary.online_n) == (1.8125, 6, 0.5, 4)
    assert primary.difference == 0.5 - 1.8125


def value(db: Any, tried: int, arm: str, seed: str, number: float | None, **more: Any) -> None:
    batch = insert(db, "result_batch", experiment_id=tried, source="x", person="ada", at="2026-11-01T00:00:00Z")
    status = {} if number is not None else {"status": "crashed"}
    insert(db, "result", batch_id=batch, experiment_id=tried, arm=arm, metric="m", seed=seed, value=number,
           **status, **more)  # fmt: skip


def test_only_shared_seeds_are_paired_and_failed_ones_left_out(write: Do, read: Do) -> None:
    tried = write(lambda db: experiment(db, None, metric="m"))

    def fill(db: Any) -> None:
        for arm, seed, number in (
            ("late", "1", 5.0), ("late", "2", 7.0), ("late", "3", 100.0), ("late", "4", None),
            ("single-vector", "1", 4.0), ("single-vector", "2", 4.5), ("single-vector", "4", 0.0),
        ):  # fmt: skip
            value(db, tried, arm, seed, number)

    write(fill)
    [found] = read(lambda db: compared(db, tried))
    assert (found.offline, found.offline_n) == ((1.0 + 2.5) / 2, 2)
    assert (found.online, found.online_n, found.difference) == (None, 0, None)


def test_without_shared_units_means_are_compared(write: Do, read: Do) -> None:
    tried = write(lambda db: experiment(db, None, metric="m"))

    def fill(db: Any) -> None:
        for unit in range(5):
            value(db, tried, "late", f"a{unit}", 2.0 + unit, phase="online")
        for unit in range(3):
            value(db, tried, "single-vector", f"b{unit}", 1.0, phase="online")

    write(fill)
    [found] = read(lambda db: compared(db, tried))
    assert found.online == pytest.approx(4.0 - 1.0)
    assert found.online_n == 3


def test_slices_and_several_treatments_stay_apart(write: Do, read: Do) -> None:
    arms = json.dumps(
        [{"name": "b", "role": "baseline"}, {"name": "t", "role": "treatment"}, {"name": "u", "role": "treatment"},
         {"name": "without", "role": "ablation"}]
    )  # fmt: skip
    tried = write(lambda db: experiment(db, None, metric="m", arms=arms))

    def fill(db: Any) -> None:
        for arm, number in (("b", 1.0), ("t", 2.0), ("u", 4.0), ("without", 9.0)):
            value(db, tried, arm, "1", number)
            value(db, tried, arm, "1", number * 10, slice="short")

    write(fill)
    found = read(lambda db: compared(db, tried))
    assert [(each.slice, each.treatment, each.offline, each.primary) for each in found] == [
        ("", "t", 1.0, True),
        ("", "u", 3.0, True),
        ("short", "t", 10.0, False),
        ("short", "u", 30.0, False),
    ]


def test_nothing_without_results_or_arms(write: Do, read: Do) -> None:
    tried = write(lambda db: experiment(db, None, arms=None))
    assert read(lambda db: compared(db, tried)) == ()
