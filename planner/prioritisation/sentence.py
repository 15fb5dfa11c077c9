"""One line a person can read out to a leader, for every score."""

from planner.prioritisation.inputs import LABELS
from planner.prioritisation.score import Score


def sentence(score: Score, unit: str = "value points") -> str:
    """What one would do today, what the run costs, and what it is worth; or what is missing. `unit`: of the payoffs."""
    if score.basis == "needs input":
        return f"Not ranked: needs input ({', '.join(LABELS[name] for name in score.missing)})."
    costs = f"This run costs {_cost(score)}."
    rate = f"{short(score.per_1000)} per 1,000 GPU-h{' (people-days at their price)' if _priced(score) else ''}"
    if score.basis == "bits":
        lacking = " and ".join(LABELS[name] for name in score.missing)
        return (
            f"Ranked by information, since {lacking} {'are' if len(score.missing) > 1 else 'is'} not stated. {costs} "
            f"It yields {short(score.bits)} bits about the hypothesis, i.e. {rate}."
        )
    today = f"Today we would {'adopt' if score.adopt_today else 'not adopt'}."
    if not score.power:
        return (
            f"{today} {costs} With {score.seeds} seed{'s' * (score.seeds != 1)} it can give no verdict: worth nothing."
        )
    if not score.chance:
        return f"{today} {costs} No result of it would change that decision, so for the decision it is worth nothing."
    return (
        f"{today} {costs} With {percent(score.chance)} chance it changes that decision; "
        f"on average it is worth {short(score.evsi)} {unit}, i.e. {rate}."
    )


def percent(share: float | None) -> str:
    """ "38 %"; what is not quite none or all is never rounded to it."""
    if share is None:
        return "?"
    if 0 < share < 0.005:
        return "under 1 %"
    if 0.995 <= share < 1:
        return "over 99 %"
    return f"{100 * share:.0f} %"


def short(number: float | None) -> str:
    """Two digits that count, whole numbers from ten on: "0.21", "2.1", "17", "1,204"."""
    if number is None:
        return "?"
    if abs(number) >= 9.95:
        return f"{number:,.0f}"
    text = f"{number:.2g}"
    return f"{number:.1f}" if abs(number) >= 1 else text


def amount(number: float | None) -> str:
    """A stated amount, to four digits, whole ones above a thousand: "5", "37.25", "1,204"."""
    if number is None:
        return "?"
    return f"{number:,.4g}" if abs(number) < 999.5 else f"{number:,.0f}"


def _priced(score: Score) -> bool:
    return score.cost_gpu_hours != score.gpu_hours


def _cost(score: Score) -> str:
    days = f" and {amount(score.people_days)} people-days" if score.people_days else ""
    return f"{amount(score.gpu_hours)} GPU-h{days}"
