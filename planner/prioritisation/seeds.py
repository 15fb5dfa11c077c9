"""What a run costs and can show with so many seeds, and how many are worth running.

With a price of the GPU-hour and a payoff, the number with the highest EVSI − cost is taken; without, the one with the
most EVSI (or bits) per GPU-hour, since EVSI and GPU-hours then have no common unit. Of equals the smaller number.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from planner.prioritisation.formula import information, worth
from planner.prioritisation.inputs import Inputs, Prices

# One or two seeds never get an interval, so that no result of them can be positive.
FEWEST: Final = 3
MOST: Final = 30

PowerOf = Callable[[int, float, float, float], float]
"""(pairs of seeds, delta, sd, alpha) → probability of a positive result where the true difference is delta."""


@dataclass(frozen=True, slots=True)
class SeedCount:
    """The run with so many seeds. None: cannot be said from the inputs.

    `cost` is in the unit of the payoff; `cost_gpu_hours` are GPU-hours, and people-days at their price; `net` is
    EVSI − cost.
    """

    seeds: int | None
    power: float | None
    alpha: float | None
    gpu_hours: float | None
    cost: float | None
    cost_gpu_hours: float | None
    evsi: float | None
    bits: float | None
    net: float | None


def paired_power(seeds: int, delta: float, sd: float, alpha: float) -> float:
    """Power of the two-sided paired t-test at level `alpha`."""
    from planner.statistics.power import power

    return power(seeds, delta, sd, alpha)


def seed_count(inputs: Inputs, prices: Prices, power_of: PowerOf, seeds: int | None) -> SeedCount:
    """The run of `inputs` with so many seeds."""
    power, alpha = _power(inputs, power_of, seeds)
    hours = inputs.gpu_hours(seeds)
    cost, cost_hours = _costs(inputs, prices, hours)
    evsi = bits = None
    if inputs.prior is not None and power is not None and alpha is not None:
        prior = inputs.prior.expected
        bits = information(prior, power, alpha)
        if inputs.payoff is not None and inputs.loss is not None:
            evsi = worth(prior, inputs.payoff.expected, inputs.loss.expected, power, alpha).evsi
    net = evsi - cost if evsi is not None and cost is not None else None
    return SeedCount(seeds, power, alpha, hours, cost, cost_hours, evsi, bits, net)


def open_to_choice(inputs: Inputs) -> bool:
    """Whether the number of seeds is left open and the inputs can say what each number would bring and cost."""
    each = inputs.gpu_hours_per_seed
    costs = each is not None and each.expected > 0
    return (
        inputs.seeds is None and inputs.power is None and inputs.delta is not None and inputs.sd is not None and costs
    )


def sweep(inputs: Inputs, prices: Prices, power_of: PowerOf, counts: Iterable[int]) -> tuple[SeedCount, ...]:
    """The run with each of these numbers of seeds."""
    return tuple(seed_count(inputs, prices, power_of, seeds) for seeds in counts)


def best(rows: Sequence[SeedCount]) -> SeedCount | None:
    """The row worth most (see above); None where no row can be judged."""
    judged = [(merit, row) for row in rows if (merit := _merit(row)) is not None]
    return max(judged, key=lambda pair: (pair[0], -(pair[1].seeds or 0)))[1] if judged else None


def _merit(row: SeedCount) -> float | None:
    if row.net is not None:
        return row.net
    gain = row.bits if row.evsi is None else row.evsi
    return gain / row.cost_gpu_hours if gain is not None and row.cost_gpu_hours else None


def _power(inputs: Inputs, power_of: PowerOf, seeds: int | None) -> tuple[float | None, float | None]:
    """Power and false-positive rate."""
    if inputs.power is not None:
        return inputs.power, inputs.alpha
    if inputs.delta is None or inputs.sd is None or seeds is None:
        return None, None
    if seeds < FEWEST:
        return 0.0, 0.0
    return power_of(seeds, inputs.delta, inputs.sd, inputs.alpha), inputs.alpha


def _costs(inputs: Inputs, prices: Prices, hours: float | None) -> tuple[float | None, float | None]:
    """In the unit of the payoff (with a price of the GPU-hour alone), and in GPU-hours."""
    if prices.gpu_hour is None or hours is None:
        return None, hours
    if prices.person_day is None:
        return hours * prices.gpu_hour, hours
    if inputs.people_days is None:
        return None, None
    cost = hours * prices.gpu_hour + inputs.people_days.expected * prices.person_day
    return cost, cost / prices.gpu_hour
