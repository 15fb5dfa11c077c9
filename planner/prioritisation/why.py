"""Why each item of a plan is in or out, in words and with the numbers."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from planner.prioritisation.portfolio import Item, Plan, checked
from planner.prioritisation.sentence import amount, short

Cause = Literal[
    "chosen",
    "locked in",
    "prerequisite",
    "vetoed",
    "needs input",
    "worth nothing",
    "prerequisite out",
    "excluded",
    "over budget",
    "outranked",
    "floor",
    "not proven",
]
_ROUNDING: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an item is in or out. `others`: ids that the cause speaks of.

    `short_of_gpu_hours`, `short_of_people_days`: what it lacks, with all that it needs, beside the plan as it is; None:
    nothing. `enters_at`: the smallest budget tried, in GPU-hours, whose best plan has it in; None: not tried or none.
    """

    id: str
    selected: bool
    cause: Cause
    text: str
    others: tuple[str, ...] = ()
    short_of_gpu_hours: float | None = None
    short_of_people_days: float | None = None
    enters_at: float | None = None


@dataclass(frozen=True, slots=True)
class _Situation:
    items: Mapping[str, Item]
    plan: Plan
    chosen: frozenset[str]
    done: frozenset[str]
    enters_at: Mapping[str, float]

    def needs(self, item: Item) -> list[Item]:
        """All that it needs and that is neither in nor done, itself last."""
        found: dict[str, Item] = {}
        waiting = [item]
        while waiting:
            current = waiting.pop()
            found[current.id] = current
            waiting += [
                self.items[need]
                for need in current.prerequisites
                if need not in self.done and need not in self.chosen and need not in found
            ]
        return [*(found[name] for name in sorted(found) if name != item.id), item]

    def costs_missing(self, item: Item) -> list[str]:
        """What is not known of its cost, as far as the budget asks for it."""
        missing = ["GPU-hours"] if item.gpu_hours is None else []
        if self.plan.budget.people_days is not None and item.people_days is None:
            missing.append("people-days")
        return missing

    def last_in(self) -> Item | None:
        """Of what is in for its own value alone (nothing that is in needs it), the least valuable per GPU-hour."""
        needed = {need for name in self.chosen for need in self.items[name].prerequisites}
        free = [self.items[name] for name in sorted(self.chosen - needed) if self.items[name].lock is None]
        return min((item for item in free if item.value and item.value > 0 and item.gpu_hours), key=_rate, default=None)

    def exploration_with(self, bundle: Sequence[Item]) -> float:
        """Share of exploration in the GPU-hours of the plan and these items."""
        together = [*(self.items[name] for name in self.chosen), *bundle]
        hours = math.fsum(item.gpu_hours or 0.0 for item in together)
        exploring = math.fsum(item.gpu_hours or 0.0 for item in together if item.kind == "exploration")
        return exploring / hours if hours else 1.0


def why(
    items: Sequence[Item], plan: Plan, *, done: Collection[str] = (), enters_at: Mapping[str, float] | None = None
) -> tuple[Reason, ...]:
    """A reason for each item that is not done, by id. `enters_at`: from budgets.entries, where it was asked."""
    ordered = checked(items, done)
    by_id = {item.id: item for item in ordered}
    situation = _Situation(by_id, plan, frozenset(plan.selected), frozenset(done), enters_at or {})
    return tuple(_in(item, situation) if item.id in situation.chosen else _out(item, situation) for item in ordered)


def _in(item: Item, now: _Situation) -> Reason:
    needing = tuple(one.id for one in now.items.values() if one.id in now.chosen and item.id in one.prerequisites)
    also = f"needed by {', '.join(needing)}" if needing else ""
    if item.lock == "in":
        return Reason(item.id, True, "locked in", "; ".join(filter(None, ("locked in", also))), needing)
    if item.value is None or item.value <= 0:
        return Reason(item.id, True, "prerequisite", also, needing)
    worth = f"worth {short(item.value)} for {amount(item.gpu_hours)} GPU-h"
    return Reason(item.id, True, "chosen", "; ".join(filter(None, (worth, also))), needing)


def _out(item: Item, now: _Situation) -> Reason:
    if item.lock == "out":
        return Reason(item.id, False, "vetoed", "vetoed")
    missing = [*(["value"] if item.value is None else []), *now.costs_missing(item)]
    if missing:
        return Reason(item.id, False, "needs input", f"needs input: {', '.join(missing)}")
    bundle = now.needs(item)
    if math.fsum(one.value or 0.0 for one in bundle) <= 0 or (item.value or 0.0) <= 0:
        with_all = " with all that it needs" if (item.value or 0.0) > 0 else ""
        return Reason(item.id, False, "worth nothing", f"worth nothing{with_all}: no result would change a decision")
    return _held_up(item, bundle, now) or _excluded(item, bundle, now) or _too_dear(item, bundle, now)


def _held_up(item: Item, bundle: Sequence[Item], now: _Situation) -> Reason | None:
    """A prerequisite that cannot come in at any budget."""
    for needed in bundle[:-1]:
        if needed.lock == "out":
            state = "is vetoed"
        elif missing := now.costs_missing(needed):
            state = f"needs input: {', '.join(missing)}"
        else:
            continue
        return Reason(item.id, False, "prerequisite out", f"needs {needed.id}, which {state}", (needed.id,))
    return None


def _excluded(item: Item, bundle: Sequence[Item], now: _Situation) -> Reason | None:
    """Something of the same group, as itself or as what it needs, is in or needed too."""
    for one in bundle:
        if one.group is None:
            continue
        for rival in now.items.values():
            if rival.group != one.group or rival is one or not (rival.id in now.chosen or rival in bundle):
                continue
            named = f"{rival.id} of the same group ({one.group})"
            if rival.id in now.chosen:
                worth = (
                    "" if rival.value is None else f", worth {short(rival.value)} for {amount(rival.gpu_hours)} GPU-h"
                )
                text = f"{named} is in{worth}"
            else:
                text = f"{named} is needed too"
            if one is not item:
                text = f"needs {one.id}, and {text}"
            enters = now.enters_at.get(item.id)
            return Reason(item.id, False, "excluded", text, (rival.id,), enters_at=enters)
    return None


def _too_dear(item: Item, bundle: Sequence[Item], now: _Situation) -> Reason:
    """With all that it needs it does not fit beside the plan, or would leave too little exploration."""
    plan, needed = now.plan, tuple(one.id for one in bundle[:-1])
    hours = math.fsum(one.gpu_hours or 0.0 for one in bundle)
    short_hours = _lacking(plan.gpu_hours + hours, plan.budget.gpu_hours)
    short_days = None
    if plan.people_days is not None and plan.budget.people_days is not None:
        days = math.fsum(one.people_days or 0.0 for one in bundle)
        short_days = _lacking(plan.people_days + days, plan.budget.people_days)
    others = needed
    cause: Cause = "over budget"
    said = [f"needs {', '.join(needed)}, which {'are' if len(needed) > 1 else 'is'} out too"] if needed else []
    rate = 1000 * math.fsum(one.value or 0.0 for one in bundle) / hours if hours else math.inf
    last = now.last_in()
    if needed:
        cause = "prerequisite out"
    elif short_hours and last is not None and rate < _rate(last):
        cause, others = "outranked", (last.id,)
        said.append(f"worth {short(rate)} per 1,000 GPU-h, less than {last.id}, the last one in ({short(_rate(last))})")
    elif not short_hours and not short_days:
        floored = now.exploration_with(bundle) < plan.budget.exploration_floor
        cause = "floor" if floored else "not proven"
        said.append("leaves too little exploration" if floored else "fits, but the plan is not proven optimal")
    for lack, unit in ((short_hours, "GPU-h"), (short_days, "people-days")):
        if lack:
            said.append(f"{amount(lack)} {unit} short")
    enters = now.enters_at.get(item.id)
    if enters is not None:
        said.append(f"in at a budget of {amount(enters)} GPU-h")
    return Reason(item.id, False, cause, "; ".join(said), others, short_hours, short_days, enters)


def _lacking(wanted: float, budget: float) -> float | None:
    over = wanted - budget
    return over if over > _ROUNDING * max(1.0, budget) else None


def _rate(item: Item) -> float:
    return 1000 * (item.value or 0.0) / item.gpu_hours if item.gpu_hours else math.inf
