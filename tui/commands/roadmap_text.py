"""Plans, rankings and scores as lines of text, 80 columns wide."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.cells import cell_len

from library.text import counted, signed
from planner.hypotheses.beliefs import shown_share
from planner.prioritisation.sentence import percent, short
from planner.roadmap.candidates import label
from planner.roadmap.explaining import disagreement, leader_line, parts
from planner.roadmap.model import Entry, QuarterPlan, Review
from planner.roadmap.planning import needs
from planner.roadmap.scoring import Scored
from tui.plain import WIDTH, fit, wrap

_REVIEWS: Mapping[Review | None, str] = {
    "done": "● done",
    "carry": "→ carry",
    "drop": "✗ drop",
    "re-score": "◌ re-score",
    None: "○ out",
}
_STATES: Mapping[str, str] = {
    "draft": "draft, not adopted",
    "adopted": "adopted",
    "closed": "closed",
    "superseded": "old",
}


def plan_lines(plan: QuarterPlan) -> list[str]:
    """A quarter's plan: what is in, what is out, what needs input, and what other budgets would change."""
    unit = "bits" if plan.details.get("basis") == "bits" else "value"
    days = "" if plan.people_days is None else f" · {plan.people_days:,g} people-days"
    head = f"{plan.quarter}  {plan.gpu_hours:,g} GPU-h{days}  ({_STATES[plan.state]})"
    lines = [_sides(head, f"{unit} per 1,000 GPU-h ▼" if plan.state != "closed" else "spent of planned, verdict")]
    lines += [_entry(entry) for entry in plan.entries]
    if not plan.entries:
        lines.append("  No experiment is open. labtop experiment add brings one in.")
    lines.append("")
    lines += _sum(plan)
    for notice in plan.details.get("notices", []):
        lines += notice_lines(notice)
    return lines


def notice_lines(text: str) -> list[str]:
    """Something that needs a look."""
    return wrap(text, first="▲ ", rest="  ")


def _entry(entry: Entry) -> str:
    score = entry.score
    if entry.outcome is not None:
        return _closed(entry)
    if not entry.chosen and entry.rank is None:
        return fit(f"? —    {entry.id:<6}{fit(entry.title, 22)} {entry.why}", WIDTH).rstrip()
    sign = "● in " if entry.chosen else "○ out"
    prior = "p   ?" if score.get("prior") is None else f"p {shown_share(score['prior'])}"
    return fit(
        f"{sign}  {entry.id:<6}{fit(entry.title, 22)} {_rate(score):>8}  {prior} "
        f"{hours(entry.gpu_hours):>8}  {_tail(entry)}",
        WIDTH,
    ).rstrip()


def _rate(score: Mapping[str, Any]) -> str:
    return f"{short(score.get('per_1000'))}{' bit' if score.get('basis') == 'bits' else ''}"


def _closed(entry: Entry) -> str:
    outcome = entry.outcome or {}
    spent = f"{hours(outcome.get('gpu_hours_spent'))} of {hours(outcome.get('gpu_hours_planned'))}"
    sign = _REVIEWS[entry.review]
    if entry.review is None and entry.state not in ("done", "dropped"):
        return fit(f"{sign:<10}  {entry.id:<6}{fit(entry.title, 22)} {entry.why}", WIDTH).rstrip()
    said = _verdict(outcome.get("verdict"))
    return fit(f"{sign:<10}  {entry.id:<6}{fit(entry.title, 22)} {spent:<14}  {said}", WIDTH).rstrip()


def _verdict(found: Mapping[str, Any] | None) -> str:
    """ "supported, blocked by latency"."""
    return "no verdict" if found is None else str(found["headline"])


def _tail(entry: Entry) -> str:
    """What is worth knowing of an entry in twenty columns; `labtop roadmap why` has the rest."""
    score = entry.score
    needs = f"←{' '.join(label(number) for number in entry.prerequisites)}" if entry.prerequisites else ""
    if entry.chosen:
        cause = score.get("cause")
        said = {"locked in": "locked in", "under way": entry.state, "settled": entry.state}.get(str(cause), "")
        if not said and entry.stays is not None:
            said = f"stays in {percent(entry.stays)}"
        return f"{said} {needs}".strip()
    if score.get("enters_from") and score.get("short_of_gpu_hours"):
        return f"in at {score['enters_from']:,.0f} GPU-h"
    if score.get("short_of_gpu_hours"):
        return f"{short(score['short_of_gpu_hours'])} h short"
    if score.get("short_of_people_days"):
        return f"{short(score['short_of_people_days'])} days short"
    causes = {"prerequisite out": f"held up {needs}", "excluded": "another of its group"}
    return causes.get(str(score.get("cause")), str(score.get("cause") or entry.why))


def _sum(plan: QuarterPlan) -> list[str]:
    details = plan.details
    used = details.get("used") or {}
    facts = [f"{len(plan.chosen)} of {counted(len(plan.entries), 'experiment')} in"]
    if plan.value is not None:
        facts.append(f"worth {short(plan.value)}{' bits' if details.get('basis') == 'bits' else ''}")
    if used.get("gpu_hours") is not None:
        facts.append(f"{used['gpu_hours']:,.4g} GPU-h")
    if used.get("people_days") is not None:
        facts.append(f"{used['people_days']:,.4g} people-days")
    if used.get("exploration_share") is not None:
        floor = f" (floor {percent(plan.exploration_floor)})" if plan.exploration_floor else ""
        facts.append(f"exploration {percent(used['exploration_share'])}{floor}")
    lines = wrapped(facts)
    if plan.value is not None and plan.entries:
        gap = details.get("gap") or 0.0
        lines.append(
            "Proven optimal." if plan.optimal else f"Not proven optimal: at most {percent(gap)} could be missing."
        )
    before = (details.get("used_before") or {}).get("gpu_hours")
    if before:
        lines.append(f"{before:,.4g} GPU-h of the quarter were used before it was planned.")
    if plan.state == "closed":
        lines += _closing(plan)
    elif plan.entries:
        lines += _elsewhere(details)
    if drawn := details.get("robustness"):
        failed = f", {drawn['impossible']} without a plan" if drawn["impossible"] else ""
        lines.append(f"“Stays in” rests on {drawn['draws']} of {counted(drawn['of'], 'draw')}{failed}.")
    if plan.learned:
        lines += ["Learned:", *(piece for text in plan.learned.splitlines() for piece in wrap(text) or [""])]
    return lines


def _elsewhere(details: Mapping[str, Any]) -> list[str]:
    """What other budgets would change."""
    lines = []
    for change in details.get("budgets", []):
        percents = signed(100 * (change["factor"] - 1), ".0f")
        lines.append(f"{percents} % ({change['gpu_hours']:,.4g} GPU-h): {_change(change)}")
    if step := details.get("shadow_price"):
        lines.append(f"+{step['more']:,g} GPU-h: {_change(step)}")
    return lines


def _closing(plan: QuarterPlan) -> list[str]:
    """Planned against spent, and what ran beside the plan."""
    outcomes = [entry.outcome or {} for entry in plan.chosen]
    planned, spent = ([outcome.get(name) for outcome in outcomes] for name in ("gpu_hours_planned", "gpu_hours_spent"))
    unknown = sum(amount is None for amount in spent)
    lines = [
        f"Planned {sum(amount or 0.0 for amount in planned):,.4g} GPU-h, "
        f"spent {sum(amount or 0.0 for amount in spent):,.4g}"
        + (f" and what {counted(unknown, 'experiment')} did not say." if unknown else ".")
    ]
    beside = plan.details.get("unplanned", [])
    if beside:
        names = ", ".join(one["id"] for one in beside)
        used = [one["gpu_hours"] for one in beside if one["gpu_hours"] is not None]
        silent = sum(one["unknown_runs"] for one in beside)
        parts = [names, *([f"{sum(used):,.4g} GPU-h"] if used else [])]
        said = f" and {counted(silent, 'run')} that did not say" if silent else ""
        lines += wrap(f"Not in the plan and run: {', '.join(parts)}{said}.")
    return lines


def _change(change: Mapping[str, object]) -> str:
    if change["impossible"]:
        return f"no plan is possible ({change['impossible']})"
    enters, leaves = _names(change["enters"]), _names(change["leaves"])
    difference = change["difference"]
    said = signed(difference, ".3g") if isinstance(difference, float) and difference else "no change"
    moved = [f"{names} {verb}" for names, verb in ((enters, "in"), (leaves, "out")) if names]
    return f"{said}{'; ' if moved else ''}{', '.join(moved)}"


def _names(found: object) -> str:
    names = list(found) if isinstance(found, (list, tuple)) else []
    return " ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")


def rank_lines(scored: Sequence[Scored]) -> list[str]:
    """The ranking, RICE beside it."""
    if not scored:
        return ["No experiment is open. labtop experiment add brings one in."]
    lines = [f"{'':>3}  {'':<6}{'':<24} {'per 1,000':>9}  {'p':<5} {'cost':>8} {'chance':>8} {'RICE':>5}"]
    for one in scored:
        score, name = one.score, fit(one.candidate.title, 24)
        if one.rank is None:
            lines.append(fit(f"  ?  {one.candidate.id:<6}{name} needs input: {needs(score)}", WIDTH).rstrip())
            continue
        rate = f"{short(score.per_1000)}{' bits' if score.basis == 'bits' else ''}"
        prior = shown_share(score.prior) if score.prior is not None else "?"
        chance = percent(score.chance).replace("under ", "<").replace("over ", ">") if score.chance is not None else "—"
        rice = "—" if one.rice_rank is None else str(one.rice_rank)
        lines.append(
            f"{one.rank:>3}  {one.candidate.id:<6}{name} {rate:>9}  {prior:<5} {hours(score.gpu_hours):>8} "
            f"{chance:>8} {rice:>5}".rstrip()
        )
    apart = [one for one in scored if one.rice_apart]
    if apart:
        lines.append("")
        for one in sorted(apart, key=lambda one: -abs(one.rice_apart or 0))[:3]:
            lines += wrap(f"{one.candidate.id}: {disagreement(one)}")
    return lines


def why_lines(one: Scored, entry: Entry | None, quarter: str) -> list[str]:
    """Every part of a score, the line for a leader, and what the plan says."""
    lines = [f"{one.candidate.id}  {one.candidate.title}", *wrap(leader_line(one)), ""]
    lines += [f"  {name:<44} {value}" for name, value in parts(one)]
    if said := disagreement(one):
        lines += ["", *wrap(said)]
    if entry is not None:
        stays = "" if entry.stays is None else f" It stays in the plan in {percent(entry.stays)} of resampled inputs."
        lines += ["", *wrap(f"{quarter}, {'in' if entry.chosen else 'out'}: {entry.why}.{stays}")]
    return lines


def list_lines(plans: Sequence[QuarterPlan], counts: Mapping[int, int]) -> list[str]:
    """All quarters that have a plan."""
    if not plans:
        return ["No quarter is planned yet: labtop roadmap plan --quarter Q --gpu-hours N"]
    return [
        f"{plan.quarter}  {_STATES[plan.state]:<19} {plan.gpu_hours:>8,g} GPU-h  {counts.get(plan.id or 0, 0):>4} in  "
        f"{short(plan.value):>7} worth  {plan.person}"
        for plan in plans
    ]


def hours(amount: float | None) -> str:
    """ "120 h", "? h" where nobody said; at most eight characters."""
    if amount is None:
        return "? h"
    return f"{amount:,.0f} h" if amount == 0 or 10 <= amount < 99_999.5 else f"{amount:.2g} h".replace("e+", "e")


def wrapped(facts: Sequence[str]) -> list[str]:
    """Facts between dots, in lines that fit."""
    lines: list[str] = []
    for fact in facts:
        if lines and cell_len(lines[-1]) + cell_len(fact) + 3 <= WIDTH:
            lines[-1] += f" · {fact}"
        else:
            lines.append(fact)
    return lines


def _sides(left: str, right: str) -> str:
    return left + " " * max(2, WIDTH - cell_len(left) - cell_len(right)) + right
