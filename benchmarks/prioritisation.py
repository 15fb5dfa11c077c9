"""What ranking by the value of information gains, in simulated portfolios; and how long the solver takes.

Simulation: 1,500 portfolios of 40 experiments with priors, payoffs, losses, powers and costs drawn from the
distributions of `portfolios`; a quarter of the total cost as the budget. A team that knows them exactly, or with log
and logit noise of .5 or 1, picks greedily by a score; what it adopts afterwards, and what it would have adopted without
any experiment, follows its own beliefs. Gained: expected true value over adopting without experiments, as a share of
what picking by the true value of information per GPU-hour gains. That share may pass 100 %: a team's own errors make
some experiments worth more to it than to one that knows. Synthetic: the order of the methods is the finding, not the
percentages.
"""

import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from planner.prioritisation.formula import information, worth
from planner.prioritisation.inputs import Inputs
from planner.prioritisation.portfolio import Budget, Item, solve
from planner.prioritisation.robustness import Candidate, robustness
from planner.prioritisation.score import score
from planner.statistics.power import power

PORTFOLIOS, EXPERIMENTS, SHARE = 1_500, 40, 0.25
ALPHA = 0.05
NOISES = (0.0, 0.5, 1.0)
RESAMPLES = 2_000
OWN = "EVSI per GPU-hour"


@dataclass(frozen=True)
class World:
    """Arrays of shape (portfolios, experiments): truth, or what a team believes."""

    prior: np.ndarray
    payoff: np.ndarray
    loss: np.ndarray
    power: np.ndarray
    cost: np.ndarray


def main() -> list[dict]:
    return [*simulated(), *timed()]


def simulated() -> list[dict]:
    gains: dict[float, dict[str, np.ndarray]] = {}
    for noise in NOISES:
        gains[noise] = gained(noise)
        print(f"  noise {noise:g}: done", flush=True)
    shares = {
        noise: {name: interval(gain, found["oracle"]) for name, gain in found.items()} for noise, found in gains.items()
    }
    rows = []
    for name in gains[0.0]:
        if name == "oracle":
            continue
        said = "; ".join(
            f"{words} {shares[noise][name][0]:.0f} [{shares[noise][name][1]:.0f}, {shares[noise][name][2]:.0f}]"
            for noise, words in ((0.0, "exact estimates"), (0.5, "noise .5"), (1.0, "noise 1"))
        )
        rows.append(
            _row(f"value gained by {name}, estimates with noise .5", round(shares[0.5][name][0], 1), "%", note=said)
        )
    lead, low, noise, rival = min(
        (*lead_over(found[OWN], other, found["oracle"]), noise, name)
        for noise, found in gains.items()
        for name, other in found.items()
        if name not in ("oracle", OWN, "EVSI, exact knapsack")
    )
    rows.append(
        _row(
            "EVSI per GPU-hour over the next best score, worst of the three noises",
            *(round(lead, 1), "points of %", "interval > 0", low > 0),
            f"95 % paired bootstrap from {low:.1f}, against {rival} at noise {noise:g}",
        )
    )
    return rows


def gained(noise: float) -> dict[str, np.ndarray]:
    """By score: expected true value gained in each portfolio."""
    generator = np.random.default_rng([17, int(10 * noise)])
    truth = portfolios(np.random.default_rng(17))
    team = believed(truth, noise, generator)
    each = gain_of_each(truth, team)
    budget = SHARE * truth.cost.sum(axis=1)
    evsi, bits = _evsi(team), _bits(team)
    tempered = generator.beta(4 * team.prior, 4 * (1 - team.prior))
    scores = {
        OWN: evsi / team.cost,
        "payoff × bits per GPU-hour": team.payoff * bits / team.cost,
        "bits per GPU-hour": bits / team.cost,
        "RICE-like (payoff × prior per GPU-hour)": team.payoff * team.prior / team.cost,
        "WSJF-like (payoff per GPU-hour)": team.payoff / team.cost,
        "a Thompson sample of payoff × prior per GPU-hour": team.payoff * tempered / team.cost,
        "payoff alone (ICE-like)": team.payoff,
        "a random order": generator.random(team.cost.shape),
        "oracle": _evsi(truth) / truth.cost,
    }
    found = {name: (each * greedy(by, truth.cost, budget)).sum(axis=1) for name, by in scores.items()}
    return {"EVSI, exact knapsack": (each * exact(evsi, truth.cost, budget)).sum(axis=1), **found}


def portfolios(generator: np.random.Generator) -> World:
    """Priors Beta(1.5, 2); payoffs, losses and costs log-normal; 3 to 10 seeds at an effect of .4 to 2.4 SD."""
    shape = (PORTFOLIOS, EXPERIMENTS)
    seeds, effects = (3, 5, 8, 10), np.round(np.linspace(0.4, 2.4, 21), 1)
    table = np.array([[power(n, effect, 1.0, ALPHA) for effect in effects] for n in seeds])
    return World(
        prior=np.clip(generator.beta(1.5, 2, shape), 0.01, 0.99),
        payoff=generator.lognormal(0, 1, shape),
        loss=generator.lognormal(-0.5, 1, shape),
        power=table[generator.integers(0, len(seeds), shape), generator.integers(0, len(effects), shape)],
        cost=generator.lognormal(3.5, 1, shape),
    )


def believed(truth: World, noise: float, generator: np.random.Generator) -> World:
    """What the team thinks: prior off by so much in logits, payoff and loss in logs; costs and powers are right."""
    logit = np.log(truth.prior / (1 - truth.prior)) + noise * generator.standard_normal(truth.prior.shape)
    return replace(
        truth,
        prior=1 / (1 + np.exp(-logit)),
        payoff=truth.payoff * np.exp(noise * generator.standard_normal(truth.payoff.shape)),
        loss=truth.loss * np.exp(noise * generator.standard_normal(truth.loss.shape)),
    )


def gain_of_each(truth: World, team: World) -> np.ndarray:
    """Expected true value of running an experiment, where the team adopts by its own beliefs before and after."""

    def net(world: World, if_true: np.ndarray | float, if_false: float) -> np.ndarray:
        return world.prior * if_true * world.payoff - (1 - world.prior) * if_false * world.loss

    results = ((truth.power, ALPHA), (1 - truth.power, 1 - ALPHA))
    after = sum(np.where(net(team, *result) > 0, net(truth, *result), 0.0) for result in results)
    return after - np.where(net(team, 1.0, 1.0) > 0, net(truth, 1.0, 1.0), 0.0)


def greedy(scores: np.ndarray, costs: np.ndarray, budget: np.ndarray) -> np.ndarray:
    """Best first, each that still fits."""
    taken, left = np.zeros(scores.shape, bool), budget.copy()
    rows = np.arange(len(scores))
    for column in np.argsort(-scores, axis=1).T:
        fits = costs[rows, column] <= left
        taken[rows, column] = fits
        left -= np.where(fits, costs[rows, column], 0.0)
    return taken


def exact(values: np.ndarray, costs: np.ndarray, budget: np.ndarray) -> np.ndarray:
    """The planner's own plan of each portfolio."""
    taken = np.zeros(values.shape, bool)
    for row in range(len(values)):
        pairs = zip(values[row], costs[row], strict=True)
        items = [Item(f"{number:02}", float(value), float(cost)) for number, (value, cost) in enumerate(pairs)]
        taken[row, [int(name) for name in solve(items, Budget(float(budget[row]))).selected]] = True
    return taken


def _evsi(world: World) -> np.ndarray:
    found = np.vectorize(lambda *numbers: worth(*numbers, ALPHA).evsi, otypes=[float])
    return found(world.prior, world.payoff, world.loss, world.power)


def _bits(world: World) -> np.ndarray:
    return np.vectorize(lambda prior, power: information(prior, power, ALPHA), otypes=[float])(world.prior, world.power)


def _resampled(*gains: np.ndarray) -> tuple[np.ndarray, ...]:
    """Sums over portfolios drawn with replacement, the same ones for all."""
    generator = np.random.default_rng(5)
    counts = generator.multinomial(PORTFOLIOS, np.full(PORTFOLIOS, 1 / PORTFOLIOS), RESAMPLES)
    return tuple(counts @ gain for gain in gains)


def interval(gain: np.ndarray, oracle: np.ndarray) -> tuple[float, float, float]:
    """Share of the oracle's total in %, with a 95 % percentile bootstrap over portfolios."""
    own, best = _resampled(gain, oracle)
    low, high = np.quantile(own / best, (0.025, 0.975))
    return tuple(100 * float(share) for share in (gain.sum() / oracle.sum(), low, high))


def lead_over(gain: np.ndarray, other: np.ndarray, oracle: np.ndarray) -> tuple[float, float]:
    """Difference of two shares in points of %, and the lower end of its interval."""
    own, rival, best = _resampled(gain, other, oracle)
    low = np.quantile((own - rival) / best, 0.025)
    return 100 * float((gain.sum() - other.sum()) / oracle.sum()), 100 * float(low)


def timed() -> list[dict]:
    """Plans with a floor for exploration and people-days too; medians over instances, after a first one."""
    solve(*large(20, 5, 0)[1:])
    rows = []
    for count, prerequisites, instances in ((20, 5, 9), (60, 18, 9), (200, 63, 9), (1_000, 289, 7)):
        seconds, proven = [], True
        for seed in range(1, instances + 1):
            _, items, budget = large(count, prerequisites, seed)
            took, plan = _timed(lambda items=items, budget=budget: solve(items, budget))
            seconds.append(took)
            proven = proven and plan.optimal
        worst, limit = max(seconds), count == 1_000
        rows.append(
            _row(
                f"quarter plan, {count:,} items with {prerequisites} prerequisites, proven optimal",
                *(round(statistics.median(seconds), 3), "s", "≤ 5 s" if limit else ""),
                (worst <= 5 and proven) if limit else None,
                f"median of {instances} instances, worst {worst:.2f} s; people-days and a floor of 15 % too",
            )
        )
    candidates, _, budget = large(60, 18, 3)
    took, states = _timed(lambda: list(robustness(candidates, budget)))
    first, _ = _timed(lambda: next(iter(robustness(candidates, budget))))
    note = f"{states[-1].draws} draws solved anew, the first {states[0].draws} after {first:.2f} s"
    rows.append(_row("robustness of a plan of 60 items", round(took, 2), "s", "≤ 30 s", took <= 30, note))
    return rows


def large(count: int, prerequisites: int, seed: int) -> tuple[list[Candidate], list[Item], Budget]:
    """A portfolio with scores, items and a quarter of its costs as the budget."""
    generator = random.Random(seed)
    needs = {child: generator.randrange(child) for child in generator.sample(range(1, count), prerequisites)}
    candidates = []
    for number in range(count):
        found = score(
            Inputs.stated(
                prior=generator.betavariate(1.5, 2) * 0.98 + 0.01,
                payoff=generator.lognormvariate(0, 1),
                loss=generator.lognormvariate(-0.5, 1),
                power=generator.uniform(0.3, 0.95),
                gpu_hours_fixed=generator.lognormvariate(3.5, 1),
                people_days=generator.lognormvariate(1.5, 0.6),
            )
        )
        item = Item(
            *(f"E-{number}", found.plan_value, found.gpu_hours, found.people_days),
            prerequisites=(f"E-{needs[number]}",) if number in needs else (),
            kind="exploration" if generator.random() < 0.3 else "transfer-ready",
        )
        candidates.append(Candidate(item, found))
    items = [candidate.item for candidate in candidates]
    hours, days = (sum(getattr(item, name) for item in items) for name in ("gpu_hours", "people_days"))
    return candidates, items, Budget(hours / 4, days / 4, 0.15)


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def _row(name: str, value: float, unit: str, budget: str = "", ok: bool | None = None, note: str = "") -> dict:
    return {"name": name, "value": value, "unit": unit, "budget": budget, "ok": ok, "note": note}
