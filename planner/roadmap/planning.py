"""A quarter's plan reckoned from a snapshot: the best set under the budget, and why each experiment is in or out.

Nothing here reads or writes the database; `compute` and `resampled` may run on any thread.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from library.jobs import CancelToken
from planner.experiments.spending import NOTHING, Spent, total
from planner.prioritisation.portfolio import Budget, Plan, PlanImpossible, solve
from planner.prioritisation.robustness import DRAWS, Robustness, robustness
from planner.prioritisation.robustness import Candidate as Drawn
from planner.prioritisation.score import FORMULA_VERSION, Score
from planner.prioritisation.sentence import short
from planner.prioritisation.why import Reason, why
from planner.roadmap.candidates import UNDER_WAY, Candidate
from planner.roadmap.items import Offer, offers
from planner.roadmap.model import Entry, QuarterPlan
from planner.roadmap.other_budgets import OtherBudgets, other_budgets
from planner.roadmap.scoring import Scored
from planner.roadmap.snapshot import Snapshot

_SHORT: Final = {"delta": "δ", "sd": "σ", "cost": "GPU-hours", "people_days": "people-days"}
SECONDS: Final = 60.0  # the solver's limit for one plan; past it, the plan is the best found and says so


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan before it is stored. `offer`: what the solver was given; `scores`: what is stored with it."""

    plan: QuarterPlan
    offer: Offer
    solved: Plan
    scores: tuple[tuple[Candidate, Score], ...]


def compute(
    now: Snapshot, budget: Budget, *, time_limit: float = SECONDS, cancel: CancelToken | None = None
) -> Planned:
    """The quarter's best plan. `budget` is of the whole quarter: what it has used so far is taken off first.

    Raises PlanImpossible, naming what excludes what, where what is under way or locked in cannot be in.
    """
    offer = offers(now)
    used = total(now.used.values())
    left = replace(budget, gpu_hours=max(0.0, budget.gpu_hours - used.gpu_hours))
    try:
        solved = solve(offer.items, left, done=offer.done, time_limit=time_limit)
    except PlanImpossible as error:
        told = (_of_the_quarter(offer.reworded(demand), left, budget) for demand in error.demands)
        raise PlanImpossible(tuple(told)) from error
    around = other_budgets(offer, solved, budget, cancel)
    reasons = {reason.id: reason for reason in why(offer.items, solved, done=offer.done, enters_at=around.enters_at)}
    chosen = frozenset(solved.selected)
    entries = [
        _entry(one, offer, reasons[one.candidate.id], one.candidate.id in chosen, now.used) for one in offer.scored
    ]
    entries += [_settled(entry) for entry in now.settled]
    plan = QuarterPlan(
        id=None,
        quarter=str(now.quarter),
        state="draft",
        gpu_hours=budget.gpu_hours,
        people_days=budget.people_days,
        exploration_floor=budget.exploration_floor,
        value=math.fsum([solved.value, *(entry.value or 0.0 for entry in now.settled)]),
        optimal=solved.optimal,
        details=_details(offer, solved, around, used),
        entries=_by_place(entries),
    )
    return Planned(plan, offer, solved, tuple((one.candidate, one.score) for one in offer.scored))


def _of_the_quarter(demand: str, left: Budget, budget: Budget) -> str:
    """A demand in which the GPU-hours that are left are told beside those of the quarter, which people know."""
    amount = f"{left.gpu_hours:,g} GPU-hours"
    if left.gpu_hours == budget.gpu_hours or not demand.startswith(f"{amount}, where"):
        return demand
    return f"{amount} left of the {budget.gpu_hours:,g} of the quarter{demand.removeprefix(amount)}"


def resampled(
    planned: Planned, *, draws: int = DRAWS, seed: int = 0, cancel: CancelToken | None = None
) -> Iterator[Robustness]:
    """In what share of resampled inputs each experiment stays in, every few draws. Raises Cancelled where asked to."""
    scores = {one.candidate.id: one.score for one in planned.offer.scored}
    drawn = [Drawn(item, scores.get(item.id)) for item in planned.offer.items]
    return robustness(drawn, planned.solved.budget, done=planned.offer.done, draws=draws, seed=seed, cancel=cancel)


def with_shares(plan: QuarterPlan, found: Robustness) -> QuarterPlan:
    """The plan with the shares put in, and how many draws they rest on."""
    shares = {name: share.share for name, share in found.shares.items()}
    entries = tuple(
        replace(entry, stays=shares.get(entry.id) if entry.chosen or entry.rank is not None else None)
        for entry in plan.entries
    )
    drawn = {"draws": found.draws, "of": found.target, "impossible": found.impossible}
    return replace(plan, entries=entries, details={**plan.details, "robustness": drawn})


def _details(offer: Offer, solved: Plan, around: OtherBudgets, used: Spent) -> dict[str, Any]:
    """What is stored beside a plan's entries, as plain data."""
    return {
        "basis": offer.basis,
        "formula": FORMULA_VERSION,
        "prices": offer.prices.to_json(),
        "used_before": {"gpu_hours": used.gpu_hours, "unknown_runs": used.unknown_runs},
        "used": {
            "gpu_hours": solved.gpu_hours,
            "people_days": solved.people_days,
            "exploration_share": solved.exploration_share,
        },
        "bound": solved.bound,
        "gap": solved.gap,
        "status": solved.status,
        **around.to_json(),
        "robustness": None,
        "notices": list(offer.notices),
    }


def _settled(entry: Entry) -> Entry:
    return replace(entry, why=f"{entry.state} in this quarter", score={**entry.score, "cause": "settled"})


def _entry(one: Scored, offer: Offer, reason: Reason, chosen: bool, used: Mapping[int, Spent]) -> Entry:
    item, candidate = offer.by_id[one.candidate.id], one.candidate
    unknown = offer.unknown.get(candidate.number, frozenset())
    return Entry(
        experiment=candidate.number,
        title=candidate.title,
        state=candidate.state,
        kind=candidate.kind,
        rank=one.rank,
        chosen=chosen,
        why=_why(one, offer, reason),
        value=item.value,
        gpu_hours=None if "gpu_hours" in unknown else item.gpu_hours,
        people_days=None if "people_days" in unknown else item.people_days,
        prerequisites=candidate.prerequisites,
        hypothesis=candidate.hypothesis,
        score={
            **parts(one),
            "lock": item.lock if candidate.state not in UNDER_WAY else None,
            "cause": "under way" if candidate.state in UNDER_WAY else reason.cause,
            "short_of_gpu_hours": reason.short_of_gpu_hours,
            "short_of_people_days": reason.short_of_people_days,
            "enters_from": reason.enters_at,
            "used_before": used.get(candidate.number, NOTHING).gpu_hours,
        },
    )


def parts(one: Scored) -> dict[str, Any]:
    """The parts of a score that a row shows."""
    found = one.score
    return {
        "basis": found.basis,
        "missing": list(found.missing),
        "prior": found.prior,
        "power": found.power,
        "chance": found.chance,
        "evsi": found.evsi,
        "bits": found.bits,
        "per_1000": found.per_1000,
        "seeds": found.seeds,
        "adopt_today": found.adopt_today,
        "rice": found.rice,
        "rice_rank": one.rice_rank,
        "wsjf": found.wsjf,
        "wsjf_rank": one.wsjf_rank,
    }


def needs(score: Score) -> str:
    """ "payoff, σ": what is missing for a score, in few words."""
    return ", ".join(_SHORT.get(name, name) for name in score.missing)


def _why(one: Scored, offer: Offer, reason: Reason) -> str:
    """The reason, where the state of affairs says more than the solver knows."""
    candidate, score = one.candidate, one.score
    if candidate.state in UNDER_WAY:
        left = "its cost is not known" if candidate.number in offer.unknown else f"{_hours(one, offer)} left"
        return f"under way ({candidate.state}); {left}"
    if reason.cause == "needs input" and score.basis == "needs input":
        return f"needs input: {needs(score)}"
    if reason.cause == "needs input" and score.basis == "bits":
        return f"needs input: {needs(score)}; ranked by information alone, {short(score.bits)} bits"
    if reason.cause == "prerequisite out" and reason.others and reason.others[0] in offer.gone:
        return f"needs {reason.others[0]}, which {offer.gone[reason.others[0]]}"
    lock = offer.locks.get(candidate.number)
    if lock is not None and reason.cause in ("locked in", "vetoed"):
        return f"{reason.text} by {lock.person}: {lock.reason}"
    return reason.text


def _hours(one: Scored, offer: Offer) -> str:
    return f"{short(offer.by_id[one.candidate.id].gpu_hours or 0.0)} GPU-h"


def _by_place(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """What is in first, each part by rank; what needs input last."""
    return tuple(sorted(entries, key=lambda entry: (not entry.chosen, entry.rank is None, entry.rank or 0)))
