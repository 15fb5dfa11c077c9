"""The roadmap as plain data: what `--json` prints. Ids are texts such as "E-12", what is not known is null."""

from dataclasses import asdict
from typing import Any

from planner.roadmap.budgets import QuarterBudget
from planner.roadmap.candidates import label
from planner.roadmap.changes import Changes, Event
from planner.roadmap.explaining import disagreement, leader_line
from planner.roadmap.model import Entry, QuarterPlan
from planner.roadmap.queries import Card, RoadmapRows
from planner.roadmap.scoring import Scored
from planner.roadmap.timeline import Timeline
from planner.roadmap.weeks import WeekPlan

_SHOWN = (
    *("basis", "missing", "prior", "power", "chance", "evsi", "bits", "per_1000", "seeds", "adopt_today"),
    *("rice", "rice_rank", "wsjf", "wsjf_rank", "lock", "cause"),
    *("short_of_gpu_hours", "short_of_people_days", "enters_from"),
)


def plan_record(plan: QuarterPlan) -> dict[str, Any]:
    """A quarter's plan with its entries."""
    details = plan.details
    return {
        **summary_record(plan),
        "prices": details.get("prices"),
        "used_before": details.get("used_before"),
        "budgets": details.get("budgets", []),
        "shadow_price": details.get("shadow_price"),
        "robustness": details.get("robustness"),
        "notices": details.get("notices", []),
        "learned": plan.learned,
        "unplanned": details.get("unplanned", []),
        "chosen": [entry.id for entry in plan.chosen],
        "entries": [entry_record(entry) for entry in plan.entries],
    }


def summary_record(plan: QuarterPlan) -> dict[str, Any]:
    """A quarter's plan without its entries."""
    return {
        "id": None if plan.id is None else str(plan.id),
        "quarter": plan.quarter,
        "state": plan.state,
        "gpu_hours": plan.gpu_hours,
        "people_days": plan.people_days,
        "exploration_floor": plan.exploration_floor,
        "value": plan.value,
        "basis": plan.details.get("basis"),
        "formula": plan.details.get("formula"),
        "optimal": plan.optimal,
        "gap": plan.details.get("gap"),
        "used": plan.details.get("used"),
        "person": plan.person,
        "at": plan.at,
        "closed_by": plan.closed_by,
        "closed_at": plan.closed_at,
    }


def entry_record(entry: Entry) -> dict[str, Any]:
    """An experiment in a plan."""
    parts = {name: entry.score.get(name) for name in _SHOWN}
    return {
        "id": entry.id,
        "title": entry.title,
        "state": entry.state,
        "kind": entry.kind,
        "hypothesis": None if entry.hypothesis is None else f"H-{entry.hypothesis}",
        "rank": entry.rank,
        "chosen": entry.chosen,
        "why": entry.why,
        "value": entry.value,
        "gpu_hours": entry.gpu_hours,
        "people_days": entry.people_days,
        "stays": entry.stays,
        "prerequisites": [label(number) for number in entry.prerequisites],
        **parts,
        "missing": parts["missing"] or [],
        "score_id": entry.score.get("score_id"),
        "outcome": entry.outcome,
        "review": entry.review,
    }


def scored_record(one: Scored) -> dict[str, Any]:
    """An experiment in the ranking."""
    score, candidate = one.score, one.candidate
    return {
        "id": candidate.id,
        "title": candidate.title,
        "state": candidate.state,
        "kind": candidate.kind,
        "hypothesis": None if candidate.hypothesis is None else f"H-{candidate.hypothesis}",
        "rank": one.rank,
        "basis": score.basis,
        "missing": list(score.missing),
        "prior": score.prior,
        "power": score.power,
        "chance": score.chance,
        "evsi": score.evsi,
        "bits": score.bits,
        "per_1000": score.per_1000,
        "seeds": score.seeds,
        "gpu_hours": score.gpu_hours,
        "people_days": score.people_days,
        "adopt_today": score.adopt_today,
        "rice": score.rice,
        "rice_rank": one.rice_rank,
        "wsjf": score.wsjf,
        "wsjf_rank": one.wsjf_rank,
        "rice_apart": one.rice_apart,
    }


def why_record(one: Scored, entry: Entry | None, quarter: str | None) -> dict[str, Any]:
    """Everything about an experiment's score, and what a plan says of it."""
    score = one.score
    return {
        **scored_record(one),
        "sentence": leader_line(one),
        "disagreement": disagreement(one) or None,
        "formula": score.version,
        "inputs": score.inputs.to_json(),
        "prices": score.prices.to_json(),
        "alpha": score.alpha,
        "positive": score.positive,
        "after_positive": score.after_positive,
        "after_negative": score.after_negative,
        "cost_gpu_hours": score.cost_gpu_hours,
        "payoff": score.payoff,
        "sweep": [asdict(row) for row in score.sweep],
        "plan": None
        if entry is None
        else {"quarter": quarter, "chosen": entry.chosen, "why": entry.why, "stays": entry.stays},
    }


def rows_record(rows: RoadmapRows, plan: QuarterPlan) -> dict[str, Any]:
    """The plan that counts, and what it does not know of yet."""
    return {
        **plan_record(plan),
        "added": [card_record(card) for card in rows.added],
        "changed": [label(number) for number in sorted(rows.changed)],
    }


def card_record(card: Card) -> dict[str, Any]:
    """An experiment on the board."""
    return {
        "id": card.id,
        "title": card.title,
        "state": card.state,
        "kind": card.kind,
        "hypothesis": None if card.hypothesis is None else f"H-{card.hypothesis}",
        "owner": card.owner,
        "gpu_hours": card.gpu_hours,
        "quarters": list(card.quarters),
        "blockers": card.blockers,
        "verdict": card.verdict,
        "blocked_by": list(card.blocked_by),
        "exploratory": card.exploratory,
    }


def week_record(week: WeekPlan) -> dict[str, Any]:
    """A week's pick."""
    return {
        "id": week.week,
        "quarter": week.quarter,
        "free_gpu_hours": week.free_gpu_hours,
        "free_people_days": week.free_people_days,
        "gpu_hours": week.gpu_hours,
        "people_days": week.people_days,
        "notices": list(week.notices),
        "items": [
            {
                "id": item.id,
                "title": item.title,
                "state": item.state,
                "place": item.place,
                "gpu_hours": item.gpu_hours,
                "people_days": item.people_days,
                "why": item.why,
                "carried_from": item.carried_from,
            }
            for item in week.items
        ],
    }


def timeline_record(line: Timeline) -> dict[str, Any]:
    """The quarter's bars."""
    return {
        "id": line.quarter,
        "first": line.first.isoformat(),
        "last": line.last.isoformat(),
        "today": None if line.today is None else line.today.isoformat(),
        "end": None if line.end is None else line.end.isoformat(),
        "critical_path": [label(number) for number in line.critical_path],
        "unknown": [label(number) for number in line.unknown],
        "bars": [
            {
                "id": bar.id,
                "title": bar.title,
                "state": bar.state,
                "start": None if bar.start is None else bar.start.isoformat(),
                "finish": None if bar.finish is None else bar.finish.isoformat(),
                "days": bar.days,
                "slack": bar.slack,
                "critical": bar.critical,
                "late": bar.late,
                "prerequisites": [label(number) for number in bar.prerequisites],
            }
            for bar in line.bars
        ],
    }


def budget_record(found: QuarterBudget) -> dict[str, Any]:
    """Used, planned, left."""
    plain = asdict(found)
    return {"id": plain.pop("quarter"), **plain}


def changes_record(found: Changes) -> dict[str, Any]:
    """What changed since the last review."""
    return {
        "id": found.quarter,
        "since": found.since,
        "entered": [{"id": entry.id, "title": entry.title, "why": entry.why} for entry in found.entered],
        "left": [{"id": entry.id, "title": entry.title} for entry in found.left],
        "reranked": [
            {"id": one.id, "title": one.title, "before": one.before, "after": one.after} for one in found.reranked
        ],
        "moves": [_event(one) for one in found.moves],
        "verdicts": [_event(one) for one in found.verdicts],
        "locks": [_event(one) for one in found.locks],
    }


def _event(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "title": event.title,
        "what": event.what,
        "why": event.why,
        "person": event.person,
        "at": event.at,
    }
