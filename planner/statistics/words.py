"""A verdict in one plain sentence for a person."""

from library.text import counted
from planner.statistics.verdict import Verdict


def number(value: float) -> str:
    """Three significant digits, without an exponent where that reads well: "0.0312", "−12,300"."""
    rounded = abs(float(f"{value:.3g}"))
    sign = "−" if value < 0 and rounded else ""
    if rounded == 0 or 1e-4 <= rounded < 1e7:
        return f"{sign}{rounded:,.10g}"
    return f"{sign}{abs(value):.3g}"


def percent(share: float) -> str:
    """ "40 %", "97.5 %"; "99.9999 %" is not rounded to all."""
    text = f"{100 * share:.4g}"
    return f"{100 * share:.8g} %" if text == "100" and share < 1 else f"{text} %"


def change(metric: str, effect: float, low: float | None, high: float | None) -> str:
    """ "accuracy improves by 1.8 [0.6, 3]" or "accuracy gets worse by 0.5 [−0.1, 1.1]".

    An effect that is nothing but rounding beside its interval is said to be 0.
    """
    if effect == 0 or (low is not None and high is not None and abs(effect) < 1e-14 * (high - low)):
        text = f"{metric} changes by 0"
    elif effect < 0:
        effect, low, high = -effect, None if high is None else -high, None if low is None else -low
        text = f"{metric} gets worse by {number(effect)}"
    else:
        text = f"{metric} improves by {number(effect)}"
    return text if low is None or high is None else f"{text} [{number(low)}, {number(high)}]"


def summary(verdict: Verdict) -> str:
    """What was found, on how many seeds, and what it means or what is missing."""
    if verdict.low is None or verdict.effect is None or verdict.level is None:
        return _refusal(verdict)
    rule = verdict.rule
    seen = change(rule.metric, verdict.effect, verdict.low, verdict.high)
    seen = f"{seen} ({percent(verdict.level)} interval, {_size(verdict)})"
    return f"{verdict.headline[0].upper()}{verdict.headline[1:]}: {seen}{_meaning(verdict)}"


def _meaning(verdict: Verdict) -> str:
    delta = number(verdict.rule.delta)
    if verdict.state == "supported":
        if verdict.low is not None and verdict.low >= verdict.rule.delta:
            return f"; it is shown to reach the {delta} worth having."
        return f"; the mean reaches the {delta} worth having, and less than that is not ruled out."
    if verdict.state == "refuted":
        if verdict.low is not None and verdict.low > 0:
            return f"; there is an effect, but it stays below the {delta} worth having."
        return f"; an effect of {delta}, the smallest worth having, is ruled out."
    if verdict.label == "contradictory":
        return "; earlier and later seeds exclude each other."
    if verdict.low is not None and verdict.low > 0:
        return f"; there is an effect, and whether it reaches the {delta} worth having is open.{_more(verdict)}"
    return f"; neither 0 nor {delta} is ruled out.{_more(verdict)}"


def _more(verdict: Verdict) -> str:
    if verdict.more_seeds is None:
        return " More than 10,000 seeds would be needed to settle it: the effect is too near the line."
    cost = "" if verdict.more_gpu_hours is None else f" ({number(verdict.more_gpu_hours)} GPU-hours)"
    return f" About {counted(verdict.more_seeds, 'more seed')}{cost} would settle it, should effect and spread stay."


def _refusal(verdict: Verdict) -> str:
    start = f"Inconclusive ({verdict.label}): "
    if verdict.label == "zero variance" and verdict.effect is not None:
        return (
            f"{start}{_size(verdict)}, and every one gives {number(verdict.effect)}. Runs that do not vary cannot tell "
            "an effect from luck: check that seeds are applied and that the metric is fine enough."
        )
    if verdict.label == "out of range":
        return f"{start}the values are too large to be subtracted."
    if verdict.label == "no pairs":
        return f"{start}looking at any time needs seeds that are in both arms, and there are none."
    if verdict.label == "insufficient seeds" and verdict.p is not None:
        return f"{start}after {_size(verdict)} the anytime test cannot exclude anything yet."
    empty = [arm.arm for arm in (verdict.baseline, verdict.treatment) if not arm.usable]
    if empty:
        return f"{start}{' and '.join(empty)} brought no usable value."
    seen = "" if verdict.effect is None else f" So far {change(verdict.rule.metric, verdict.effect, None, None)}."
    waiting = max(verdict.baseline.unmatched, verdict.treatment.unmatched)
    partners = f" {counted(waiting, 'seed')} only lack their partner in the other arm." if waiting else ""
    return f"{start}{_size(verdict)}, and an interval needs at least 3.{seen}{partners}"


def _size(verdict: Verdict) -> str:
    if verdict.method.startswith(("Welch", "none: too few runs", "none: an arm", "none: the values")):
        return f"{verdict.baseline.usable} and {verdict.treatment.usable} unpaired runs"
    return counted(verdict.n, "seed pair")
