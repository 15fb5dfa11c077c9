"""What a reader must know before believing a verdict: one clear sentence each."""

import math
import re

from library.text import counted
from planner.statistics.sample import Sample
from planner.statistics.student import skewness
from planner.statistics.verdict import Verdict
from planner.statistics.words import number, percent

# Below this the differences cannot show whether they are skewed: of log-normal sets, 8 % are judged wrongly and still
# look even at 10 seeds, 5 % at 14, and fewer from 15 on.
FEW = 15
ENOUGH = 30  # from here on the t-interval stands moderate skew
_SKEWED = (
    1.3  # standard errors of g₁ under normality: 17–24 % false alarms, 45 % of log-normal sets at 5 seeds, 78 % at 10
)
_VISIBLE = 0.98  # of the effect: a smaller correction is not worth a sentence
_HIGHER_IS_BETTER = {
    "accuracy",
    "acc",
    "auc",
    "bleu",
    "f1",
    "map",
    "mrr",
    "ndcg",
    "precision",
    "recall",
    "reward",
    "rouge",
}
_LOWER_IS_BETTER = {
    "cer",
    "error",
    "latency",
    "loss",
    "mae",
    "mse",
    "nll",
    "perplexity",
    "ppl",
    "regret",
    "rmse",
    "wer",
}


def cautions(verdict: Verdict, sample: Sample, family_size: int) -> tuple[str, ...]:
    """Warnings on a verdict whose state and numbers are filled in, in order of weight."""
    told = [*_pairing(verdict, sample), *_shape(verdict, sample), *_winner(verdict), *_family(verdict, family_size)]
    rule = verdict.rule
    if rule.planned_n is not None and rule.planned_n < 3:
        told.append(f"The plan of {counted(rule.planned_n, 'seed')} can never decide: an interval needs at least 3.")
    odd = _odd_direction(rule.metric, rule.direction)
    if odd:
        told.append(odd)
    return tuple(told)


def is_skewed(values: tuple[float, ...]) -> bool:
    """Whether values lean to one side more than the t-interval can stand.

    Below 30: more than normal ones usually do, |g₁| above 1.3 of their standard errors √(6(n−2)/((n+1)(n+3))). From 30
    on: by Cochran's rule, n < 25·g₁² (Sampling Techniques, 1953).
    """
    n = len(values)
    if n < 3:
        return False
    usual = _SKEWED * math.sqrt(6 * (n - 2) / ((n + 1) * (n + 3)))
    return abs(skewness(values)) > (usual if n < ENOUGH else math.sqrt(n) / 5)


def _pairing(verdict: Verdict, sample: Sample) -> list[str]:
    told = []
    if verdict.rule.pairing == "seed" and not sample.differences and sample.baseline and sample.treatment:
        told.append("No seed is in both arms: compared unpaired, which needs more seeds for the same certainty.")
    if verdict.label == "contradictory":
        told.append("Earlier and later seeds contradict each other: the effect drifts, or the runs are not alike.")
    if verdict.se is not None and not sample.differences:
        for arm, values in ((verdict.baseline.arm, sample.baseline), (verdict.treatment.arm, sample.treatment)):
            if min(values) == max(values):
                told.append(f"The runs of {arm} all have the same value: are their seeds applied?")
    return told


def _shape(verdict: Verdict, sample: Sample) -> list[str]:
    if verdict.se is None:
        return []
    told = []
    groups = [sample.differences] if sample.differences else [sample.baseline, sample.treatment]
    if any(is_skewed(group) for group in groups):
        what = "differences" if sample.differences else "values"
        told.append(
            f"The {what} look skewed: every test then errs more often than it says "
            "(8–18 % instead of 5 % for log-normal ones)."
        )
    elif verdict.n < FEW and verdict.state != "inconclusive":
        told.append(
            f"With {verdict.n} seeds it cannot be seen whether they are skewed, and the interval relies on that."
        )
    alpha = verdict.rule.alpha
    decided = verdict.state == "supported" or verdict.label == "harmful"
    if decided and verdict.p_signflip is not None and verdict.p_signflip > alpha:
        told.append(f"The sign-flip test, which assumes less, does not agree (p {number(verdict.p_signflip)}).")
    return told


def _winner(verdict: Verdict) -> list[str]:
    """Said where the correction can be seen; verdict.shrunk is there for every win."""
    if verdict.shrunk is None or verdict.effect is None or verdict.shrunk > _VISIBLE * verdict.effect:
        return []
    return [
        f"Results that had to pass a test look larger than they are: {number(verdict.effect)} was measured, "
        f"{number(verdict.shrunk)} is more likely."
    ]


def _family(verdict: Verdict, family_size: int) -> list[str]:
    rule, told = verdict.rule, []
    if family_size > rule.family_size:
        told.append(f"{family_size} hypotheses are judged together where {rule.family_size} were announced.")
    if rule.family_kind == "screen" and verdict.state != "inconclusive":
        told.append(
            f"This is a screen: up to {percent(rule.alpha)} of its finds may be false. Confirm it on fresh seeds."
        )
    return told


def _odd_direction(metric: str, direction: str) -> str:
    found = set(re.split(r"[^a-z0-9]+", metric.lower()))
    if direction == "increase" and found & _LOWER_IS_BETTER and not found & _HIGHER_IS_BETTER:
        return f"{metric} counts as better when it rises, which is unusual: check the direction."
    if direction == "decrease" and found & _HIGHER_IS_BETTER and not found & _LOWER_IS_BETTER:
        return f"{metric} counts as better when it falls, which is unusual: check the direction."
    return ""
