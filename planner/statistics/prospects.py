"""What a plan can find out, before it costs anything: the page shown beside a preregistration."""

from dataclasses import dataclass

from library.text import counted
from planner.statistics.power import (
    ThreeWay,
    half_width,
    minimum_detectable_effect,
    seeds_for_half_width,
    seeds_for_power,
    three_way_probabilities,
)
from planner.statistics.rule import Rule
from planner.statistics.words import number, percent


@dataclass(frozen=True, slots=True)
class Prospects:
    """The prospects of a rule with n seeds and a spread of `sd` (see `power`).

    `alpha` is the rule's divided by the size of its family, the strictest step. The three outcomes are given for a true
    effect of 0, delta and twice delta. `seeds_needed`: interval at most delta to each side. None: fewer than 3 seeds,
    or out of reach.
    """

    n: int
    sd: float
    alpha: float
    half_width: float | None
    detectable: float | None
    if_nothing: ThreeWay
    if_delta: ThreeWay
    if_twice: ThreeWay
    seeds_needed: int | None
    seeds_for_power: int | None
    summary: str


def prospects(rule: Rule, sd: float, n: int | None = None, *, target: float = 0.8) -> Prospects:
    """What `n` seeds (default: the planned number, else 5) would show. Raises UsageError unless the SD is above 0."""
    n = n if n is not None else rule.planned_n or 5
    alpha, pairing, delta = rule.alpha / rule.family_size, rule.pairing, rule.delta

    def chances(effect: float) -> ThreeWay:
        return three_way_probabilities(n, effect, sd, delta, alpha, pairing=pairing)

    nothing, at_delta, twice = chances(0.0), chances(delta), chances(2 * delta)
    needed = seeds_for_half_width(sd, delta, alpha, pairing=pairing)
    if n < 3:
        text = f"{counted(n, 'seed')} can decide nothing: an interval needs at least 3."
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
        half_width=half_width(n, sd, alpha, pairing=pairing),
        detectable=minimum_detectable_effect(n, sd, alpha, target, pairing=pairing),
        if_nothing=nothing,
        if_delta=at_delta,
        if_twice=twice,
        seeds_needed=needed,
        seeds_for_power=seeds_for_power(delta, sd, alpha, target, pairing=pairing),
        summary=text,
    )
