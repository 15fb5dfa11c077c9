"""A quarter's plan as Markdown, to be pasted where it is discussed."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from library.markdown import Marked, bullets, document, escape, heading, prose, table
from library.text import signed
from planner.prioritisation.sentence import amount, percent, short
from planner.roadmap.candidates import label
from planner.roadmap.model import Entry, QuarterPlan

_STATES: Final = {
    "draft": "draft, not adopted",
    "adopted": "adopted",
    "superseded": "superseded",
    "closed": "closed",
}


def plan_markdown(plan: QuarterPlan) -> str:
    """What is in, what is out and why; of a closed quarter what became of it."""
    closed = plan.state == "closed"
    chosen = [entry for entry in plan.entries if entry.chosen]
    rest = [entry for entry in plan.entries if not entry.chosen]
    return document(
        [
            heading(1, f"{plan.quarter}: {_STATES[plan.state]}"),
            _facts(plan),
            heading(2, "In"),
            (_became(chosen) if closed else _in(chosen, _unit(plan))) if chosen else Marked("Nothing."),
            *([heading(2, "Out"), _out(rest, _unit(plan))] if rest else []),
            *([heading(2, "Another budget"), bullets(_others(plan))] if _others(plan) and not closed else []),
            *([heading(2, "To know"), bullets(plan.details["notices"])] if plan.details.get("notices") else []),
            *([heading(2, "What was learned"), prose(plan.learned)] if plan.learned else []),
        ]
    )


def _unit(plan: QuarterPlan) -> str:
    return "bits" if plan.details.get("basis") == "bits" else "value"


def _facts(plan: QuarterPlan) -> Marked:
    used = plan.details.get("used") or {}
    days = "" if plan.people_days is None else f" and {amount(plan.people_days)} people-days"
    said = [f"Budget: {amount(plan.gpu_hours)} GPU-hours{days}."]
    if used.get("gpu_hours") is not None:
        said.append(f"The plan takes {amount(used['gpu_hours'])} GPU-hours.")
    if plan.value is not None:
        proven = "proven optimal" if plan.optimal else "not proven optimal"
        said.append(f"It is worth {short(plan.value)} {'bits' if _unit(plan) == 'bits' else 'points'}, {proven}.")
    if plan.exploration_floor:
        said.append(f"At least {percent(plan.exploration_floor)} of the GPU-hours go to exploration.")
    by = plan.closed_by if plan.state == "closed" else plan.person
    at = plan.closed_at if plan.state == "closed" else plan.at
    if by and at:
        said.append(f"{'Closed' if plan.state == 'closed' else 'Planned'} by {by} on {at[:10]}.")
    return escape(" ".join(said))


def _in(entries: Sequence[Entry], unit: str) -> Marked:
    rows = [
        (
            entry.id,
            entry.title,
            _rate(entry.score),
            _prior(entry.score),
            amount(entry.gpu_hours),
            amount(entry.people_days),
            "" if entry.stays is None else percent(entry.stays),
            " ".join(label(number) for number in entry.prerequisites),
            entry.why,
        )
        for entry in entries
    ]
    headers = ("", "experiment", f"{unit} per 1,000 GPU-h", "p", "GPU-h", "people-days", "stays in", "after", "why")
    return table(headers, rows, "llrrrrrll")


def _out(entries: Sequence[Entry], unit: str) -> Marked:
    rows = [(entry.id, entry.title, _rate(entry.score), amount(entry.gpu_hours), entry.why) for entry in entries]
    return table(("", "experiment", f"{unit} per 1,000 GPU-h", "GPU-h", "why"), rows, "llrrl")


def _became(entries: Sequence[Entry]) -> Marked:
    rows = []
    for entry in entries:
        outcome = entry.outcome or {}
        verdict = outcome.get("verdict") or {}
        rows.append(
            (
                entry.id,
                entry.title,
                entry.review or "",
                f"{verdict['id']} {verdict['headline']}" if verdict else "",
                amount(outcome.get("gpu_hours_planned")),
                amount(outcome.get("gpu_hours_spent")),
            )
        )
    return table(("", "experiment", "review", "verdict", "planned GPU-h", "spent GPU-h"), rows, "llllrr")


def _others(plan: QuarterPlan) -> list[str]:
    return [
        f"{_signed(change['factor'] - 1)} ({amount(change['gpu_hours'])} GPU-h): {_change(change)}"
        for change in plan.details.get("budgets", [])
    ]


def _signed(share: float) -> str:
    return f"{signed(100 * share, '.0f')} %"


def _change(change: Mapping[str, Any]) -> str:
    if change["impossible"]:
        return f"no plan is possible ({change['impossible']})"
    moved = [
        f"{' '.join(names)} {verb}" for names, verb in ((change["enters"], "in"), (change["leaves"], "out")) if names
    ]
    return "; ".join(moved) or "no change"


def _rate(score: Mapping[str, Any]) -> str:
    return "?" if score.get("per_1000") is None else short(score["per_1000"])


def _prior(score: Mapping[str, Any]) -> str:
    return "?" if score.get("prior") is None else f"{score['prior']:.2f}"
