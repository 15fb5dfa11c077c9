"""Supported, refuted or inconclusive: the rule that was fixed beforehand, applied to what the runs brought."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from library.errors import UsageError
from planner.statistics import words
from planner.statistics.cautions import cautions
from planner.statistics.estimating import Measured, measure
from planner.statistics.looks import Look, look_at
from planner.statistics.more import seeds_to_settle
from planner.statistics.multiplicity import adjusted, interval_alphas
from planner.statistics.rule import Outcome, Rule
from planner.statistics.sample import Sample, gather
from planner.statistics.student import Estimate
from planner.statistics.verdict import Label, State, Verdict


@dataclass(frozen=True, slots=True)
class Case:
    """One member of a family: its rule and its runs. `gpu_hours_per_seed` is the cost of one more seed in both arms.

    `names`: what baseline and treatment are called where one may have no run to tell.
    """

    rule: Rule
    baseline: Sequence[Outcome]
    treatment: Sequence[Outcome]
    gpu_hours_per_seed: float | None = None
    names: tuple[str, str] = ("baseline", "treatment")


@dataclass(frozen=True, slots=True)
class _Judged:
    """A case on its way: what was measured, and how strictly this look judges."""

    case: Case
    sample: Sample
    measured: Measured
    look: Look

    @property
    def strictness(self) -> float:
        """How many times stricter this look is than the end: 1, or 50 at an interim look."""
        return self.case.rule.alpha / self.look.alpha

    def p(self, value: float) -> float:
        """A p that may be compared with alpha at this look."""
        return min(1.0, value * self.strictness)


def decide(
    rule: Rule,
    baseline: Sequence[Outcome],
    treatment: Sequence[Outcome],
    *,
    gpu_hours_per_seed: float | None = None,
) -> Verdict:
    """Judge one treatment against one baseline.

    Where the rule names a family of m and its other members are unknown, this one is judged at alpha/m (the first step
    of Holm, and what Benjamini–Hochberg leaves for one): `decide_family` judges no member more strictly. With "anytime"
    looks, outcomes must be given in the order in which they came. Raises UsageError where a side mixes arms or both are
    the same.
    """
    return decide_family([Case(rule, baseline, treatment, gpu_hours_per_seed)])[0]


def decide_family(cases: Sequence[Case]) -> tuple[Verdict, ...]:
    """Judge the members of one family together, in the order given.

    Two step-down procedures side by side, Holm for a confirmatory family and Benjamini–Hochberg for a screen: one over
    the two-sided p's against 0, for "supported" (and "harmful"); one over the p's against each member's own delta, for
    "refuted". Each interval's lower limit is at the step of the first, its upper limit at that of the second, so that
    what is shown and what was decided agree. Members without an interval and members that are not there yet count
    as p = 1. Raises UsageError where the rules differ in alpha or kind of family.
    """
    if not cases:
        return ()
    first = cases[0].rule
    if any(case.rule.alpha != first.alpha or case.rule.family_kind != first.family_kind for case in cases):
        raise UsageError(
            "The members of this family have rules of different alpha or kind.",
            mend="Give every member of a family the same alpha, and make it confirmatory or a screen.",
        )
    size = max(len(cases), *(case.rule.family_size for case in cases))
    judged = [_judge(case) for case in cases]
    against_zero = [_p(one, one.measured.p) for one in judged]
    against_delta = [_p(one, one.measured.p_delta) for one in judged]
    alpha, kind = first.alpha, first.family_kind
    steps = zip(
        interval_alphas(against_zero, alpha, kind, size),
        interval_alphas(against_delta, alpha, kind, size),
        adjusted(against_zero, kind, size),
        adjusted(against_delta, kind, size),
        strict=True,
    )
    return tuple(_conclude(one, size, *step) for one, step in zip(judged, steps, strict=True))


def _judge(case: Case) -> _Judged:
    rule = case.rule
    sample = gather(rule.direction, rule.pairing, case.baseline, case.treatment, case.names)
    measured = measure(sample, rule.delta, pairing=rule.pairing, anytime=rule.looks == "anytime")
    return _Judged(case, sample, measured, look_at(rule, measured.n, sample.tried_seeds))


def _p(one: _Judged, value: float | None) -> float | None:
    return None if value is None else one.p(value)


def _conclude(
    one: _Judged, size: int, low_alpha: float, high_alpha: float, p_adjusted: float, p_delta_adjusted: float
) -> Verdict:
    rule, sample, measured = one.case.rule, one.sample, one.measured
    verdict = Verdict(
        rule=rule,
        state="inconclusive",
        label=measured.label,
        method=measured.method,
        summary="",
        baseline=sample.baseline_count,
        treatment=sample.treatment_count,
        n=measured.n,
        effect=measured.effect,
    )
    estimate = measured.estimate
    if estimate is not None:
        low = estimate.limits(low_alpha / one.strictness)[0]
        high = estimate.limits(high_alpha / one.strictness)[1]
        verdict = _with_numbers(verdict, one, estimate, low, high)
        if math.isinf(low) or math.isinf(high):
            verdict = replace(verdict, label="insufficient seeds", low=None, high=None)
        else:
            state, label = three_way(estimate.effect, low, high, rule.delta)
            if label == "harmful" and estimate.limits(low_alpha / one.strictness)[1] >= 0:
                # The upper limit has the level of "refuted"; harm is a claim against 0, which has its own.
                label = "equivalent" if low > -rule.delta else ""
            verdict = replace(
                verdict,
                state=state,
                label=label,
                low=low,
                high=high,
                level=1 - (low_alpha + high_alpha) / 2 / one.strictness,
                p_adjusted=p_adjusted,
                p_delta_adjusted=p_delta_adjusted,
                adjustment=_adjustment(one, size),
            )
            verdict = _with_consequences(verdict, one, estimate, low_alpha, high_alpha)
    looked = one.look.warnings if estimate is not None else ()
    warnings = (*sample.warnings, *cautions(verdict, sample, size), *looked)
    verdict = replace(verdict, warnings=warnings)
    return replace(verdict, summary=words.summary(verdict))


def three_way(effect: float, low: float, high: float, delta: float) -> tuple[State, Label]:
    """The rule itself, on an improvement and its interval.

    Supported: the interval lies above 0 and the effect reaches delta. Refuted: the interval lies below delta; harmful
    where it lies below 0, equivalent where it lies inside ±delta. An interval that is crossed (low > high: seeds that
    drift) contradicts itself and decides nothing.
    """
    if low > high:
        return "inconclusive", "contradictory"
    if high < delta:
        if high < 0:
            return "refuted", "harmful"
        return "refuted", "equivalent" if low > -delta else ""
    if low > 0 and effect >= delta:
        return "supported", ""
    return "inconclusive", ""


def _with_numbers(verdict: Verdict, one: _Judged, estimate: Estimate, low: float, high: float) -> Verdict:
    raw_low, raw_high = estimate.limits(one.case.rule.alpha)
    infinite = math.isinf(raw_low) or math.isinf(raw_high)
    measured = one.measured
    return replace(
        verdict,
        raw_low=None if infinite else raw_low,
        raw_high=None if infinite else raw_high,
        sd=estimate.sd,
        se=estimate.se,
        df=estimate.df,
        p=measured.p,
        p_delta=measured.p_delta,
        p_signflip=measured.p_signflip,
        signflip_method=measured.signflip_method,
        bca=measured.bca(one.case.rule.alpha),
        e_value=measured.e_value,
    )


def _with_consequences(
    verdict: Verdict, one: _Judged, estimate: Estimate, low_alpha: float, high_alpha: float
) -> Verdict:
    """What a win is worth after shrinking, or what would settle an open question."""
    rule = one.case.rule
    if verdict.state == "supported" and verdict.low is not None:
        from planner.statistics.shrink import shrunk

        threshold = max(estimate.effect - verdict.low, rule.delta)
        return replace(verdict, shrunk=shrunk(estimate.effect, estimate.se, threshold))
    if verdict.state != "inconclusive" or verdict.label:
        return verdict
    more = seeds_to_settle(estimate, rule, verdict.n, low_alpha, high_alpha)
    cost = one.case.gpu_hours_per_seed
    hours = None if more is None or cost is None else more * cost
    return replace(verdict, more_seeds=more, more_gpu_hours=hours)


def _adjustment(one: _Judged, size: int) -> str:
    parts = []
    if size > 1:
        name = "Holm" if one.case.rule.family_kind == "confirmatory" else "Benjamini–Hochberg"
        parts.append(f"{name} over {size} hypotheses")
    if one.look.kind == "interim":
        parts.append(f"interim look at alpha {one.look.alpha:g}")
    return "; ".join(parts)
