"""How often the tests that decide are right: false positives, coverage, power and peeking, by simulation.

Fixed seeds, so that a run repeats exactly. Rates carry their binomial (Wilson) intervals; a budget is met where the
promised rate lies in the 99.9 % interval, or the rate below the promised bound. Differences are paired, SD 1, so that
effects are in SDs of a difference.
"""

import math
from collections.abc import Callable

import numpy as np
from scipy.stats import trim_mean

from library.proportions import wilson
from planner.statistics.bootstrap import bca_mean
from planner.statistics.decide import decide, three_way
from planner.statistics.permutation import sign_flip
from planner.statistics.power import minimum_detectable_effect, power, seeds_for_half_width, three_way_probabilities
from planner.statistics.rule import Outcome, Rule
from planner.statistics.sequential import log_e
from planner.statistics.student import t_critical
from planner.statistics.tasks import interquartile_mean

SEEDS = (3, 5, 6, 8, 10, 20)
MANY, SOME, FEW = 100_000, 2_000, 1_000  # simulations: closed forms, sign flips, bootstraps
PEEKS = 50_000


def main() -> list[dict]:
    return [
        *(_levels(n) for n in SEEDS),
        *(_skewed(n) for n in (3, 5, 10, 30)),
        *_tasks(),
        *_planning(),
        *_three_way(),
        *_peeking(),
    ]


def _levels(n: int) -> dict:
    """One line of the table: what each test does when there is nothing, and what it finds when there is something."""
    rng = np.random.default_rng(n)
    wrong = _t_rejects(rng.normal(0, 1, (MANY, n)))
    null = rng.normal(0, 1, (SOME, n))
    percentile = 1 - _rate(null[:FEW], lambda row: _holds(_percentile(row, rng), 0.0))
    bca = 1 - _rate(null[:FEW], lambda row: _holds(bca_mean(row, 0.05), 0.0))
    flips = _rate(null, lambda row: sign_flip(row)[0] <= 0.05)
    found = []
    for effect in (1.0, 2.0):
        draws = rng.normal(effect, 1, (MANY, n))
        flipped = _rate(draws[:SOME], lambda row: sign_flip(row)[0] <= 0.05)
        found.append(
            f"d = {effect:g}: {_t_rejects(draws).mean():.2f} (exact {power(n, effect, 1):.2f}) / {flipped:.2f}"
        )
    rate = float(wrong.mean())
    return _row(
        f"{n} seeds: false positives of the paired t-interval",
        rate,
        "0.05 in its interval",
        _holds(wilson(int(wrong.sum()), MANY, 0.001), 0.05),
        f"{_interval(wrong)}, coverage {1 - rate:.3f}; percentile bootstrap {percentile:.3f}, BCa {bca:.3f} "
        f"{_interval_of(bca, FEW)}, sign-flip {flips:.3f}; power t / sign-flip, {', '.join(found)}",
    )


def _skewed(n: int) -> dict:
    """Log-normal differences with mean 0: no test keeps its level, and verdicts must say so."""
    rng = np.random.default_rng(100 + n)
    wrong = _t_rejects(rng.lognormal(0, 1, (MANY, n)) - math.exp(0.5))
    draws = rng.lognormal(0, 1, (SOME, n)) - math.exp(0.5)
    bca = 1 - _rate(draws[:FEW], lambda row: _holds(bca_mean(row, 0.05), 0.0))
    flips = _rate(draws, lambda row: sign_flip(row)[0] <= 0.05)
    rule = Rule("score", "increase", 0.5, planned_n=n)
    zero = [Outcome("a", str(seed), 0.0) for seed in range(n)]
    verdicts = [
        decide(rule, zero, [Outcome("b", str(seed), value) for seed, value in enumerate(row)]) for row in draws.tolist()
    ]
    decided = [one for one in verdicts if one.state != "inconclusive"]
    warned = np.array([any("skewed" in told for told in one.warnings) for one in decided])
    return _row(
        f"{n} log-normal seeds: false positives of the paired t-interval",
        float(wrong.mean()),
        "",
        None,
        f"{_interval(wrong)}; BCa {bca:.3f}, sign-flip {flips:.3f}; of the verdicts that decide, "
        f"{warned.mean():.0%} warn of the shape",
    )


def _tasks() -> list[dict]:
    rng, tasks, sims = np.random.default_rng(200), [f"task {number}" for number in range(12)], 400
    middle = rng.uniform(0, 1, 12)
    truth = float(trim_mean(rng.normal(middle, 0.2, (100_000, 12)), 0.25, axis=None))
    covered = {}
    for runs in (3, 5, 10):
        seen = [interquartile_mean(rng.normal(middle, 0.2, (runs, 12)), tasks) for _ in range(sims)]
        covered[runs] = np.array([one.low <= truth <= one.high for one in seen])
    note = ", ".join(f"{runs} runs {hits.mean():.3f} {_interval(hits)}" for runs, hits in covered.items())
    return [
        _row("interquartile mean of 12 tasks, 3 runs: coverage at 95 %", float(covered[3].mean()), "", None, note),
    ]


def _planning() -> list[dict]:
    sizes = (3, 4, 5, 6, 8, 10, 15, 20, 30)
    effects = {n: minimum_detectable_effect(n, 1.0) for n in sizes}
    unpaired = {n: minimum_detectable_effect(n, 1.0, pairing="none") for n in (5, 10, 20)}
    widths = {spread: seeds_for_half_width(spread, 1.0) for spread in (0.5, 1.0, 1.5, 2.0, 3.0)}
    return [
        {
            "name": "smallest effect that 10 pairs detect with 80 % power",
            "value": round(effects[10] or 0, 2),
            "unit": "SD",
            "budget": "",
            "ok": None,
            "note": "seeds → SD: "
            + ", ".join(f"{n} → {effect:.2f}" for n, effect in effects.items())
            + "; unpaired: "
            + ", ".join(f"{n} → {effect:.2f}" for n, effect in unpaired.items()),
        },
        {
            "name": "seeds whose interval is δ to each side, where the spread σ = δ",
            "value": widths[1.0],
            "unit": "seeds",
            "budget": "",
            "ok": None,
            "note": "σ/δ → seeds: " + ", ".join(f"{spread:g} → {n}" for spread, n in widths.items()),
        },
    ]


def _three_way() -> list[dict]:
    """Wrong calls, and what it takes to refute; exact probabilities held against simulation."""
    rng, sims = np.random.default_rng(300), 20_000
    wrong, worst, apart = 0.0, "", 0.0
    for n in SEEDS:
        for spread in (0.5, 1.0, 2.0):
            for effect, state in ((0.0, "supported"), (1.0, "refuted")):
                chance = getattr(three_way_probabilities(n, effect, spread, 1.0), state)
                mean, low, high = _t_limits(rng.normal(effect, spread, (sims, n)))
                states = [three_way(*row, 1.0)[0] for row in zip(mean, low, high, strict=True)]
                apart = max(apart, abs(states.count(state) / sims - chance))
                if chance > wrong:
                    wrong, worst = chance, f"{state} at a true effect of {effect:g} δ, {n} seeds, σ = {spread:g} δ"
    refuting = {n: three_way_probabilities(n, 0.0, 1.0, 1.0).refuted for n in SEEDS}
    open_question = three_way_probabilities(5, 0.0, 2.0, 1.0).inconclusive
    return [
        _row(
            "three-way rule: its most frequent wrong call",
            wrong,
            "≤ 0.03",
            wrong <= 0.03,
            f"{worst}; simulation differs by at most {apart:.4f} in {sims:,} draws",
        ),
        _row(
            "three-way rule: 10 seeds refute an effect of 0, σ = δ",
            refuting[10],
            "",
            None,
            ", ".join(f"{n} seeds {chance:.2f}" for n, chance in refuting.items())
            + f"; 5 seeds with σ = 2 δ: {open_question:.2f} inconclusive",
        ),
    ]


def _peeking() -> list[dict]:
    """Ways to look at up to 30 seeds. Power at d = 0.5 and d = 1, and where the e-process stops."""
    most, looks = 30, (6, 12, 18, 24, 30)
    null = np.random.default_rng(400).normal(0, 1, (PEEKS, most))
    half, whole = (
        np.random.default_rng(400 + k).normal(effect, 1, (PEEKS, most)) for k, effect in ((1, 0.5), (2, 1.0))
    )
    strict = Rule("score", "increase", 1.0, planned_n=most, looks=looks[:-1]).interim_alpha

    def at_looks(draws: np.ndarray, alphas: dict[int, float]) -> np.ndarray:
        hit = np.zeros(len(draws), dtype=bool)
        for n, alpha in alphas.items():
            hit |= _t_rejects(draws[:, :n], alpha)
        return hit

    def e_values(draws: np.ndarray) -> np.ndarray:
        n = np.arange(2, most + 1)
        mean = np.cumsum(draws, 1)[:, 1:] / n
        sd = np.sqrt((np.cumsum(draws**2, 1)[:, 1:] - n * mean**2) / (n - 1))
        return log_e(n, mean * np.sqrt(n) / sd) >= math.log(20)

    every = dict.fromkeys(range(3, most + 1), 0.05)
    planned = {n: strict if n < most else 0.05 for n in looks}
    rows = []
    for name, alphas, bound in (
        ("t-test after every seed from 3 to 30", every, None),
        ("t-test at five looks of 30", dict.fromkeys(looks, 0.05), None),
        ("five looks of 30, Bonferroni", dict.fromkeys(looks, 0.01), 0.05),
        ("five looks of 30, Haybittle–Peto", planned, 0.05 + 4 * strict),
    ):
        wrong = at_looks(null, alphas)
        note = f"{_interval(wrong)}; power at d = 0.5: {at_looks(half, alphas).mean():.3f}"
        if bound and alphas is planned:
            note += f" (one look at 30 seeds: {power(most, 0.5, 1):.3f})"
        rows.append(_false_positives(name, wrong, bound, note))
    wrong = e_values(null).any(1)
    stops = e_values(whole)
    median = int(np.median(stops.argmax(1)[stops.any(1)])) + 2
    note = (
        f"{_interval(wrong)}; power at d = 0.5: {e_values(half).any(1).mean():.3f}, "
        f"at d = 1: {stops.any(1).mean():.3f} (stops at {median} seeds in the median)"
    )
    return [*rows, _false_positives("e-process after every seed to 30", wrong, 0.05, note)]


def _false_positives(name: str, wrong: np.ndarray, bound: float | None, note: str) -> dict:
    budget = "" if bound is None else f"≤ {bound:g}"
    # Met where the bound is inside or above the interval of what was seen.
    ok = None if bound is None else wilson(int(wrong.sum()), len(wrong), 0.001)[0] <= bound
    return _row(f"{name}: false positives", float(wrong.mean()), budget, ok, note)


def _t_limits(draws: np.ndarray, alpha: float = 0.05) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    n = draws.shape[1]
    mean = draws.mean(1)
    half = t_critical(n - 1, alpha) * draws.std(1, ddof=1) / math.sqrt(n)
    return mean, mean - half, mean + half


def _t_rejects(draws: np.ndarray, alpha: float = 0.05) -> np.ndarray:
    _, low, high = _t_limits(draws, alpha)
    return (low > 0) | (high < 0)


def _percentile(row: list[float], rng: np.random.Generator) -> tuple[float, float]:
    means = np.asarray(row)[rng.integers(0, len(row), (2000, len(row)))].mean(1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def _rate(draws: np.ndarray, hit: Callable[[list[float]], bool]) -> float:
    return sum(hit(row) for row in draws.tolist()) / len(draws)


def _holds(interval: tuple[float, float], value: float) -> bool:
    return interval[0] <= value <= interval[1]


def _interval(hits: np.ndarray) -> str:
    low, high = wilson(int(hits.sum()), len(hits))
    return f"[{low:.3f}, {high:.3f}] of {len(hits):,}"


def _interval_of(rate: float, n: int) -> str:
    low, high = wilson(round(rate * n), n)
    return f"[{low:.3f}, {high:.3f}]"


def _row(name: str, value: float, budget: str, ok: bool | None, note: str) -> dict:
    return {"name": name, "value": round(value, 4), "unit": "", "budget": budget, "ok": ok, "note": note}
