"""An experiment in full, as literal content: its plan, what stands against it, what it brought."""

from datetime import date
from typing import Final

from rich.cells import cell_len
from textual.content import Content

from library.records.field import write_value
from library.text import counted
from planner.experiments.baselines import said
from planner.experiments.checklists import checklists, complete
from planner.experiments.kind import EXPERIMENT
from planner.experiments.model import ArmResults, Preregistration
from planner.experiments.queries import ExperimentDetail
from planner.experiments.record import own_value
from planner.obstacles.model import Obstacle
from planner.prioritisation.sentence import percent
from planner.transfer.model import Compared, GateState, TransferDetail
from tui.dates import long_day, shown_day
from tui.safe import fit, line, literal
from tui.widgets.experiment_signs import GATES, KINDS, STATES, STYLES
from tui.widgets.text_parts import headed, hung, joined, labelled
from tui.widgets.verdict_text import verdict_lines

LABEL: Final = 18  # cells
_ELSEWHERE: Final = ("title", "kind", "hypothesis_id", "owner", "tags", "arms", "datasets", "checks")


def head_lines(found: ExperimentDetail, width: int) -> list[Content]:
    """Id and title, then kind, state, owner; what it tests."""
    row = found.row
    kind, state = KINDS[row.kind], STATES[row.state]
    facts = joined(
        (
            Content.styled(f"{state[0]} {row.state}", STYLES[state[1]]),
            Content.styled(row.kind if row.kind == "exploration" else f"{kind[0]} {row.kind}", STYLES[kind[1]]),
            f"owner {line(row.owner)}" if row.owner else Content.styled("no owner", "$quiet"),
            Content.styled(" ".join(f"#{line(tag)}" for tag in row.tags), "$accent") if row.tags else "",
        )
    )
    lines = hung(Content.styled(f"{row.name}  ", "$quiet"), literal(line(row.title), "bold"), width)
    return lines + hung("", facts, width)


def claim_lines(found: ExperimentDetail, width: int) -> list[Content]:
    """The hypothesis that it tests, and how probable it is held to be."""
    plan = found.plan
    if plan.hypothesis_id is None:
        return [Content(""), *hung("", Content.styled("It tests no hypothesis.", "$quiet"), width)]
    belief = "?" if plan.prior is None else f"{plan.prior:.2f}".removeprefix("0")
    head = Content.styled(f"H-{plan.hypothesis_id}  ", "$quiet")
    text = Content.assemble(literal(line(plan.statement or "")), (f"  belief {belief}", "$quiet"))
    return [Content(""), *hung(head, text, width)]


def against_lines(found: ExperimentDetail, width: int) -> list[Content]:
    """What stands against it: blockers and risks, data, stale baselines, what the plan lacks."""
    lines: list[Content] = []
    warn = Content.styled("▲ ", "$warning")
    for each in found.obstacles:
        lines += _obstacle(each, width)
    for warning in found.warnings:
        lines += hung(warn, line(warning), width)
    for baseline in found.baselines:
        if baseline.stale:
            told = f"The baseline {line(baseline.arm)} was {line(said(baseline))}."
            lines += hung(Content.styled("◌ ", "$quiet"), told, width)
    if found.row.missing:
        lines += hung(Content.styled("? ", "$warning"), f"It lacks {line('; '.join(found.row.missing))}.", width)
    if found.edited:
        fields = ", ".join(
            EXPERIMENT.field(each.field).label if each.field in _FIELDS else each.field for each in found.edited
        )
        told = f"The plan differs from the frozen one in {fields}: the next verdict is exploratory."
        lines += hung(Content.styled("✎ ", "$warning"), told, width)
    return headed("In the way", lines)


_FIELDS: Final = frozenset(field.name for field in EXPERIMENT.fields)


def _obstacle(each: Obstacle, width: int) -> list[Content]:
    sign = ("▲ ", "$warning") if each.kind == "blocker" else ("△ ", "$quiet")
    chance = ", ".join(
        f"{name} {value}" for name, value in (("likelihood", each.likelihood), ("impact", each.impact)) if value
    )
    after = [
        f"on {line(each.on_whom)}" if each.on_whom else "",
        f"since {each.since}",
        chance,
        f"next: {line(each.next_step)}" if each.next_step else "",
        f"if it happens: {line(each.contingency)}" if each.contingency else "",
    ]
    text = Content.assemble(line(each.what), ("  " + "; ".join(part for part in after if part), "$quiet"))
    return hung(Content.assemble(sign, (f"{each.label} {each.kind} ", "$quiet")), text, width)


def result_lines(found: ExperimentDetail, today: date, width: int) -> list[Content]:
    """Arms with what each brought, then the verdicts with their intervals."""
    ages = {each.arm: said(each) for each in found.baselines}
    brought = {each.arm: each for each in found.arms}
    names = min(24, max((cell_len(line(arm.name)) for arm in found.row.arms), default=0))
    lines: list[Content] = []
    for arm in found.row.arms:
        head = Content.assemble(f"{fit(line(arm.name), names)}  ", (f"{arm.role:<10}", "$quiet"))
        rest = joined((line(arm.parameters or ""), ages.get(arm.name, "")))
        lines += hung(head, _brought(brought[arm.name]), width)
        if rest:
            lines += hung("    ", rest.stylize("$quiet"), width)
    metric = line(found.plan.metric or "no metric")
    title = Content.assemble(("Arms", "bold"), (f"   mean of {metric}", "$quiet"))
    parts = headed(title, lines)
    judged: list[Content] = []
    for number, verdict in enumerate(found.verdicts):
        delta = found.plan.delta if number == 0 else None
        judged += verdict_lines(verdict, delta, today, width)
    return parts + headed("Verdicts", judged)


def _brought(arm: ArmResults) -> Content:
    if not (arm.seeds or arm.failed or arm.excluded):
        return Content.styled("no results", "$quiet")
    mean = "?" if arm.mean is None else f"{arm.mean:.6g}"
    return joined(
        (
            Content.assemble((f"{mean:>9}", "bold"), (f"  n={arm.seeds}", "$quiet")),
            Content.styled(f"✗ {arm.failed} failed", "$error") if arm.failed else "",
            Content.styled(f"{arm.excluded} left out", "$warning") if arm.excluded else "",
        )
    )


def plan_lines(found: ExperimentDetail, power: float | None, today: date, width: int) -> list[Content]:
    """The fields of the plan by group, the data, the frozen versions, the checklists."""
    lines: list[Content] = []
    group: str | None = None
    for field in EXPERIMENT.fields:
        value = found.plan.values[field.name]
        if field.name in _ELSEWHERE or value is None:
            continue
        if field.group != group and field.group:
            group = field.group
            lines += [Content(""), Content.styled(group, "bold")]
        text = literal(
            write_value(field, value).replace(" | ", ", ") if field.type == "rows" else write_value(field, value)
        )
        if own_value(found, field) is None:
            text = Content.assemble(text, ("  of the hypothesis", "$quiet"))
        lines += labelled(field.label, text, width, room=LABEL)
        if field.name == "seeds" and power is not None:
            lines += labelled("Power", f"{percent(power)} to find δ with {value:,} seeds", width, room=LABEL)
    used: list[Content] = []
    if found.row.spent is not None or found.row.unknown_runs:
        unknown = f", {counted(found.row.unknown_runs, 'run')} unknown" if found.row.unknown_runs else ""
        spent = "?" if found.row.spent is None else f"{found.row.spent:,.4g}"
        used = labelled("Used so far", f"{spent} GPU-h{unknown}", width, room=LABEL)
    data: list[Content] = []
    for each in found.datasets:
        problems = "; ".join(each.problems)
        sign = Content.styled("▲ ", "$warning") if problems else Content.styled("● ", "$success")
        text = Content.assemble(line(each.dataset.title), (f"  {each.dataset.approval}", "$quiet"))
        text = Content.assemble(text, (f": {line(problems)}", "$warning")) if problems else text
        data += hung(Content.assemble(sign, (f"{each.dataset.label} ", "$quiet")), text, width)
    return [
        *lines,
        *([Content(""), *used] if used else []),
        *headed("Data", data),
        *headed("Frozen plans", [text for each in found.versions for text in _version(each, today, width)]),
        *headed("Checklists", _checklists(found, width)),
        *headed("Moves", _moves(found, today, width)),
    ]


def _version(each: Preregistration, today: date, width: int) -> list[Content]:
    sign = Content.styled("✎ ", "$warning") if each.exploratory else Content.styled("● ", "$success")
    told = f"{each.cause}, {line(each.person)}, {long_day(each.at[:10], today)}"
    mark = "  exploratory" if each.exploratory else ""
    text = Content.assemble(f"version {each.version}  ", (each.hash[:16], "$accent"), f"…  {told}", (mark, "$warning"))
    return hung(sign, text, width)


def _checklists(found: ExperimentDetail, width: int) -> list[Content]:
    checks = found.plan.values["checks"] or {}
    lines: list[Content] = []
    for checklist in checklists():
        done = sum(item in checks for item, _ in checklist.items)
        open_ones = [question for item, question in checklist.items if item not in checks]
        whole = complete(checklist, checks)
        sign = Content.styled("● ", "$success") if whole else Content.styled("○ ", "$quiet")
        text = Content.assemble(checklist.title, (f"  {done} of {len(checklist.items)} answered", "$quiet"))
        lines += hung(sign, text, width)
        no = [question for item, question in checklist.items if checks.get(item) == "no"]
        for question in no:
            lines += hung("    ", Content.styled(f"✗ {question}", "$error"), width)
        if done and open_ones:
            lines += hung("    ", Content.styled(f"open: {open_ones[0]}", "$quiet"), width)
    return lines


def _moves(found: ExperimentDetail, today: date, width: int) -> list[Content]:
    lines: list[Content] = []
    for move in found.moves:
        head = Content.styled(f"{shown_day(move.at[:10], today):<9}", "$quiet")
        told = Content.assemble(f"{move.before} → ", (move.after, "bold"), f": {line(move.reason)}")
        lines += hung(head, told + Content.styled(f"  {line(move.person)}", "$quiet"), width)
    return lines


def transfer_lines(found: TransferDetail | None, width: int) -> list[Content]:
    """The stage it is in, the gates before the next, and offline beside online."""
    if found is None:
        return []
    row = found.row
    stage = line(row.stage.title)
    lines = hung(
        "", Content.assemble("stage ", (stage, "bold"), f" → {line(row.next.title)}" if row.next else ""), width
    )
    for each in found.stages:
        if row.next is not None and each.stage.id == row.next.id:
            for gate in each.gates:
                lines += _gate(gate, width)
    compared = [each for each in found.results if each.online is not None or each.offline is not None]
    for result in compared:
        lines += _compared(result, width)
    return headed("Transfer", lines)


def _gate(gate: GateState, width: int) -> list[Content]:
    sign, tone = GATES[gate.state]
    text = Content.assemble(line(gate.gate.title), (f"  {line(gate.why)}" if gate.why else "", "$quiet"))
    return hung(Content.styled(f"{sign} ", STYLES[tone]), text, width)


def _compared(found: Compared, width: int) -> list[Content]:
    name = f"{line(found.metric)}{f' on {line(found.slice)}' if found.slice else ''}"
    offline, online = (
        "—" if value is None else f"{value:+.4g} (n={n})".replace("-", "−")
        for value, n in ((found.offline, found.offline_n), (found.online, found.online_n))
    )
    return labelled(name[: LABEL - 2], f"offline {offline}   online {online}", width, room=LABEL)
