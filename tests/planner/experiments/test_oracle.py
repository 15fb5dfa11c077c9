"""Random result sets from the file to the stored verdict, each number held against scipy and statsmodels.

Paired and unpaired, one to three treatments, rising and falling metrics, seeds that crash, repeat or lack a partner,
values from 1e-200 to 1e29, in CSV with any delimiter and in JSON lines.
"""

import json
import math
import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.weightstats import ttost_paired

from library.workspace import Workspace
from planner.experiments import commands
from planner.experiments.columns import Choices
from planner.experiments.importing import import_results, known_names
from planner.experiments.model import VerdictDetail
from planner.experiments.reading import read_results
from tests.planner.experiments.making import judged, read, write

SCALES = (1.0, 1.0, 1.0, 1e-3, 1e6, 1e-25, 1e25, 1e-200, 1e29)


@dataclass
class Planted:
    """A plan, the rows of its file, and the usable values by arm and seed."""

    plan: dict[str, Any]
    rows: list[tuple[str, str, str, str]]
    values: dict[str, dict[str, float]]
    scale: float


@dataclass
class Expected:
    """What the oracle says, in units of the scale; `label` where there is no interval."""

    n: int
    label: str = ""
    test: Any = None
    effect: float = 0.0
    p_delta: float = 1.0
    differences: Any = None


def plant(number: int) -> Planted:
    source, rng = random.Random(number), np.random.default_rng(number)
    n, scale = source.randint(1, 18), source.choice(SCALES)
    treatments = [f"t{place}" for place in range(source.choice([1, 1, 2, 3]))]
    direction = source.choice(["increase", "decrease"])
    shift = source.choice([0.0, 0.3, 1.0, -1.0, 3.0]) * (1 if direction == "increase" else -1)
    shared = rng.normal(source.choice([0, 10]), 1, n)
    values: dict[str, dict[str, float]] = {}
    rows = []
    for arm in ("base", *treatments):
        off = source.choice([0, 0, 1, 100]) if arm != "base" else 0
        own = shared + rng.normal(0, 0.6, n) + (shift if arm != "base" else 0.0)
        own = np.full(n, own[0]) if source.random() < 0.08 else own
        values[arm] = {}
        for place, value in enumerate((own * scale).tolist()):
            seed, kind = str(place + off), source.random()
            if kind < 0.06:
                rows.append((arm, seed, *source.choice([("nan", ""), ("", "crashed")])))
            elif kind > 0.04:
                values[arm][seed] = value
                rows += [(arm, seed, repr(value), "")] * source.choice([1, 1, 1, 2])
    source.shuffle(rows)
    plan = {
        "title": f"planted {number}",
        "metric": "score",
        "direction": direction,
        "delta": repr(source.choice([0.3, 1.0]) * scale),
        "seeds": str(n),
        "alpha": source.choice(["0.05", "0.01", "0.2"]),
        "pairing": source.choice(["seed", "seed", "none"]),
        "arms": "base | baseline\n" + "\n".join(f"{arm} | treatment" for arm in treatments),
    }
    return Planted(plan, rows, values, scale)


def expected(planted: Planted, arm: str) -> Expected:
    sign = 1 if planted.plan["direction"] == "increase" else -1
    base, own = planted.values["base"], planted.values[arm]
    delta = float(planted.plan["delta"]) / planted.scale
    common = [seed for seed in base if seed in own] if planted.plan["pairing"] == "seed" else []
    if common:
        found = np.array([sign * (own[seed] - base[seed]) / planted.scale for seed in common])
        if len(found) < 3:
            return Expected(len(found), "insufficient seeds")
        if np.ptp(found) < 1e-12:
            return Expected(len(found), "zero variance")
        below = stats.ttest_1samp(found, delta).pvalue if found.mean() < delta else 1.0
        return Expected(len(found), "", stats.ttest_1samp(found, 0.0), found.mean(), float(below), found)
    left, right = (np.array([*arm_.values()]) / planted.scale * sign for arm_ in (base, own))
    n = min(len(left), len(right))
    if n < 3:
        return Expected(n, "insufficient seeds")
    if np.ptp(left) < 1e-12 > np.ptp(right):
        return Expected(n, "zero variance")
    effect = right.mean() - left.mean()
    below = stats.ttest_ind(right - delta, left, equal_var=False).pvalue if effect < delta else 1.0
    return Expected(n, "", stats.ttest_ind(right, left, equal_var=False), effect, float(below))


def brought(workspace: Workspace, folder: Path, planted: Planted, number: int) -> int:
    experiment: int = write(workspace, commands.add, planted.plan)[0]
    file = folder / "planted"
    delimiter = (",", ";", "\t", "")[number % 4]
    if delimiter:
        lines = [delimiter.join(row) for row in (("arm", "seed", "value", "status"), *planted.rows)]
    else:
        names = ("arm", "seed", "value", "status")
        lines = [json.dumps({k: v for k, v in zip(names, row, strict=True) if v}) for row in planted.rows]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    known = read(workspace, known_names, experiment)
    write(workspace, import_results, experiment, read_results(str(file), known, Choices()))
    return experiment


def flips(differences: Any) -> float:
    """The sign-flip p by listing all 2ⁿ assignments."""
    signs = 1 - 2 * ((np.arange(2 ** len(differences))[:, None] >> np.arange(len(differences))) & 1)
    reached = np.abs(signs @ np.abs(differences)) >= abs(differences.sum()) - 1e-12 * np.abs(differences).sum()
    return float(reached.mean())


def holm(p_values: list[float]) -> list[float]:
    """As statsmodels' multipletests, which collects garbage at every call: a tenth of a second each."""
    order = sorted(range(len(p_values)), key=p_values.__getitem__)
    steps = np.maximum.accumulate([(len(order) - rank) * p_values[place] for rank, place in enumerate(order)])
    return [min(1.0, float(steps[order.index(place)])) for place in range(len(p_values))]


def held(found: VerdictDetail, want: Expected, planted: Planted, p_adjusted: float, p_delta_adjusted: float) -> None:
    row, numbers = found.row, found.details["numbers"]
    assert row.n == want.n
    if want.label:
        assert (row.state, row.label, row.low, row.p) == ("inconclusive", want.label, None, None)
        return
    alpha, delta = float(planted.plan["alpha"]), float(planted.plan["delta"]) / planted.scale
    low, high = want.test.confidence_interval(1 - alpha)
    for name, value in (("effect", want.effect), ("raw_low", low), ("raw_high", high)):
        assert math.isclose(numbers[name] / planted.scale, value, rel_tol=1e-9, abs_tol=1e-11), name
    told = {"p": float(want.test.pvalue), "p_delta": want.p_delta, "p_adjusted": p_adjusted,
            "p_delta_adjusted": p_delta_adjusted, "df": float(want.test.df)}  # fmt: skip
    for name, value in told.items():
        assert numbers[name] == pytest.approx(value, rel=1e-9, abs=1e-12), name
    state = "refuted" if p_delta_adjusted <= alpha else "inconclusive"
    if p_adjusted <= alpha and want.effect >= delta:
        state = "supported"
    assert row.state == state
    assert (row.label == "harmful") == (state == "refuted" and p_adjusted <= alpha and want.effect < 0)
    if want.differences is not None and 6 <= want.n <= 12:
        assert numbers["p_signflip"] == pytest.approx(flips(want.differences), abs=1e-12)
    if want.differences is not None and found.details["family"] is None:
        both = ttost_paired(want.differences, np.zeros(want.n), -delta, delta)[0] < alpha / 2
        assert both == (low > -delta and high < delta)
        assert (row.label == "equivalent") == (both and row.label != "harmful")


@pytest.mark.filterwarnings("ignore:Precision loss occurred")  # by scipy, where an arm is constant
@pytest.mark.parametrize("start", range(0, 120, 30))
def test_every_number_of_a_verdict_equals_the_oracle(workspace: Workspace, tmp_path: Path, start: int) -> None:
    for number in range(start, start + 30):
        planted = plant(number)
        treatments = [arm for arm in planted.values if arm != "base"]
        experiment = brought(workspace, tmp_path, planted, number)
        wanted = [expected(planted, arm) for arm in treatments]
        raw = [1.0 if each.label else float(each.test.pvalue) for each in wanted]
        adjusted, below = holm(raw), holm([each.p_delta for each in wanted])
        for arm, want, *ps in zip(treatments, wanted, adjusted, below, strict=True):
            if {row[0] for row in planted.rows} & {"base", arm}:
                held(judged(workspace, experiment, treatment=arm), want, planted, *ps)
