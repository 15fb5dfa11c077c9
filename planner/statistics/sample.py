"""From outcomes to paired differences, with nothing lost silently: everything left out is counted and said."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from library.errors import UsageError
from library.text import counted
from planner.statistics.rule import Direction, Outcome, Pairing
from planner.statistics.verdict import ArmCount


@dataclass(frozen=True, slots=True)
class Sample:
    """What can be compared.

    `sign` turns treatment − baseline so that up is better. `differences` are the improvements of the seeds in both
    arms, in the order in which their pairs were completed. `baseline` and `treatment` hold every usable value, sorted.
    `tried_seeds` is the smaller arm's number of seeds, failed and excluded ones included.
    """

    sign: int
    differences: tuple[float, ...]
    baseline: tuple[float, ...]
    treatment: tuple[float, ...]
    baseline_count: ArmCount
    treatment_count: ArmCount
    tried_seeds: int
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Arm:
    values: dict[str, float]  # by seed, in order of appearance; seeds that are unknown get a key of their own
    places: dict[str, int]
    count: ArmCount
    seeds: int
    warnings: tuple[str, ...]


def gather(
    direction: Direction,
    pairing: Pairing,
    baseline: Sequence[Outcome],
    treatment: Sequence[Outcome],
    called: tuple[str, str] = ("baseline", "treatment"),
) -> Sample:
    """Pair the outcomes of two arms. `called`: their names where there are no outcomes that say it.

    Raises UsageError where a side holds several arms, or both the same one.
    """
    names = _arm_name(baseline, called[0]), _arm_name(treatment, called[1])
    if names[0] == names[1] and baseline and treatment:
        raise UsageError(f"The arm {names[0]} is compared with itself.", mend="Name two different arms.")
    left, right = _read(names[0], baseline), _read(names[1], treatment)
    common = [seed for seed in left.values if seed in right.values] if pairing == "seed" else []
    common.sort(key=lambda seed: (max(left.places[seed], right.places[seed]), seed))
    sign = 1 if direction == "increase" else -1
    warnings = [*left.warnings, *right.warnings]
    counts = []
    for arm in (left, right):
        unmatched = len(arm.values) - len(common) if common else 0
        counts.append(_with_unmatched(arm.count, unmatched))
        if unmatched:
            warnings.append(f"{_seeds(unmatched)} of {arm.count.arm} without a partner in the other arm: left out.")
    warnings += _failures(left.count, right.count)
    return Sample(
        sign=sign,
        differences=tuple(sign * (right.values[seed] - left.values[seed]) for seed in common),
        baseline=tuple(sorted(left.values.values())),
        treatment=tuple(sorted(right.values.values())),
        baseline_count=counts[0],
        treatment_count=counts[1],
        tried_seeds=min(left.seeds, right.seeds),
        warnings=tuple(warnings),
    )


def _arm_name(outcomes: Sequence[Outcome], side: str) -> str:
    names = sorted({outcome.arm for outcome in outcomes})
    if len(names) > 1:
        raise UsageError(
            f"The {side} holds runs of several arms: {', '.join(names)}.", mend="Compare one arm with one other."
        )
    return names[0] if names else side


def _read(name: str, outcomes: Sequence[Outcome]) -> _Arm:
    values: dict[str, list[float]] = {}
    places: dict[str, int] = {}
    tally = {"nan": 0, "crashed": 0, "excluded": 0}
    seeds, reasons = set(), []
    for place, outcome in enumerate(outcomes):
        seed = outcome.seed or f"\0{name}\0{place}"
        seeds.add(seed)
        standing = outcome.standing
        if standing == "ok" and outcome.value is not None:
            values.setdefault(seed, []).append(float(outcome.value))
            places.setdefault(seed, place)
            continue
        tally[standing] += 1
        if standing == "excluded" and outcome.reason and outcome.reason not in reasons:
            reasons.append(outcome.reason)
    warnings = []
    if tally["excluded"]:
        why = "; ".join(sorted(reasons)) or "no reason given"
        warnings.append(f"{counted(tally['excluded'], 'run')} of {name} excluded: {why}.")
    repeated = sum(len(group) - 1 for group in values.values())
    if repeated:
        differing = sum(1 for group in values.values() if len(set(group)) > 1)
        told = f"; {_seeds(differing)} with differing values" if differing else ", with equal values"
        warnings.append(f"{counted(repeated, 'repeated value')} of a seed in {name}: averaged within the seed{told}.")
    averaged = {seed: _average(group) for seed, group in values.items()}
    count = ArmCount(
        arm=name,
        usable=len(averaged),
        nan=tally["nan"],
        crashed=tally["crashed"],
        excluded=tally["excluded"],
        repeated=repeated,
        unmatched=0,
    )
    return _Arm(averaged, places, count, len(seeds), tuple(warnings))


def _average(values: list[float]) -> float:
    if len(set(values)) == 1:
        return values[0]
    return math.fsum(value / len(values) for value in values)  # divided first: the sum of huge values overflows


def _with_unmatched(count: ArmCount, unmatched: int) -> ArmCount:
    return ArmCount(
        count.arm, count.usable, count.nan, count.crashed, count.excluded, count.repeated, unmatched=unmatched
    )


def _seeds(number: int) -> str:
    return counted(number, "seed")


def _failures(left: ArmCount, right: ArmCount) -> list[str]:
    """A crashed seed is data: what is left may be the lucky ones, the more so where one arm loses more."""
    told = [
        f"{arm.arm}: {arm.crashed} crashed and {arm.nan} without a finite value, of {counted(arm.tried, 'run')}."
        for arm in (left, right)
        if arm.failed
    ]
    if left.tried and right.tried and left.failed * right.tried != right.failed * left.tried:
        p = fisher_exact(left.failed, left.tried, right.failed, right.tried)
        told.append(
            f"The arms fail at different rates ({left.failed}/{left.tried} against {right.failed}/{right.tried}, "
            f"Fisher p {p:.2g}): the seeds that are left may be the lucky ones."
        )
    return told


def fisher_exact(failed_a: int, tried_a: int, failed_b: int, tried_b: int) -> float:
    """Fisher's exact two-sided p that two arms fail equally often: the probability of all tables as unlikely."""
    failed, total = failed_a + failed_b, tried_a + tried_b
    every = math.comb(total, failed)
    weights = [
        math.comb(tried_a, k) * math.comb(tried_b, failed - k)
        for k in range(max(0, failed - tried_b), min(failed, tried_a) + 1)
    ]
    seen = math.comb(tried_a, failed_a) * math.comb(tried_b, failed_b)
    return sum(weight for weight in weights if weight <= seen) / every
