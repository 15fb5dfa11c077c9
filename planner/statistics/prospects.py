"""What a plan can find out, before it costs anything: the page shown beside a preregistration."""

import math
from dataclasses import dataclass

from library.text import counted
from planner.statistics.power import (
    MOST,
    ThreeWay,
    half_width,
    minimum_detectable_effect,
    power,
    seeds_for_half_width,
    seeds_for_power,
    three_way_probabilities,
)
from planner.statistics.rule import LEAST_SEEDS, Rule
from planner.statistics.solve import smallest
from planner.statistics.student import t_two_sided
from planner.statistics.words import number, percent


@dataclass(frozen=True, slots=True)
class Prospects:
    """The prospects of a rule with n seeds and a spread of `sd` (see `power`).

    `alpha` is the rule's divided by the size of its family, the strictest step. The three outcomes are given for a true
    effect of 0, delta and twice delta. `power`: the chance that the test against 0 finds an effect of delta;
    `detectable`: the effect that it finds in 80 %. `seeds_needed`: interval at most delta to each side. None: too few
    seeds, or out of reach. With "anytime" looks all of it is for a look at n seeds; earlier looks can only add to it.
    """

    n: int
    sd: float
    alpha: float
    half_width: float | None
    detectable: float | None
    power: float
    if_nothing: ThreeWay
    if_delta: ThreeWay
    if_twice: ThreeWay
    seeds_needed: int | None
    seeds_for_power: int | None
    summary: str


def prospects(rule: Rule, sd: float, n: int | None = None, *, target: float = 0.8) -> Prospects:
    """What `n` seeds (default: the planned number, else 5) would show. Raises UsageError unless the SD is above 0."""
    from planner.statistics.sequential import critical_t, least_seeds  # loads numpy

    n = n if n is not None else rule.planned_n or 5
    alpha, pairing, delta = rule.alpha / rule.family_size, rule.pairing, rule.delta
    anytime = rule.looks == "anytime"
    level = _anytime_level(n, alpha) if anytime else alpha
    decides = n >= LEAST_SEEDS and level > 0

    def chances(effect: float) -> ThreeWay:
        if not decides:
            return ThreeWay(0.0, 0.0, 1.0, 0.0)
        return three_way_probabilities(n, effect, sd, delta, level, pairing=pairing)

    width = half_width(n, sd, level if decides else alpha, pairing=pairing)  # raises where the SD makes no sense
    nothing, at_delta, twice = chances(0.0), chances(delta), chances(2 * delta)
    if anytime:
        needed = smallest(lambda m: critical_t(m, alpha) * sd / math.sqrt(m) <= delta, LEAST_SEEDS, MOST)
        for_power = smallest(lambda m: _finds(m, delta, sd, alpha) >= target, LEAST_SEEDS, MOST)
    else:
        needed = seeds_for_half_width(sd, delta, alpha, pairing=pairing)
        for_power = seeds_for_power(delta, sd, alpha, target, pairing=pairing)
    if not decides:
        least = least_seeds(alpha) if anytime else LEAST_SEEDS
        text = f"{counted(n, 'seed')} can decide nothing: an interval needs at least {least}."
    else:
        text = (
            f"With {n} seeds and a spread of {number(sd)}, no effect at all is refuted in "
            f"{percent(round(nothing.refuted, 2))} of cases, and twice the {number(delta)} worth having is supported "
            f"in {percent(round(twice.supported, 2))}."
        )
    if needed is not None and needed > n:
        text += f" {counted(needed, 'seed')} narrow the interval to {number(delta)} on each side."
    return Prospects(
        n=n,
        sd=sd,
        alpha=alpha,
        half_width=width if decides else None,
        detectable=minimum_detectable_effect(n, sd, level, target, pairing=pairing) if decides else None,
        power=power(n, delta, sd, level, pairing=pairing) if decides else 0.0,
        if_nothing=nothing,
        if_delta=at_delta,
        if_twice=twice,
        seeds_needed=needed,
        seeds_for_power=for_power,
        summary=text,
    )


def _anytime_level(n: int, alpha: float) -> float:
    """The alpha of the t-test that is as strict at n seeds as the anytime test; 0 where that excludes nothing yet."""
    from planner.statistics.sequential import critical_t  # loads numpy

    critical = critical_t(n, alpha)
    return 0.0 if math.isinf(critical) else t_two_sided(critical, n - 1.0)


def _finds(n: int, effect: float, sd: float, alpha: float) -> float:
    level = _anytime_level(n, alpha)
    return power(n, effect, sd, level) if level > 0 else 0.0
