"""A research proposal in Markdown, written from the record: what is not known is said to be unknown.

The same record gives the same text, whoever writes it: nothing of the clock goes into it but the day that it is as of.
"""

import sqlite3
from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from library.errors import UsageError
from library.markdown import Marked, bullets, code, document, escape, heading, prose, quote, strong, table
from library.text import counted, shortened
from planner.experiments.baselines import said
from planner.experiments.checklists import checklists
from planner.experiments.costs import Estimate, estimate
from planner.experiments.model import STALE_DAYS
from planner.experiments.prospecting import PowerTable, power_table
from planner.experiments.queries import ExperimentDetail, experiment

UNKNOWN: Final = "unknown"
_ANSWERS: Final = {"yes": "yes", "no": "no", "n/a": "not applicable"}


def proposal(db: sqlite3.Connection, experiment_id: int, *, today: date, stale_days: int = STALE_DAYS) -> str:
    """The proposal for an experiment. Raises NotFound."""
    found = experiment(db, experiment_id, today=today, stale_days=stale_days)
    row = found.row
    parts = [
        heading(1, f"{row.name} {row.title}"),
        _facts(found, today),
        *_warnings(found),
        *_question(db, found),
        *_design(found),
        *_decision(found),
        *_power(db, experiment_id),
        *_cost(db, found),
        *_risks(found),
        *_checklists(found),
        *_registration(found),
        *_outcome(found),
    ]
    return document(parts)


def _facts(found: ExperimentDetail, today: date) -> Marked:
    row, values = found.row, found.plan.values
    start = f"from {values['start']}" if values["start"] else "start unknown"
    days = f"{values['days']:g} days" if values["days"] else "duration unknown"
    facts = {
        "Kind": row.kind,
        "State": row.state,
        "Owner": row.owner or UNKNOWN,
        "Time": f"{start}, {days}",
        "Tests": UNKNOWN if row.hypothesis_id is None else f"H-{row.hypothesis_id}",
        "As of": today.isoformat(),
    }
    return Marked("\\\n".join(f"{strong(name)}: {escape(value)}" for name, value in facts.items()))


def _warnings(found: ExperimentDetail) -> list[Marked]:
    told = [*found.warnings]
    told += [f"The baseline {each.arm} was {said(each)}." for each in found.baselines if each.stale]
    told += [f"Still to be filled in: {'; '.join(found.row.missing)}."] if found.row.missing else []
    return [heading(2, "What stands against it"), bullets(told)] if told else []


def _question(db: sqlite3.Connection, found: ExperimentDetail) -> list[Marked]:
    plan = found.plan
    parts = [heading(2, "Question and hypothesis")]
    parts.append(prose(plan.values["question"]) if plan.values["question"] else _unknown("The question"))
    if plan.hypothesis_id is None:
        return [*parts, Marked("It tests no hypothesis.")]
    hypothesis = db.execute("SELECT * FROM hypothesis WHERE id = ?", (plan.hypothesis_id,)).fetchone()
    belief = UNKNOWN if plan.prior is None else f"{plan.prior:.2g}"
    parts += [
        quote(hypothesis["statement"], f"H-{plan.hypothesis_id}, held to be true with probability {belief}"),
        heading(3, "Why it should be so"),
        prose(hypothesis["mechanism"]) if hypothesis["mechanism"] else _unknown("The mechanism"),
    ]
    for stance, title in (("for", "Evidence for"), ("against", "Evidence against")):
        parts += [heading(3, title), *_evidence(db, plan.hypothesis_id, stance)]
    return parts


def _evidence(db: sqlite3.Connection, hypothesis_id: int, stance: str) -> Iterable[Marked]:
    rows = db.execute(
        "SELECT e.quote, e.verdict_id, e.run, p.key, p.title FROM evidence e LEFT JOIN paper p ON p.id = e.paper_id "
        "WHERE e.hypothesis_id = ? AND e.stance = ? ORDER BY e.id",
        (hypothesis_id, stance),
    ).fetchall()
    if not rows:
        return [Marked("None is recorded.")]
    return [_cited(row) for row in rows]


def _cited(row: sqlite3.Row) -> Marked:
    if row["quote"] is not None:
        return quote(row["quote"], f"{row['title'] or '(no title)'} ({row['key']})")
    if row["verdict_id"] is not None:
        return bullets([f"Verdict V-{row['verdict_id']}"])
    return bullets([f"Run {row['run']}"])


def _design(found: ExperimentDetail) -> list[Marked]:
    values = found.plan.values
    parts = [heading(2, "Design"), heading(3, "Arms")]
    ages = {each.arm: said(each) for each in found.baselines}
    if found.row.arms:
        arms = [(arm.name, arm.role, arm.parameters or "as it is", ages.get(arm.name, "")) for arm in found.row.arms]
        parts.append(table(("Arm", "Role", "Parameters", "Measured"), arms))
    else:
        parts.append(_unknown("What is compared"))
    parts.append(heading(3, "Data"))
    if found.datasets:
        data = [
            (
                f"{each.dataset.label} {each.dataset.title}",
                each.dataset.licence or UNKNOWN,
                each.dataset.sensitivity,
                _approval(each.dataset),
                (each.dataset.content_hash or UNKNOWN)[:16],
            )
            for each in found.datasets
        ]
        parts.append(table(("Data", "Licence", "Sensitivity", "Approval", "Content hash"), data))
        known = [
            f"{each.dataset.label}, known biases: {each.dataset.biases}"
            for each in found.datasets
            if each.dataset.biases
        ]
        parts += [bullets(known)] if known else []
    else:
        parts.append(Marked("The plan names no data."))
    for name, title, head in (
        ("guardrails", "Guardrails", ("Metric", "Better", "Tolerated loss")),
        ("slices", "Slices", ("Slice", "Purpose", "Metric", "Better", "Tolerated loss")),
        ("rating", "Human rating", ("Rubric", "Raters", "Blinding", "Agreement wanted")),
    ):
        if values[name]:
            parts += [heading(3, title), table(head, [_cells(name, each, found) for each in values[name]])]
    if values["command"]:
        parts += [heading(3, "Command"), code(shortened(values["command"], 400))]
    return parts


def _cells(name: str, row: dict[str, Any], found: ExperimentDetail) -> tuple[str, ...]:
    better = {"increase": "higher", "decrease": "lower"}.get(row.get("direction") or "", "as the primary metric")
    if name == "guardrails":
        return row["metric"], better, f"{row.get('tolerance') or 0:g}"
    if name == "slices":
        metric = row.get("metric") or found.plan.metric or UNKNOWN
        return row["name"], row["purpose"], metric, better, f"{row.get('tolerance') or 0:g}"
    wanted = row.get("agreement")
    return (
        row["rubric"],
        str(row.get("raters") or UNKNOWN),
        row.get("blinding") or UNKNOWN,
        UNKNOWN if wanted is None else f"{wanted:g}",
    )


def _approval(dataset: Any) -> str:
    if dataset.approval == "approved":
        until = f" until {dataset.approved_until}" if dataset.approved_until else ""
        return f"approved by {dataset.approved_by or UNKNOWN}{until}"
    return str(dataset.approval)


def _decision(found: ExperimentDetail) -> list[Marked]:
    plan, values = found.plan, found.plan.values
    unit = f" {plan.unit}" if plan.unit else ""
    direction = {"increase": "higher is better", "decrease": "lower is better"}.get(plan.direction or "", UNKNOWN)
    family = "alone" if values["family"] is None else f"in the family {values['family']}, {_correction(values)}"
    looks = {"end": "once, at the end", "anytime": "at any time (e-process)"}.get(
        values["looks"], f"after {values['looks']} seeds, and at the end"
    )
    rows = [
        ("Primary metric", plan.metric or UNKNOWN),
        ("Direction", direction),
        ("Smallest effect worth having (δ)", UNKNOWN if plan.delta is None else f"{plan.delta:g}{unit}"),
        ("Seeds for each arm", UNKNOWN if values["seeds"] is None else f"{values['seeds']:,}"),
        ("α", f"{values['alpha']:g}"),
        ("Pairing", "by seed" if values["pairing"] == "seed" else "none"),
        ("Looked at", looks),
        ("Judged", family),
    ]
    parts = [heading(2, "Decision rule"), table(("What", "Fixed beforehand"), rows)]
    parts.append(
        Marked(
            "Supported where the interval lies above 0 and the mean reaches δ; refuted where it lies below δ; "
            "otherwise inconclusive. A breached guardrail or slice blocks a support."
        )
    )
    for name, title in (("success", "Success criterion"), ("exclusions", "Runs that do not count")):
        parts += [heading(3, title), prose(values[name]) if values[name] else _unknown(title)]
    return parts


def _correction(values: dict[str, Any]) -> str:
    return "a screen (Benjamini–Hochberg)" if values["family_rule"] == "bh" else "corrected by Holm"


def _power(db: sqlite3.Connection, experiment_id: int) -> list[Marked]:
    parts = [heading(2, "What it can find out")]
    try:
        found = power_table(db, experiment_id)
    except UsageError as error:
        return [*parts, escape(f"Unknown: {error.message}")]
    return [*parts, escape(_spread(found)), table(_POWER_HEAD, [_power_row(each) for each in found.table], "rrrrr")]


_POWER_HEAD: Final = ("Seeds", "Interval ±", "No effect: refuted", "δ: supported", "2 δ: supported")


def _spread(found: PowerTable) -> str:
    return (
        f"With a spread of {found.sigma:g} between seeds ({found.sigma_from}), δ {found.delta:g} and α "
        f"{found.at.alpha:.3g}. {found.at.summary} {found.looks}".strip()
    )


def _power_row(row: Any) -> tuple[str, ...]:
    half = "—" if row.half_width is None else f"{row.half_width:.3g}"
    chances = (row.if_nothing.refuted, row.if_delta.supported, row.if_twice.supported)
    return (str(row.n), half, *(f"{chance:.0%}" for chance in chances))


def _cost(db: sqlite3.Connection, found: ExperimentDetail) -> list[Marked]:
    values = found.plan.values
    rows = [
        ("GPU-hours apart from seeds", values["gpu_hours"] or UNKNOWN),
        ("GPU-hours a seed, all arms", values["gpu_hours_per_seed"] or UNKNOWN),
        ("People-days", values["people_days"] or UNKNOWN),
        ("GPU-hours used so far", UNKNOWN if found.row.spent is None else f"{found.row.spent:.4g}"),
    ]
    history: Estimate | None = estimate(db, found.row.id)
    told = f"Like runs took {history.said}." if history is not None else "No like run says what it took."
    return [heading(2, "Cost"), table(("What", "Planned"), rows), escape(told)]


def _risks(found: ExperimentDetail) -> list[Marked]:
    parts = [heading(2, "Blockers and risks")]
    if not found.obstacles:
        return [*parts, Marked("None is recorded.")]
    rows = [
        (
            f"{each.label} {each.kind}",
            each.what,
            each.on_whom or UNKNOWN,
            each.since,
            f"{each.likelihood or UNKNOWN} / {each.impact or UNKNOWN}",
            each.contingency or each.next_step or UNKNOWN,
        )
        for each in found.obstacles
    ]
    head = ("Which", "What", "On whom", "Since", "Likelihood / impact", "Contingency or next step")
    return [*parts, table(head, [tuple(" ".join(cell.split()) for cell in row) for row in rows])]


def _checklists(found: ExperimentDetail) -> list[Marked]:
    answers = found.plan.values["checks"] or {}
    done, total = found.row.answered
    parts = [heading(2, "Checklists"), Marked(f"{done} of {counted(total, 'question')} answered.")]
    for checklist in checklists():
        rows = [(question, _ANSWERS.get(answers.get(item, ""), "open")) for item, question in checklist.items]
        parts += [heading(3, checklist.title), table(("Question", "Answer"), rows)]
    return parts


def _registration(found: ExperimentDetail) -> list[Marked]:
    parts = [heading(2, "Preregistration")]
    if not found.versions:
        return [
            *parts,
            Marked("The plan is not frozen yet. It is when its first run starts or its first result comes in."),
        ]
    rows = [
        (
            str(each.version),
            each.at,
            each.person,
            f"{each.cause}{', exploratory' if each.exploratory else ''}",
            each.hash,
        )
        for each in found.versions
    ]
    parts.append(table(("Version", "Frozen at", "By", "Because of", "sha256"), rows))
    if found.edited:
        fields = ", ".join(each.field for each in found.edited)
        parts.append(escape(f"The plan as it stands here differs from the frozen one in: {fields}."))
    return parts


def _outcome(found: ExperimentDetail) -> list[Marked]:
    if not found.verdicts:
        return []
    rows = [(each.name, each.headline, each.summary) for each in found.verdicts]
    return [heading(2, "Verdicts"), table(("Verdict", "State", "In words"), rows)]


def _unknown(what: str) -> Marked:
    return escape(f"{what}: {UNKNOWN}.")
