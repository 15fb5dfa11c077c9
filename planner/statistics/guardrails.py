"""Guardrails and slices: what a treatment must not make worse, each judged on its own interval.

- breached: the whole interval of the improvement lies below −tolerance: worse than tolerated is shown.
- held: the whole interval lies above or at −tolerance: worse than tolerated is ruled out (non-inferiority).
- unknown: neither, or fewer than 3 seeds. A mean beyond the tolerance is then a *suspicion*. Of a suspicion, and of
  what nobody measured (no interval at all), a verdict is *not cleared*, and that is said wherever the verdict is; it
  blocks nothing, since with one seed in two a harmless treatment looks worse.

A metric that is the same for every one of at least 3 seeds (parameters, memory) is compared as an exact number.
No correction for the number of guardrails: all must hold, and a claim that needs every one of its tests needs none
(intersection–union, Berger 1982); in the other direction a false alarm costs a look and a missed harm a launch.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from library.errors import UsageError
from library.text import counted
from planner.statistics.estimating import measure
from planner.statistics.rule import Direction, Outcome, Pairing
from planner.statistics.sample import gather
from planner.statistics.verdict import ArmCount, Verdict
from planner.statistics.words import change, number, summary


@dataclass(frozen=True, slots=True)
class Guardrail:
    """A metric, perhaps on one slice, that may get worse by at most `tolerance` (≥ 0, in its unit)."""

    metric: str
    slice: str
    direction: Direction
    tolerance: float
    alpha: float = 0.05
    pairing: Pairing = "seed"

    def __post_init__(self) -> None:
        if self.direction not in ("increase", "decrease"):
            raise UsageError(f"The direction is {self.direction!r}.", mend="Say increase or decrease: which is better.")
        if not (math.isfinite(self.tolerance) and self.tolerance >= 0):
            raise UsageError(
                f"The tolerance of {self.name} is {self.tolerance}.",
                mend="Give how much worse is still fine: 0 or more.",
            )
        if not 0 < self.alpha <= 0.5:
            raise UsageError(f"alpha is {self.alpha}.", mend="Give a number above 0 and at most 0.5; usual is 0.05.")

    @property
    def name(self) -> str:
        """ "latency" or "accuracy on night images"."""
        return f"{self.metric} on {self.slice}" if self.slice else self.metric


@dataclass(frozen=True, slots=True)
class GuardrailCheck:
    """What became of a guardrail. `suspected`: unknown, with a mean worse than tolerated."""

    guardrail: Guardrail
    state: Literal["held", "breached", "unknown"]
    suspected: bool
    summary: str
    baseline: ArmCount
    treatment: ArmCount
    n: int
    effect: float | None = None
    low: float | None = None
    high: float | None = None
    warnings: tuple[str, ...] = ()

    @property
    def uncleared(self) -> bool:
        """Whether a supported verdict has to name it: it is suspected, or nothing that could clear it was measured."""
        return self.suspected or self.low is None


def check_guardrail(guardrail: Guardrail, baseline: Sequence[Outcome], treatment: Sequence[Outcome]) -> GuardrailCheck:
    """Judge one guardrail from its own outcomes. Raises UsageError where a side mixes arms or both are the same."""
    sample = gather(guardrail.direction, guardrail.pairing, baseline, treatment)
    # Delta plays no part here; measure wants one for the p that a verdict shows.
    measured = measure(sample, 1.0, pairing=guardrail.pairing)
    effect, low, high = measured.effect, None, None
    if measured.estimate is not None:
        low, high = measured.estimate.limits(guardrail.alpha)
    elif measured.label == "zero variance" and effect is not None:
        low = high = effect
    state = _state(low, high, guardrail.tolerance)
    suspected = state == "unknown" and effect is not None and effect < -guardrail.tolerance
    return GuardrailCheck(
        guardrail=guardrail,
        state=state,
        suspected=suspected,
        summary=_sentence(guardrail, state, suspected, measured.label, measured.n, effect, low, high),
        baseline=sample.baseline_count,
        treatment=sample.treatment_count,
        n=measured.n,
        effect=effect,
        low=low,
        high=high,
        warnings=sample.warnings,
    )


def with_guardrails(verdict: Verdict, checks: Sequence[GuardrailCheck]) -> Verdict:
    """The verdict as its guardrails leave it. The state stays; `blocked_by` of a supported one names what is breached.

    Suspicions and unknown guardrails become warnings; a breach is also said of a verdict that is not supported. To be
    called once, with all checks, on the verdict that `decide` gave: warnings add up.
    """
    breached = [check for check in checks if check.state == "breached"]
    uncleared = [check for check in checks if check.uncleared]
    unknown = [check for check in checks if check.state == "unknown" and not check.uncleared]
    supported = verdict.state == "supported"
    told = [check.summary for check in (*breached, *uncleared, *unknown)]
    result = replace(
        verdict,
        blocked_by=tuple(check.guardrail.name for check in breached) if supported else (),
        suspected=tuple(check.guardrail.name for check in uncleared),
        warnings=(*verdict.warnings, *told),
    )
    return replace(result, summary=summary(result))


def _state(low: float | None, high: float | None, tolerance: float) -> Literal["held", "breached", "unknown"]:
    if low is None or high is None:
        return "unknown"
    if high < -tolerance:
        return "breached"
    return "held" if low >= -tolerance else "unknown"


def _sentence(
    guardrail: Guardrail,
    state: str,
    suspected: bool,
    label: str,
    n: int,
    effect: float | None,
    low: float | None,
    high: float | None,
) -> str:
    start = f"Guardrail {guardrail.name} {state}"
    limit = f"at most {number(guardrail.tolerance)} worse is tolerated"
    if effect is None:
        return f"{start}: no results that can be compared."
    seen = change(guardrail.metric, effect, low, high)
    if label == "zero variance":
        return f"{start}: {change(guardrail.metric, effect, None, None)} in every one of {counted(n, 'seed')}; {limit}."
    if label == "insufficient seeds":
        return f"{start}: too few seeds ({n}); so far {seen}{', more than tolerated' if suspected else ''}; {limit}."
    return f"{start}: {seen}; {limit}{', and the mean is beyond that' if suspected else ''}."
