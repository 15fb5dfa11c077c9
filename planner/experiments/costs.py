"""What runs cost: what one more seed takes, and what like runs took before."""

import sqlite3
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from library.text import counted
from planner.experiments.effective import Effective, effective
from planner.experiments.model import Result
from planner.experiments.spending import runs

LEAST: Final = 3  # runs: fewer are told, but like ones of a wider kind are looked for first


@dataclass(frozen=True, slots=True)
class Estimate:
    """GPU-hours of like runs: the median and range of one run (one arm, one seed), and the same for all arms together.

    `alike`: what they have in common with this experiment. Nothing uses it unless a person takes it over.
    """

    alike: tuple[str, ...]
    experiments: tuple[int, ...]
    runs: int
    median: float
    low: float
    high: float
    arms: int

    @property
    def spread(self) -> str:
        """low..median..high for one seed of all arms, as the plan's field takes it."""
        return "..".join(f"{value * self.arms:.4g}" for value in (self.low, self.median, self.high))

    @property
    def said(self) -> str:
        """ "2.1 GPU-hours a run (1.8 to 2.6), so 4.2 a seed of 2 arms; from 12 runs of E-3 with the same metric"."""
        names = ", ".join(f"E-{number}" for number in self.experiments)
        return (
            f"{self.median:.3g} GPU-hours a run ({self.low:.3g} to {self.high:.3g}), so {self.median * self.arms:.3g} "
            f"a seed of {counted(self.arms, 'arm')}; from {counted(self.runs, 'run')} of {names} with the same "
            f"{' and '.join(self.alike)}"
        )


def hours_per_seed(results: Iterable[Result], arms: Sequence[str]) -> float | None:
    """The mean of what one seed took in all `arms` together; None where no seed says it for each of them."""
    runs: dict[tuple[str, str], float] = {}
    for row in results:
        if row.gpu_hours is not None and row.arm in arms:
            runs[row.seed, row.arm] = max(row.gpu_hours, runs.get((row.seed, row.arm), 0.0))
    seeds = {seed for seed, _ in runs}
    whole = [[runs.get((seed, arm)) for arm in arms] for seed in seeds]
    sums = [sum(hours for hours in each if hours is not None) for each in whole if None not in each]
    return statistics.fmean(sums) if sums else None


def stated_hours(db: sqlite3.Connection, experiment_id: int) -> float | None:
    """What the plan expects one seed of all arms to take; None where nobody said. Raises NotFound."""
    from planner.prioritisation.spread import Spread

    stated = effective(db, experiment_id).values["gpu_hours_per_seed"]
    return None if stated is None else Spread.parse("cost", stated).expected


def estimate(db: sqlite3.Connection, experiment_id: int) -> Estimate | None:
    """What like runs took: of the same command, else the same metric and data, else the metric, else a tag.

    Of these the first kind with at least three runs, else that with most. None where no like run says its hours.
    Raises NotFound.
    """
    plan = effective(db, experiment_id)
    own = _traits(plan)
    others = {row["id"]: effective(db, row["id"]) for row in db.execute("SELECT id FROM experiment").fetchall()}
    used: dict[int, list[float]] = {}
    for number, each in runs(db):
        if each is not None:
            used.setdefault(number, []).append(each)
    arms = max(1, len(plan.arms))
    best: Estimate | None = None
    for alike, matches in _KINDS:
        numbers = tuple(number for number in sorted(used) if number in others and matches(own, _traits(others[number])))
        hours = [value for number in numbers for value in used[number]]
        if hours and (best is None or len(hours) > best.runs):
            best = Estimate(alike, numbers, len(hours), statistics.median(hours), min(hours), max(hours), arms)
        if best is not None and best.runs >= LEAST:
            return best
    return best


@dataclass(frozen=True, slots=True)
class _Traits:
    command: str
    metric: str
    datasets: frozenset[int]
    tags: frozenset[str]


def _traits(plan: Effective) -> _Traits:
    values: dict[str, Any] = plan.values
    return _Traits(
        " ".join((values["command"] or "").split()),
        (plan.metric or "").casefold(),
        frozenset(values["datasets"] or ()),
        frozenset(tag.casefold() for tag in values["tags"] or ()),
    )


_KINDS: Final[tuple[tuple[tuple[str, ...], Callable[[_Traits, _Traits], bool]], ...]] = (
    (("command",), lambda own, other: bool(own.command) and own.command == other.command),
    (
        ("metric", "data"),
        lambda own, other: bool(own.metric) and own.metric == other.metric and bool(own.datasets & other.datasets),
    ),
    (("metric",), lambda own, other: bool(own.metric) and own.metric == other.metric),
    (("tags",), lambda own, other: bool(own.tags & other.tags)),
)
