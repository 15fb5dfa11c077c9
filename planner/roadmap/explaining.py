"""An experiment's score put into words: the line for a leader, every part, and why RICE ranks it otherwise."""

from planner.prioritisation.score import Score
from planner.prioritisation.sentence import percent, sentence, short
from planner.roadmap.scoring import Scored

Part = tuple[str, str]
_RARE = 0.15  # a result that changes the decision less often than this hardly decides anything
_WEAK = 0.5  # power below this misses more true effects than it finds


def parts(one: Scored) -> tuple[Part, ...]:
    """(name, value) of everything that the score was reckoned from and came to; "?" where it is not known."""
    score = one.score
    inputs = score.inputs
    rows = [
        ("prior p", _spread(inputs.prior)),
        ("payoff if adopted and true", _spread(inputs.payoff)),
        ("loss if adopted and false", _spread(inputs.loss)),
        ("smallest effect worth having δ", _plain(inputs.delta)),
        ("spread σ", _plain(inputs.sd)),
        ("seeds", _seeds(score)),
        ("power π, false alarms α", f"{_plain(score.power)}, {_plain(score.alpha)}"),
        ("cost", _cost(score)),
        ("probability of a positive result q⁺", _plain(score.positive)),
        (
            "belief after it p⁺, after a negative one p⁻",
            f"{_plain(score.after_positive)}, {_plain(score.after_negative)}",
        ),
        ("today's decision", {True: "adopt", False: "do not adopt", None: "?"}[score.adopt_today]),
        ("chance to change it", percent(score.chance)),
        ("EVSI", _plain(score.evsi)),
        ("information", "?" if score.bits is None else f"{_plain(score.bits)} bits"),
        ("per 1,000 GPU-h", _rate(score)),
    ]
    beside = [("RICE", score.rice, one.rice_rank), ("WSJF", score.wsjf, one.wsjf_rank)]
    rows += [(name, _plain(value) + (f", rank {rank}" if rank else "")) for name, value, rank in beside]
    return tuple(rows)


def leader_line(one: Scored) -> str:
    """One line to read out."""
    return sentence(one.score)


def disagreement(one: Scored) -> str:
    """Why RICE ranks it otherwise than EVSI does; empty where it does not, or where one of them cannot rank it."""
    if not one.rice_apart:
        return ""
    places = abs(one.rice_apart)
    far = f"{places} place{'s' * (places > 1)}"
    if one.rice_apart > 0:
        return f"RICE puts it {far} higher: {_why_higher(one.score)}."
    return f"RICE puts it {far} lower: {_why_lower(one.score)}."


def _why_higher(score: Score) -> str:
    if score.chance is not None and score.chance < _RARE:
        return (
            f"it does not ask whether a result changes the decision; here it would in {percent(score.chance)} of cases"
        )
    if score.power is not None and score.power < _WEAK:
        return f"it does not ask what the test can show; here it finds a true effect in {percent(score.power)} of cases"
    return (
        f"it divides by an effort of {_plain(score.inputs.effort)}, not by the {short(score.gpu_hours)} GPU-h "
        f"that a gain of {short(score.evsi)} costs"
    )


def _why_lower(score: Score) -> str:
    confidence = score.inputs.confidence
    if confidence is not None and confidence <= 0.6:
        return (
            f"it counts a confidence of {percent(confidence)} against it, while doubt is what makes a test worth its "
            f"cost: a result would change the decision in {percent(score.chance)} of cases"
        )
    return (
        f"reach and impact count there, and here what is at stake: {_spread(score.inputs.payoff)} if it is true, "
        f"{_spread(score.inputs.loss)} if not, for {short(score.gpu_hours)} GPU-h"
    )


def _spread(spread: object) -> str:
    return "?" if spread is None else str(spread)


def _plain(number: float | None) -> str:
    return "?" if number is None else f"{number:,.4g}"


def _seeds(score: Score) -> str:
    if score.seeds is None:
        return "?"
    picked = " (the number that is worth most)" if score.inputs.seeds is None else ""
    return f"{score.seeds}{picked}"


def _cost(score: Score) -> str:
    days = "" if score.people_days is None else f", {_plain(score.people_days)} people-days"
    return f"{_plain(score.gpu_hours)} GPU-h{days}"


def _rate(score: Score) -> str:
    if score.per_1000 is None:
        return "?"
    return f"{_plain(score.per_1000)}{' bits' if score.basis == 'bits' else ''}"
