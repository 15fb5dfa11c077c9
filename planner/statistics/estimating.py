"""Which test a sample allows, and its numbers; or why it allows none."""

import math
from dataclasses import dataclass

from planner.statistics.rule import LEAST_SEEDS, Pairing
from planner.statistics.sample import Sample
from planner.statistics.student import Estimate, PairedT, WelchT, is_constant, mean_and_sd
from planner.statistics.verdict import Label


@dataclass(frozen=True, slots=True)
class Measured:
    """An estimate with its p's, or a label that says why there is none. `differences` is empty where unpaired."""

    n: int
    method: str
    label: Label = ""
    effect: float | None = None
    estimate: Estimate | None = None
    differences: tuple[float, ...] = ()
    p: float | None = None
    p_delta: float | None = None
    p_signflip: float | None = None
    signflip_method: str = ""
    e_value: float | None = None

    def bca(self, alpha: float) -> tuple[float, float] | None:
        """The BCa interval of the mean difference, of 20 to 2,000 pairs looked at once; else None."""
        if self.e_value is not None or len(self.differences) < 20:
            return None
        from planner.statistics.bootstrap import MOST_PAIRS, bca_mean

        return bca_mean(self.differences, alpha) if len(self.differences) <= MOST_PAIRS else None


def measure(sample: Sample, delta: float, *, pairing: Pairing, anytime: bool = False) -> Measured:
    """Pick the test: paired t (or its e-process) where seeds are shared, Welch where none are or pairing is "none"."""
    if sample.differences:
        return _paired(sample, delta, anytime)
    if anytime:
        return Measured(0, "none: the anytime test needs pairs", "no pairs")
    return _unpaired(sample, delta, pairing)


def _paired(sample: Sample, delta: float, anytime: bool) -> Measured:
    differences = sample.differences
    n = len(differences)
    if not all(math.isfinite(value) for value in differences):
        return Measured(n, "none: the differences overflow", "out of range")
    mean, sd = mean_and_sd(differences)
    if n < LEAST_SEEDS:
        return Measured(n, "none: too few pairs", "insufficient seeds", mean)
    magnitude = max(abs(value) for value in (*sample.baseline, *sample.treatment))
    if is_constant(differences, magnitude) or sd == 0:
        return Measured(n, "none: the differences do not vary", "zero variance", mean)
    if not math.isfinite(sd):
        return Measured(n, "none: the differences overflow", "out of range", mean)
    if anytime:
        from planner.statistics.sequential import AnytimeT

        sequence = AnytimeT.of(differences, magnitude)
        return _measured(sequence, delta, n, differences, e_value=sequence.e_value)
    p_signflip, how = None, ""
    if n >= 6:
        from planner.statistics.permutation import sign_flip

        p_signflip, how = sign_flip(differences)
    return _measured(PairedT(mean, sd, n), delta, n, differences, p_signflip=p_signflip, signflip_method=how)


def _unpaired(sample: Sample, delta: float, pairing: Pairing) -> Measured:
    baseline, treatment = sample.baseline, sample.treatment
    n = min(len(baseline), len(treatment))
    if n == 0:
        return Measured(0, "none: an arm has no usable value", "insufficient seeds")
    (left, left_sd), (right, right_sd) = mean_and_sd(baseline), mean_and_sd(treatment)
    effect = sample.sign * (right - left)
    if not all(map(math.isfinite, (effect, math.hypot(left_sd, right_sd)))):
        return Measured(n, "none: the values overflow", "out of range")
    if n < LEAST_SEEDS:
        return Measured(n, "none: too few runs in an arm", "insufficient seeds", effect)
    left_sd = 0.0 if is_constant(baseline, max(map(abs, baseline))) else left_sd
    right_sd = 0.0 if is_constant(treatment, max(map(abs, treatment))) else right_sd
    if left_sd == right_sd == 0:
        return Measured(n, "none: the values do not vary", "zero variance", effect)
    return _measured(WelchT(effect, left_sd, right_sd, len(baseline), len(treatment)), delta, n, ())


def _measured(
    estimate: Estimate,
    delta: float,
    n: int,
    differences: tuple[float, ...],
    *,
    p_signflip: float | None = None,
    signflip_method: str = "",
    e_value: float | None = None,
) -> Measured:
    return Measured(
        n=n,
        method=estimate.method,
        effect=estimate.effect,
        estimate=estimate,
        differences=differences,
        p=estimate.p_against(0.0),
        p_delta=estimate.p_reaching(delta),
        p_signflip=p_signflip,
        signflip_method=signflip_method,
        e_value=e_value,
    )
