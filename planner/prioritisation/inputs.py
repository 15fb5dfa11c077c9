"""What the score of an experiment is reckoned from, as it was stated. What nobody stated is None."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, Self

from library.errors import UsageError
from planner.prioritisation.spread import Kind, Spread

SPREADS: Final[Mapping[str, Kind]] = {
    "prior": "probability",
    "payoff": "value",
    "loss": "value",
    "gpu_hours_fixed": "cost",
    "gpu_hours_per_seed": "cost",
    "people_days": "cost",
}
# What a person reads where one of these is missing.
LABELS: Final[Mapping[str, str]] = {
    "prior": "prior",
    "payoff": "payoff",
    "loss": "loss",
    "delta": "smallest effect worth having (δ)",
    "sd": "spread of the paired difference (σ)",
    "seeds": "number of seeds",
    "cost": "cost in GPU-hours",
    "people_days": "people-days",
}


@dataclass(frozen=True, slots=True)
class Prices:
    """What a GPU-hour and a person-day cost, in the unit of the payoffs. None: nobody set it, and it is left out.

    Without a price of the GPU-hour, people-days cannot be put beside GPU-hours: then GPU-hours alone are the cost.
    """

    gpu_hour: float | None = None
    person_day: float | None = None

    def __post_init__(self) -> None:
        for name, price in (("GPU-hour", self.gpu_hour), ("person-day", self.person_day)):
            if price is not None and not (math.isfinite(price) and price >= 0):
                raise UsageError(f"The price of a {name} is a number from 0 up, not {price:g}.")
        if self.gpu_hour == 0:
            raise UsageError("A GPU-hour cannot cost nothing.", mend="Leave its price out: the score is per GPU-hour.")

    def to_json(self) -> dict[str, float | None]:
        """Plain data."""
        return {"gpu_hour": self.gpu_hour, "person_day": self.person_day}


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything a score may use.

    prior               probability that the hypothesis holds
    payoff, loss        of adopting it if it holds, and if it does not; both from 0 up, in one unit
    delta, sd           smallest effect worth having, and standard deviation of the difference of a pair of seeds
    seeds               pairs of runs; None with delta and sd: the score picks the number
    power               probability of a positive result if the hypothesis holds; instead of delta, sd and seeds
    alpha               probability of a positive result if it does not hold
    gpu_hours_fixed     GPU-hours whatever the number of seeds
    gpu_hours_per_seed  GPU-hours of one more seed, both arms together
    people_days         people-days, whatever the number of seeds
    reach, impact, confidence, effort, ease, time_criticality
                        for the scores shown beside (RICE, ICE, WSJF); confidence from 0 to 1
    """

    prior: Spread | None = None
    payoff: Spread | None = None
    loss: Spread | None = None
    delta: float | None = None
    sd: float | None = None
    seeds: int | None = None
    power: float | None = None
    alpha: float = 0.05
    gpu_hours_fixed: Spread | None = None
    gpu_hours_per_seed: Spread | None = None
    people_days: Spread | None = None
    reach: float | None = None
    impact: float | None = None
    confidence: float | None = None
    effort: float | None = None
    ease: float | None = None
    time_criticality: float | None = None

    def __post_init__(self) -> None:
        for name, kind in SPREADS.items():
            spread = getattr(self, name)
            if spread is not None and spread.kind != kind:
                raise UsageError(f"{name} is stated as a {spread.kind}, and it is a {kind}.")
        for field in fields(self):
            number = getattr(self, field.name)
            if isinstance(number, int | float) and not math.isfinite(number):
                raise UsageError(f"{field.name} is no finite number.")
        for name in ("delta", "sd", "effort"):
            number = getattr(self, name)
            if number is not None and number <= 0:
                raise UsageError(f"{LABELS.get(name, name)} lies above 0, and {number:g} does not.")
        for name in ("reach", "impact", "ease", "time_criticality"):
            number = getattr(self, name)
            if number is not None and number < 0:
                raise UsageError(f"{name} is a number from 0 up, not {number:g}.")
        if self.seeds is not None and self.seeds < 1:
            raise UsageError(f"An experiment has at least one seed, not {self.seeds}.")
        if not 0 < self.alpha < 1:
            raise UsageError(f"The false-positive rate lies between 0 and 1, and {self.alpha:g} does not.")
        if self.power is not None and not 0 < self.power <= 1:
            raise UsageError(f"The power lies above 0 and at most at 1, and {self.power:g} does not.")
        if self.confidence is not None and not 0 <= self.confidence <= 1:
            raise UsageError(f"The confidence lies from 0 to 1, and {self.confidence:g} does not.", mend="80 % is 0.8.")

    @classmethod
    def stated(cls, **given: Any) -> Self:
        """Inputs from what a person or a record states: spreads as Spread.parse reads them, the rest as numbers."""
        read: dict[str, Any] = {
            name: Spread.parse(SPREADS[name], value) if name in SPREADS and value is not None else value
            for name, value in given.items()
        }
        return cls(**read)

    def to_json(self) -> dict[str, Any]:
        """Plain data; what nobody stated is left out."""
        plain = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            name: value.to_json() if isinstance(value, Spread) else value
            for name, value in plain.items()
            if value is not None
        }

    def gpu_hours(self, seeds: int | None) -> float | None:
        """Expected GPU-hours at so many seeds; None where that cannot be said."""
        if self.gpu_hours_per_seed is None:
            return None if self.gpu_hours_fixed is None else self.gpu_hours_fixed.expected
        if seeds is None:
            return None
        fixed = 0.0 if self.gpu_hours_fixed is None else self.gpu_hours_fixed.expected
        return fixed + seeds * self.gpu_hours_per_seed.expected
