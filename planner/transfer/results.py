"""Offline and online results of an experiment, side by side."""

import json
import sqlite3
from collections.abc import Sequence
from math import fsum
from typing import Any

from planner.transfer.model import Compared

_Values = dict[str, list[float]]  # seed → values


def compared(db: sqlite3.Connection, experiment_id: int) -> tuple[Compared, ...]:
    """For each metric and slice, and each treatment against each baseline: the effect offline and online.

    An effect is a difference of means over the seeds (online: units) that both arms have; where none is shared, of the
    means over all. The primary metric comes first.
    """
    row = db.execute(
        "SELECT e.arms, coalesce(e.metric, h.metric) AS metric FROM experiment e"
        " LEFT JOIN hypothesis h ON h.id = e.hypothesis_id WHERE e.id = ?",
        (experiment_id,),
    ).fetchone()
    arms: list[dict[str, Any]] = json.loads(row["arms"] or "[]")
    treatments = [arm["name"] for arm in arms if arm["role"] == "treatment"]
    baselines = [arm["name"] for arm in arms if arm["role"] == "baseline"]
    values: dict[tuple[str, str], dict[tuple[str, str], _Values]] = {}
    for each in db.execute(
        "SELECT metric, slice, arm, phase, seed, value FROM result"
        " WHERE experiment_id = ? AND status = 'ok' ORDER BY id",
        (experiment_id,),
    ).fetchall():
        arm = values.setdefault((each["metric"], each["slice"]), {}).setdefault((each["phase"], each["arm"]), {})
        arm.setdefault(each["seed"], []).append(each["value"])
    found = [
        _compared(metric, part, treatment, baseline, by_arm, primary=metric == row["metric"] and not part)
        for (metric, part), by_arm in values.items()
        for treatment in treatments
        for baseline in baselines
    ]
    kept = [each for each in found if each.offline is not None or each.online is not None]
    return tuple(sorted(kept, key=lambda each: (not each.primary, each.metric, each.slice)))


def _compared(
    metric: str, part: str, treatment: str, baseline: str, by_arm: dict[tuple[str, str], _Values], *, primary: bool
) -> Compared:
    offline, offline_n = _effect(by_arm.get(("offline", treatment), {}), by_arm.get(("offline", baseline), {}))
    online, online_n = _effect(by_arm.get(("online", treatment), {}), by_arm.get(("online", baseline), {}))
    return Compared(metric, part, treatment, baseline, offline, offline_n, online, online_n, primary)


def _effect(treatment: _Values, baseline: _Values) -> tuple[float | None, int]:
    """(difference of means, seeds it rests on)."""
    if not treatment or not baseline:
        return None, 0
    shared = [seed for seed in treatment if seed in baseline]
    if shared:
        return _mean([_mean(treatment[seed]) - _mean(baseline[seed]) for seed in shared]), len(shared)
    means = [_mean([_mean(values) for values in arm.values()]) for arm in (treatment, baseline)]
    return means[0] - means[1], min(len(treatment), len(baseline))


def _mean(values: Sequence[float]) -> float:
    return fsum(values) / len(values)
