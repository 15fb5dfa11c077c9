"""Experiments as lines of text, 80 columns wide."""

from collections.abc import Iterable, Sequence
from datetime import date

from library.records.field import write_value
from library.text import counted, one_line
from planner.experiments.baselines import said
from planner.experiments.checklists import checklists
from planner.experiments.kind import EXPERIMENT
from planner.experiments.model import STATES, ArmResults, ExperimentRow, Preregistration, VerdictRow
from planner.experiments.queries import ExperimentDetail, counts
from planner.experiments.record import own_value
from planner.register.model import DatasetRow
from tui.dates import shown_day
from tui.plain import hung, part

_SHOWN_ABOVE = ("title", "kind", "hypothesis_id", "owner", "tags", "arms", "datasets", "checks")


def list_lines(rows: Sequence[ExperimentRow], today: date) -> list[str]:
    """The list, exploration and what is to go into production apart."""
    lines: list[str] = []
    for kind, states in counts(rows).items():
        mine = [row for row in rows if row.kind == kind]
        if not mine:
            continue
        told = ", ".join(f"{states[state]:,} {state}" for state in STATES if states[state])
        lines += [""] if lines else []
        lines.append(f"{kind.capitalize()}: {told}")
        for row in mine:
            lines += row_lines(row, today)
    return lines


def row_lines(row: ExperimentRow, today: date) -> list[str]:
    """One experiment of the list: what is tried, then how it stands."""
    facts = [
        row.state,
        "" if row.hypothesis_id is None else f"H-{row.hypothesis_id}",
        _seeds(row),
        "" if row.verdict is None else f"{row.verdict.name} {row.verdict.headline}",
        f"▲ {counted(row.blockers, 'blocker')}" if row.blockers else "",
        f"▲ {counted(len(row.data_problems), 'data problem')}" if row.data_problems else "",
        f"◌ stale: {', '.join(row.stale_baselines)}" if row.stale_baselines else "",
        "◌ plan edited" if row.exploratory else "",
        f"lacks {counted(len(row.missing), 'part')}" if row.missing and row.state == "idea" else "",
        row.owner or "",
        shown_day(row.updated_at[:10], today),
    ]
    head = f"{row.name:<6}"
    return [*hung(f"{head} ", row.title), *hung(" " * 7, " · ".join(fact for fact in facts if fact))]


def page_lines(found: ExperimentDetail, today: date) -> list[str]:
    """Everything of one experiment."""
    row = found.row
    facts = [row.kind, row.state, row.owner or "no owner", *(f"#{tag}" for tag in row.tags)]
    parts = [
        hung(f"{row.name:<6} ", row.title),
        hung(" " * 7, " · ".join(facts)),
        _claim(found),
        part("▲ What stands against it", [line for each in _standing(found) for line in hung("  ", each)]),
        part("Arms", _arms(found)),
        part("Data", [line for each in found.datasets for line in hung("  ", _data(each))]),
        part("Plan", _fields(found)),
        part("In the way", _obstacles(found)),
        part("Verdicts", [line for each in found.verdicts for line in hung(f"  {each.name:<5} ", verdict_text(each))]),
        part("Frozen plans", [line for each in found.versions for line in hung("  ", version_line(each, today))]),
        part("Checklists", _checklists(found)),
        part("Moves", _moves(found, today)),
    ]
    return [line for each in parts for line in each]


def version_line(each: Preregistration, today: date) -> str:
    """ "version 1, sha256 e854f058…, 3 d ago by ada: first result"."""
    mark = " ◌ exploratory" if each.exploratory else ""
    when = shown_day(each.at[:10], today)
    return f"version {each.version}, sha256 {each.hash[:16]}…, {when} by {one_line(each.person)}: {each.cause}{mark}"


def number(value: float | None) -> str:
    """Six significant digits; "?" where it is not known."""
    return "?" if value is None else f"{'−' if value < 0 else ''}{abs(value):.6g}"


def _seeds(row: ExperimentRow) -> str:
    planned = "?" if row.seeds is None else f"{row.seeds:,}"
    return f"{row.seeds_done:,} of {planned} seeds" if row.seeds_done or row.seeds else ""


def _claim(found: ExperimentDetail) -> list[str]:
    plan = found.plan
    if plan.hypothesis_id is None:
        return ["", *hung("  ", "It tests no hypothesis.")]
    belief = "?" if plan.prior is None else f"{plan.prior:.2g}"
    return ["", *hung(f"  H-{plan.hypothesis_id} ", f"{plan.statement} (belief {belief})")]


def _standing(found: ExperimentDetail) -> Iterable[str]:
    yield from found.warnings
    for each in found.baselines:
        if each.stale or each.days is None:
            yield f"The baseline {each.arm}: {said(each)}."
    if found.row.missing:
        yield f"It lacks {'; '.join(found.row.missing)}."
    if found.edited:
        fields = ", ".join(each.field for each in found.edited)
        yield f"The plan differs from the frozen one in {fields}: its next verdict is exploratory."


def _arms(found: ExperimentDetail) -> list[str]:
    results = {each.arm: each for each in found.arms}
    ages = {each.arm: said(each) for each in found.baselines}
    lines = []
    for arm in found.row.arms:
        told = [arm.role, arm.parameters or "", _brought(results[arm.name]), ages.get(arm.name, "")]
        lines += hung(f"  {one_line(arm.name)}: ", " · ".join(each for each in told if each))
    return lines


def _brought(arm: ArmResults) -> str:
    if not (arm.seeds or arm.failed or arm.excluded):
        return "no results"
    told = [f"mean {number(arm.mean)} over {counted(arm.seeds, 'seed')}" if arm.seeds else "no usable value"]
    told += [f"{arm.failed} failed"] if arm.failed else []
    told += [f"{arm.excluded} left out"] if arm.excluded else []
    return ", ".join(told)


def _data(each: DatasetRow) -> str:
    problems = f": {'; '.join(each.problems)}" if each.problems else ""
    return f"{each.dataset.label} {each.dataset.title} ({each.dataset.approval}{problems})"


def _fields(found: ExperimentDetail) -> list[str]:
    lines = []
    for field in EXPERIMENT.fields:
        value = found.plan.values[field.name]
        if field.name in _SHOWN_ABOVE or value is None:
            continue
        taken = " (of the hypothesis)" if own_value(found, field) is None else ""
        shown = write_value(field, value).replace("\n", "; ")
        lines += hung(f"  {field.label + ':':<17} ", f"{shown}{taken}")
    if found.row.spent is not None or found.row.unknown_runs:
        unknown = f", {counted(found.row.unknown_runs, 'run')} unknown" if found.row.unknown_runs else ""
        lines += hung(f"  {'Used so far:':<17} ", f"{number(found.row.spent)} GPU-hours{unknown}")
    return lines


def _obstacles(found: ExperimentDetail) -> list[str]:
    lines = []
    for each in found.obstacles:
        who = f", on {each.on_whom}" if each.on_whom else ""
        then = f"; next: {each.next_step}" if each.next_step else ""
        lines += hung(f"  {each.label:<5} ", f"{each.kind}: {each.what}{who}, since {each.since}{then}")
    return lines


def verdict_text(each: VerdictRow) -> str:
    """The verdict in words, which begin with its state; marked where it only explores, or an incident reaches it."""
    doubts = f" ▲ Doubted by {', '.join(f'I-{number}' for number in each.doubted_by)}." if each.doubted_by else ""
    return f"{'◌ exploratory: ' if each.exploratory else ''}{each.summary}{doubts}"


def _checklists(found: ExperimentDetail) -> list[str]:
    checks = found.plan.values["checks"] or {}
    lines = [
        f"  {checklist.title}: {sum(item in checks for item, _ in checklist.items)} of {len(checklist.items)} answered"
        for checklist in checklists()
    ]
    return lines if checks else []


def _moves(found: ExperimentDetail, today: date) -> list[str]:
    lines = []
    for move in found.moves:
        told = f"{move.before} → {move.after}: {move.reason} ({move.person})"
        lines += hung(f"  {shown_day(move.at[:10], today):<9}", told)
    return lines
