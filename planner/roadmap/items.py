"""What the solver is given: the experiments of a snapshot as items, and what was left out or assumed on the way.

Ideas, ready and planned experiments may be chosen. What runs or is being analysed is in, with what is left of its
GPU-hours and all its people-days, since nobody records how many of these are used. What is done satisfies whatever
waits for it; what was dropped holds up whatever waits for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from planner.prioritisation.inputs import Prices
from planner.prioritisation.portfolio import Item
from planner.prioritisation.score import Score
from planner.roadmap.candidates import OVER, UNDER_WAY, Candidate, label
from planner.roadmap.locks import Locked
from planner.roadmap.model import Basis
from planner.roadmap.scoring import Scored, ranked
from planner.roadmap.snapshot import Snapshot

_GONE: Final = "is not there any more"


@dataclass(frozen=True, slots=True)
class Offer:
    """`items` by id; `done`: ids that are satisfied; `scored`: the experiments that are not over, best first.

    `basis`: what values are, EVSI or (where nothing has one) bits. `gone`: prerequisites that will never be done, and
    why. `unknown`: of what is under way, which costs nobody stated. `notices`: what a person should know, line by line.
    """

    items: tuple[Item, ...]
    done: frozenset[str]
    scored: tuple[Scored, ...]
    basis: Basis
    prices: Prices
    locks: Mapping[int, Locked]
    gone: Mapping[str, str]
    unknown: Mapping[int, frozenset[str]]
    under_way: frozenset[str]
    notices: tuple[str, ...]

    @property
    def by_id(self) -> dict[str, Item]:
        """Items by id."""
        return {item.id: item for item in self.items}

    def reworded(self, demand: str) -> str:
        """A demand of the solver's, where the state of affairs says more than it knows."""
        name, _, rest = demand.partition(" is ")
        if rest == "locked in" and name in self.under_way:
            return f"{name} is under way"
        return f"{name} {self.gone[name]}" if rest == "vetoed" and name in self.gone else demand


def offers(now: Snapshot) -> Offer:
    """The items of a snapshot."""
    open_ones = [one for one in now.everything if one.state not in OVER]
    scored = ranked(open_ones, now.prices, now.stored)
    by_evsi = any(one.score.basis == "evsi" for one in scored)
    basis: Basis = "bits" if not by_evsi and any(one.score.basis == "bits" for one in scored) else "evsi"
    states = {one.number: one.state for one in now.everything}
    needed = {number for one in open_ones for number in one.prerequisites}
    gone = {
        label(number): "was dropped" if number in states else _GONE
        for number in sorted(needed)
        if states.get(number, "dropped") == "dropped"
    }
    taken_groups = _first_under_way(open_ones)
    items = [_item(one, basis, now.locks, taken_groups) for one in scored]
    items += [Item(name, None, None, lock="out") for name in gone]
    unknown = {one.candidate.number: missing for one in scored if (missing := _unknown(one))}
    notices = _notices(scored, basis, now.locks, unknown)
    return Offer(
        items=tuple(sorted(items, key=lambda item: item.id)),
        done=frozenset(label(number) for number, state in states.items() if state == "done"),
        scored=scored,
        basis=basis,
        prices=now.prices,
        locks=now.locks,
        gone=gone,
        unknown=unknown,
        under_way=frozenset(one.id for one in open_ones if one.state in UNDER_WAY),
        notices=notices,
    )


def value_of(score: Score, basis: Basis) -> float | None:
    """What a plan adds up: EVSI, or bits where the whole plan goes by bits."""
    return score.bits if basis == "bits" else score.plan_value


def left_of(one: Candidate, gpu_hours: float | None) -> float | None:
    """GPU-hours left of an experiment that costs so many altogether."""
    if one.state not in UNDER_WAY or gpu_hours is None:
        return gpu_hours
    return max(0.0, gpu_hours - one.spent.gpu_hours)


def _item(one: Scored, basis: Basis, locks: Mapping[int, Locked], taken_groups: Mapping[str, int]) -> Item:
    candidate, score = one.candidate, one.score
    hours = left_of(candidate, score.gpu_hours)
    lock = locks.get(candidate.number)
    if candidate.state not in UNDER_WAY:
        return Item(
            id=candidate.id,
            value=value_of(score, basis),
            gpu_hours=hours,
            people_days=score.people_days,
            prerequisites=tuple(label(number) for number in candidate.prerequisites),
            group=candidate.group,
            kind=candidate.kind,
            lock=lock.lock if lock else None,
        )
    # It has begun, whatever it waited for, and whatever else of its group has begun too: it is in.
    group = candidate.group if candidate.group and taken_groups[candidate.group] == candidate.number else None
    return Item(
        candidate.id, value_of(score, basis), hours or 0.0, score.people_days or 0.0, (), group, candidate.kind, "in"
    )


def _first_under_way(open_ones: list[Candidate]) -> dict[str, int]:
    found: dict[str, int] = {}
    for one in open_ones:
        if one.group and one.state in UNDER_WAY:
            found.setdefault(one.group, one.number)
    return found


def _unknown(one: Scored) -> frozenset[str]:
    if one.candidate.state not in UNDER_WAY:
        return frozenset()
    costs = {"gpu_hours": left_of(one.candidate, one.score.gpu_hours), "people_days": one.score.people_days}
    return frozenset(name for name, cost in costs.items() if cost is None)


def _notices(
    scored: tuple[Scored, ...], basis: Basis, locks: Mapping[int, Locked], unknown: Mapping[int, frozenset[str]]
) -> tuple[str, ...]:
    said = []
    if basis == "bits":
        said.append("No experiment has a payoff and a loss: planned by information (bits) alone.")
    for one in sorted(scored, key=lambda one: one.candidate.number):
        candidate = one.candidate
        if candidate.state not in UNDER_WAY:
            continue
        if "gpu_hours" in unknown.get(candidate.number, ()):
            said.append(f"{candidate.id} is under way and nobody stated its GPU-hours: they are not counted.")
        if candidate.spent.unknown_runs:
            runs = candidate.spent.unknown_runs
            said.append(
                f"{candidate.id}: {runs} run{'s' * (runs > 1)} with unknown GPU-hours, counted as still to come."
            )
        lock = locks.get(candidate.number)
        if lock is not None and lock.lock == "out":
            said.append(f"{candidate.id} is vetoed and under way: it counts as in until it is dropped.")
    return tuple(said)
