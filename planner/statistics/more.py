"""How many further seeds would settle an open question, were effect and spread to stay as they are."""

from planner.statistics.rule import Rule
from planner.statistics.solve import smallest
from planner.statistics.student import Estimate

MOST = 10_000  # seeds; more than these are called out of reach


def seeds_to_settle(estimate: Estimate, rule: Rule, n: int, low_alpha: float, high_alpha: float) -> int | None:
    """The smallest number of further seeds whose expected interval supports or refutes; None beyond 10,000.

    An effect of at least delta needs an interval above 0 (at `low_alpha`), a smaller one an interval below delta (at
    `high_alpha`). The new seeds are as likely to move the estimate up as down, so that this number settles it about
    every second time. A plan is finished first: without "anytime" looks it is at least what is left of planned_n.
    """
    reaches = estimate.effect >= rule.delta
    room = estimate.effect if reaches else rule.delta - estimate.effect
    alpha = low_alpha if reaches else high_alpha
    more = smallest(lambda further: estimate.half_width_with(further, alpha) < room, 1, MOST)
    if more is None or rule.looks == "anytime" or rule.planned_n is None:
        return more
    return max(more, rule.planned_n - n)
