"""What a decision rests on, number by number."""

from dataclasses import dataclass
from typing import Literal

from planner.statistics.rule import Rule

State = Literal["supported", "refuted", "inconclusive"]
Label = Literal[
    "",
    "harmful",
    "equivalent",
    "insufficient seeds",
    "zero variance",
    "out of range",
    "no pairs",
    "contradictory",
]


@dataclass(frozen=True, slots=True)
class ArmCount:
    """What became of one arm's outcomes. `usable` counts seeds; the others count outcomes."""

    arm: str
    usable: int
    nan: int
    crashed: int
    excluded: int
    repeated: int  # further finite values of a seed that has one already: averaged
    unmatched: int  # usable seeds without a partner in the other arm; 0 where nothing is paired

    @property
    def failed(self) -> int:
        """Runs that brought no finite value of their own accord."""
        return self.nan + self.crashed

    @property
    def tried(self) -> int:
        """All runs but the excluded ones."""
        return self.usable + self.repeated + self.failed


@dataclass(frozen=True, slots=True)
class Verdict:
    """Supported, refuted or inconclusive, and everything that a reader needs to check it.

    Effects are treatment − baseline turned so that up is better, in the metric's unit. None is unknown or withheld.
    `low` and `high` are what the state was read from (adjusted for family and look), `raw_low` and `raw_high` the
    plain interval at 1 − alpha. With "anytime" looks, the intervals are a confidence sequence and `p` is always-valid.
    """

    rule: Rule
    state: State
    label: Label
    method: str
    summary: str
    baseline: ArmCount
    treatment: ArmCount
    n: int  # seed pairs; unpaired: runs of the smaller arm
    effect: float | None = None
    low: float | None = None
    high: float | None = None
    level: float | None = None  # of [low, high]
    raw_low: float | None = None
    raw_high: float | None = None
    sd: float | None = None  # of one paired difference; unpaired: of one run against one run
    se: float | None = None
    df: float | None = None
    p: float | None = None  # two-sided, against 0
    p_delta: float | None = None  # against "the effect reaches delta"; small = refuted
    p_adjusted: float | None = None
    p_delta_adjusted: float | None = None
    adjustment: str = ""
    p_signflip: float | None = None
    signflip_method: str = ""
    bca: tuple[float, float] | None = None
    e_value: float | None = None
    more_seeds: int | None = None
    more_gpu_hours: float | None = None
    shrunk: float | None = None
    warnings: tuple[str, ...] = ()
    blocked_by: tuple[str, ...] = ()
    suspected: tuple[str, ...] = ()  # guardrails it is not cleared of: perhaps breached, or not measured

    @property
    def headline(self) -> str:
        """The state as it is shown everywhere: "supported, blocked by latency", "refuted (harmful)"."""
        text = f"{self.state} ({self.label})" if self.label else self.state
        if self.blocked_by:
            return f"{text}, blocked by {', '.join(self.blocked_by)}"
        if self.state == "supported" and self.suspected:
            return f"{text}, not cleared of {', '.join(self.suspected)}"
        return text
