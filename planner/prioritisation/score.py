"""The score of an experiment: what it is worth to know its result, per GPU-hour.

    basis "evsi"         expected value of sample information per GPU-hour: the default
    basis "bits"         payoff or loss is not stated: bits about the hypothesis per GPU-hour instead, and marked so
    basis "needs input"  prior, power or cost is not stated: no score, not ranked

`missing` names what is not stated: for "bits" what EVSI would need, for "needs input" what any score would need. With
prices, people-days count as the GPU-hours that they are worth; without, they are left out of the score.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Literal, Self

from planner.prioritisation.formula import belief, information, worth
from planner.prioritisation.inputs import Inputs, Prices
from planner.prioritisation.seeds import (
    FEWEST,
    MOST,
    PowerOf,
    SeedCount,
    best,
    open_to_choice,
    paired_power,
    seed_count,
    sweep,
)

FORMULA_VERSION: Final = "evsi-1"
Basis = Literal["evsi", "bits", "needs input"]


@dataclass(frozen=True, slots=True)
class Score:
    """A score with everything it was reckoned from. What could not be reckoned is None.

    seeds, gpu_hours, people_days  what the run costs; `cost` in the unit of the payoff (with prices alone)
    cost_gpu_hours                 what the score is divided by: GPU-hours, and people-days at their price
    prior, power, alpha            p, π, α; `positive`, `after_positive`, `after_negative` are q⁺, p⁺, p⁻
    adopt_today, chance, evsi      the decision without the run, the chance to change it, the gain on average
    bits                           mutual information of hypothesis and result
    per_1000                       EVSI (or bits, see `basis`) per 1,000 GPU-hours
    rice, ice, wsjf, payoff        the scores shown beside
    sweep                          what each number of seeds would be worth, where the score picked it
    """

    inputs: Inputs
    prices: Prices
    version: str
    basis: Basis
    missing: tuple[str, ...]
    seeds: int | None = None
    gpu_hours: float | None = None
    people_days: float | None = None
    cost: float | None = None
    cost_gpu_hours: float | None = None
    prior: float | None = None
    power: float | None = None
    alpha: float | None = None
    positive: float | None = None
    after_positive: float | None = None
    after_negative: float | None = None
    adopt_today: bool | None = None
    chance: float | None = None
    evsi: float | None = None
    bits: float | None = None
    per_1000: float | None = None
    rice: float | None = None
    ice: float | None = None
    wsjf: float | None = None
    payoff: float | None = None
    sweep: tuple[SeedCount, ...] = ()

    @property
    def plan_value(self) -> float | None:
        """What a plan adds up: EVSI. Bits are not of its unit, and a score that needs input has none."""
        return self.evsi if self.basis == "evsi" else None

    def to_json(self) -> dict[str, Any]:
        """Plain data that `from_json` reads back to an equal score."""
        plain: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            **plain,
            "inputs": self.inputs.to_json(),
            "prices": self.prices.to_json(),
            "missing": list(self.missing),
            "sweep": [asdict(row) for row in self.sweep],
        }

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Self:
        """The score that `to_json` wrote, with the numbers of its own formula version."""
        return cls(
            **{
                **plain,
                "inputs": Inputs.stated(**plain["inputs"]),
                "prices": Prices(**plain["prices"]),
                "missing": tuple(plain["missing"]),
                "sweep": tuple(SeedCount(**row) for row in plain["sweep"]),
            }
        )


def score(
    inputs: Inputs,
    prices: Prices = Prices(),  # noqa: B008 (frozen)
    *,
    power_of: PowerOf = paired_power,
    fewest: int = FEWEST,
    most: int = MOST,
) -> Score:
    """Score one experiment. Where the number of seeds is open, the best from `fewest` to `most` is taken.

    `power_of(seeds, delta, sd, alpha)` is the power of the test that will decide; by default the paired t-test.
    """
    rows = sweep(inputs, prices, power_of, range(fewest, most + 1)) if open_to_choice(inputs) else ()
    at = best(rows) or seed_count(inputs, prices, power_of, inputs.seeds)
    known: dict[str, Any] = {
        "seeds": at.seeds,
        "gpu_hours": at.gpu_hours,
        "people_days": None if inputs.people_days is None else inputs.people_days.expected,
        "cost": at.cost,
        "cost_gpu_hours": at.cost_gpu_hours,
        "prior": None if inputs.prior is None else inputs.prior.expected,
        "power": at.power,
        "alpha": at.alpha,
        **_beside(inputs, at.cost_gpu_hours),
    }
    missing = _missing(inputs, prices, at)
    if missing or inputs.prior is None or at.power is None or at.alpha is None or not at.cost_gpu_hours:
        return Score(inputs, prices, FORMULA_VERSION, "needs input", missing, **known)
    prior = inputs.prior.expected
    after = belief(prior, at.power, at.alpha)
    known |= {
        "positive": after.positive,
        "after_positive": after.after_positive,
        "after_negative": after.after_negative,
        "bits": at.bits,
        "sweep": rows,
    }
    if inputs.payoff is None or inputs.loss is None:
        lacking = tuple(name for name in ("payoff", "loss") if getattr(inputs, name) is None)
        per_1000 = 1000 * information(prior, at.power, at.alpha) / at.cost_gpu_hours
        return Score(inputs, prices, FORMULA_VERSION, "bits", lacking, per_1000=per_1000, **known)
    gain = worth(prior, inputs.payoff.expected, inputs.loss.expected, at.power, at.alpha)
    return Score(
        *(inputs, prices, FORMULA_VERSION, "evsi", ()),
        adopt_today=gain.adopt_today,
        chance=gain.chance,
        evsi=gain.evsi,
        per_1000=1000 * gain.evsi / at.cost_gpu_hours,
        **known,
    )


def _missing(inputs: Inputs, prices: Prices, at: SeedCount) -> tuple[str, ...]:
    """What stands in the way of a score; keys of inputs.LABELS."""
    by_test, each = inputs.power is None, inputs.gpu_hours_per_seed
    missing = [] if inputs.prior is not None else ["prior"]
    if by_test:
        missing += [name for name in ("delta", "sd") if getattr(inputs, name) is None]
    if inputs.gpu_hours_fixed is None and each is None:
        missing.append("cost")
    elif inputs.seeds is None and (each is None or each.expected == 0 if by_test else each is not None):
        missing.append("seeds")
    if prices.gpu_hour is not None and prices.person_day is not None and inputs.people_days is None:
        missing.append("people_days")
    if at.cost_gpu_hours == 0 and "cost" not in missing:
        missing.append("cost")
    return tuple(missing)


def _beside(inputs: Inputs, cost_gpu_hours: float | None) -> dict[str, float | None]:
    """The scores that other tools rank by; each None where one of its inputs is not stated.

    RICE: reach · impact · confidence / effort. ICE: impact · confidence · ease. WSJF: cost of delay over job size, here
    (payoff + time criticality) / 1,000 GPU-hours.
    """
    payoff = None if inputs.payoff is None else inputs.payoff.expected
    rice = _product(inputs.reach, inputs.impact, inputs.confidence)
    ice = _product(inputs.impact, inputs.confidence, inputs.ease)
    delay = None if payoff is None or inputs.time_criticality is None else payoff + inputs.time_criticality
    return {
        "rice": rice / inputs.effort if rice is not None and inputs.effort is not None else None,
        "ice": ice,
        "wsjf": 1000 * delay / cost_gpu_hours if delay is not None and cost_gpu_hours else None,
        "payoff": payoff,
    }


def _product(*factors: float | None) -> float | None:
    product = 1.0
    for factor in factors:
        if factor is None:
            return None
        product *= factor
    return product
