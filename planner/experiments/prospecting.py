"""Before launch: what a plan can find out with the seeds that it has, and how many it would need."""

import math
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from library.errors import UsageError
from planner.experiments.costs import stated_hours
from planner.experiments.effective import Effective, effective
from planner.experiments.plans import plan_of
from planner.experiments.rules import Comparison, family_of, lacks, named, rule_of
from planner.experiments.storing import results
from planner.statistics.rule import LEAST_SEEDS

if TYPE_CHECKING:
    from planner.statistics.prospects import Prospects

ROWS = (3, 5, 8, 10, 15, 20, 30)
_LOOKS = {
    "end": "",
    "planned": "The table is for the end; the looks that are planned before it cost next to no power.",
    "anytime": "The table is for a look at that many seeds; each look before may settle it sooner.",
}


@dataclass(frozen=True, slots=True)
class PowerTable:
    """`at`: the prospects with the number of seeds asked for (or planned); `table` with others beside it.

    `sigma_from`: where the spread comes from. `looks`: what the table leaves out of account, empty where nothing.
    """

    experiment_id: int
    metric: str
    unit: str | None
    delta: float
    sigma: float
    sigma_from: str
    family_size: int
    at: "Prospects"
    table: tuple["Prospects", ...]
    gpu_hours_per_seed: float | None
    looks: str


def power_table(
    db: sqlite3.Connection, experiment_id: int, *, sigma: float | None = None, seeds: int | None = None
) -> PowerTable:
    """What the plan can find out. Raises UsageError where δ, metric or σ is not known, NotFound."""
    from planner.statistics.prospects import prospects

    plan = effective(db, experiment_id)
    frozen = plan_of(plan)
    lacking = lacks(frozen)
    if lacking:
        raise UsageError(
            f"What E-{experiment_id} can find out cannot be reckoned: its plan has no {', no '.join(lacking)}.",
            mend=f"Fill it in: labtop experiment edit E-{experiment_id}",
        )
    treatments, baselines = named(frozen, "treatment"), named(frozen, "baseline")
    asked = Comparison(experiment_id, *(names[0] if names else "" for names in (treatments, baselines)))
    rule = rule_of(frozen, experiment_id, family_of(db, asked, frozen, "offline"))
    spread, source = _sigma(db, plan, sigma)
    n = seeds or rule.planned_n or 5
    numbers = sorted({*ROWS, n})
    return PowerTable(
        experiment_id=experiment_id,
        metric=rule.metric,
        unit=plan.unit,
        delta=rule.delta,
        sigma=spread,
        sigma_from=source,
        family_size=rule.family_size,
        at=prospects(rule, spread, n),
        table=tuple(prospects(rule, spread, number) for number in numbers),
        gpu_hours_per_seed=stated_hours(db, experiment_id),
        looks=_LOOKS[rule.looks if isinstance(rule.looks, str) else "planned"],
    )


def seen_sigma(db: sqlite3.Connection, plan: Effective) -> float | None:
    """The spread in the results that are there: of the paired difference, or of one run where nothing is paired.

    None below three pairs, or three runs of each arm.
    """
    from planner.statistics.student import mean_and_sd

    if not plan.treatments or not plan.baselines or plan.metric is None:
        return None
    rows = [row for row in results(db, plan.experiment_id, metric=plan.metric, phase="offline") if not row.slice]
    arms: list[dict[str, float]] = [
        {row.seed: row.value for row in rows if row.arm == arm and row.status == "ok" and row.value is not None}
        for arm in (plan.baselines[0], plan.treatments[0])
    ]
    if plan.values["pairing"] == "none":
        if min(map(len, arms)) < LEAST_SEEDS:
            return None
        left, right = (mean_and_sd(list(arm.values()))[1] for arm in arms)
        return math.sqrt((left**2 + right**2) / 2) or None
    pairs = [arms[1][seed] - value for seed, value in arms[0].items() if seed in arms[1]]
    return (mean_and_sd(pairs)[1] or None) if len(pairs) >= LEAST_SEEDS else None


def _sigma(db: sqlite3.Connection, plan: Effective, sigma: float | None) -> tuple[float, str]:
    if sigma is not None:
        return sigma, "as asked"
    if plan.values["sigma"] is not None:
        return float(plan.values["sigma"]), "as planned"
    seen = seen_sigma(db, plan)
    if seen is not None:
        return seen, f"as seen in the results of E-{plan.experiment_id}"
    raise UsageError(
        f"E-{plan.experiment_id} does not say how far seeds differ (σ of the paired difference).",
        mend="Give it: --sigma 0.5, from earlier runs or a guess.",
    )


def power_record(table: PowerTable) -> dict[str, Any]:
    """The table as scripts see it."""

    def one(row: "Prospects") -> dict[str, Any]:
        return {
            "seeds": row.n,
            "half_width": row.half_width,
            "detectable": row.detectable,
            "power": row.power,
            "refuted_if_nothing": row.if_nothing.refuted,
            "supported_if_delta": row.if_delta.supported,
            "supported_if_twice_delta": row.if_twice.supported,
            "inconclusive_if_nothing": row.if_nothing.inconclusive,
            "gpu_hours": None if table.gpu_hours_per_seed is None else row.n * table.gpu_hours_per_seed,
        }

    rows: Sequence[dict[str, Any]] = [one(row) for row in table.table]
    return {
        "id": f"E-{table.experiment_id}",
        "metric": table.metric,
        "unit": table.unit,
        "delta": table.delta,
        "sigma": table.sigma,
        "sigma_from": table.sigma_from,
        "alpha": table.at.alpha,
        "family_size": table.family_size,
        "seeds": table.at.n,
        "seeds_for_interval": table.at.seeds_needed,
        "seeds_for_power": table.at.seeds_for_power,
        "summary": table.at.summary,
        "table": rows,
    }
