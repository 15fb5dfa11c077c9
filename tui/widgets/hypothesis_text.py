"""A hypothesis in full, as literal content: the detail pane's text."""

from datetime import date

from textual.content import Content

from library.records.field import write_value
from planner.hypotheses.beliefs import shown_share
from planner.hypotheses.kind import HYPOTHESIS
from planner.hypotheses.model import BeliefStep, ExperimentLine, HypothesisDetail, Near, VerdictLine
from tui.dates import long_day, shown_day
from tui.safe import line, literal
from tui.widgets.evidence_text import evidence_lines
from tui.widgets.hypothesis_row import bar, cost, state_sign
from tui.widgets.text_parts import headed, hung, joined, labelled

LABEL = 16  # cells
BELIEF_BAR = 10
_STYLES = {"good": "$success", "warn": "$warning", "bad": "$error", "accent": "$accent", "quiet": "$quiet"}
_VERDICTS = {"supported": ("●", "$success"), "refuted": ("✗", "$error"), "inconclusive": ("?", "$warning")}
_ABOVE = ("statement", "metric", "direction", "delta", "unit", "prior", "owner", "horizon", "tags")


def hypothesis_content(detail: HypothesisDetail, today: date, *, width: int) -> Content:
    """Everything stored of a hypothesis, its lines broken to `width` cells."""
    lines = [
        *_head(detail, width),
        *_claim(detail, today, width),
        *headed("Belief", [text for step in detail.beliefs for text in _step(step, today, width)]),
        *evidence_lines(detail, today, width),
        *headed("Experiments", [text for each in detail.experiments for text in _experiment(each, width)]),
        *headed("Verdicts", [text for each in detail.verdicts for text in _verdict(each, today, width)]),
        *headed(
            "What would change our mind", [t for each in detail.change_mind for t in hung("· ", line(each), width)]
        ),
        *headed("Nearly the same", [text for each in detail.near for text in _near(each, width)]),
        *headed("Moves", _moves(detail, today, width)),
        *headed("Edits", _edits(detail, today, width)),
    ]
    return Content("\n").join(lines)


def _head(detail: HypothesisDetail, width: int) -> list[Content]:
    row = detail.row
    sign, tone = state_sign(row)
    state = Content.styled(f"{sign} {line(row.shown_state)}", _STYLES[tone])
    held = Content.assemble("belief ", shown_share(row.belief), " ", (bar(row.belief, BELIEF_BAR), "$accent"))
    facts = joined(
        (
            state,
            held,
            f"owner {line(row.owner)}" if row.owner else "",
            f"by {line(row.horizon)}" if row.horizon else "",
            Content.styled(" ".join(f"#{line(tag)}" for tag in row.tags), "$accent") if row.tags else "",
        )
    )
    lines = hung(Content.styled(f"H-{row.id}  ", "$quiet"), literal(line(row.statement), "bold"), width)
    lines += hung("", facts, width)
    if row.disagreement:
        lines += hung(Content.styled("▲ ", "$warning"), f"{row.state} {line(row.disagreement)}", width)
    return lines


def _claim(detail: HypothesisDetail, today: date, width: int) -> list[Content]:
    """What would be tested, and the fields that hold something."""
    found = [Content("")]
    found += labelled("test", _test(detail), width, room=LABEL)
    for field in HYPOTHESIS.fields:
        value = detail.values[field.name]
        if value is None or field.name in _ABOVE:
            continue
        text = write_value(field, value)
        found += labelled(field.label.lower(), literal(text if field.type == "text" else line(text)), width, room=LABEL)
    if detail.missing:
        names = " and ".join(HYPOTHESIS.field(name).label.lower() for name in detail.missing)
        mark = Content.styled(f"▲ it needs {names} before it can be tested", "$warning")
        found += labelled("", mark, width, room=LABEL)
    worded = "" if detail.origin == "person" else f", worded by {line(detail.origin)}"
    told = f"{line(detail.created_by)}{worded}, {long_day(detail.row.created_at[:10], today)}"
    if detail.statement_since != detail.row.created_at:
        told += f"; worded as it is since {long_day(detail.statement_since[:10], today)}"
    return found + labelled("added by", told, width, room=LABEL)


def _test(detail: HypothesisDetail) -> Content:
    """ "nDCG@10 should increase by δ = 0.5 points or more"."""
    values = detail.values
    metric = line(values["metric"]) if values["metric"] else "?"
    unit = f" {line(values['unit'])}" if values["unit"] else ""
    delta = f"{values['delta']:g}{unit}" if values["delta"] is not None else "?"
    return Content.assemble(metric, f" should {values['direction']} by ", (f"δ = {delta}", "bold"), " or more")


def _step(step: BeliefStep, today: date, width: int) -> list[Content]:
    before = f"{shown_share(step.before)} → " if step.before is not None else ""
    head = Content.assemble((f"{before:>8}", "$quiet"), (f"{shown_share(step.value)}  ", "bold"))
    by = Content.styled(f"  {step.method}, {line(step.person)}, {shown_day(step.at[:10], today)}", "$quiet")
    return hung(head, Content(line(step.reason)) + by, width)


def _experiment(each: ExperimentLine, width: int) -> list[Content]:
    spent = (
        f"{cost(each.gpu_hours, each.unknown_runs)} GPU-h" if each.gpu_hours is not None or each.unknown_runs else ""
    )
    facts = joined((each.state, each.kind, f"from {each.start}" if each.start else "", spent))
    head = Content.styled(f"E-{each.id:<4} ", "$quiet")
    return hung(head, Content.assemble(line(each.title), "  ", facts.stylize("$quiet")), width)


def _verdict(each: VerdictLine, today: date, width: int) -> list[Content]:
    sign, style = ("▲", "$warning") if each.blocked_by else _VERDICTS[each.state]
    head = Content.assemble((f"V-{each.id:<4} ", "$quiet"), (f"{sign} ", style))
    said = Content.assemble((line(each.headline), f"bold {style}"), ": ", line(each.summary))
    by = f"  E-{each.experiment_id}, {line(each.person)}, {shown_day(each.at[:10], today)}"
    lines = hung(head, said + Content.styled(by, "$quiet"), width)
    marks = [f"superseded by V-{each.superseded_by}"] if each.superseded_by else []
    marks += [f"doubted by I-{number}" for number in each.doubted_by]
    marks += ["on an earlier wording of the claim"] if each.of_earlier_wording else []
    indent = " " * head.cell_length
    return lines + [text for mark in marks for text in hung(f"{indent}◌ ", Content.styled(mark, "$warning"), width)]


def _near(each: Near, width: int) -> list[Content]:
    how = "perhaps the contrary" if each.contrary else each.state
    head = Content.styled(f"H-{each.id:<4} ", "$quiet")
    return hung(head, Content.assemble(literal(line(each.statement)), (f"  {how}", "$quiet")), width)


def _moves(detail: HypothesisDetail, today: date, width: int) -> list[Content]:
    lines: list[Content] = []
    for move in detail.moves:
        head = Content.styled(f"{shown_day(move.at[:10], today):<9}", "$quiet")
        told = Content.assemble(f"{move.before} → ", (move.after, "bold"), f": {line(move.reason)}")
        lines += hung(head, told + Content.styled(f"  {line(move.person)}", "$quiet"), width)
    return lines


def _edits(detail: HypothesisDetail, today: date, width: int) -> list[Content]:
    lines: list[Content] = []
    for edit in detail.revisions:
        head = Content.styled(f"{shown_day(edit.at[:10], today):<9}", "$quiet")
        for name, before, after in edit.changes:
            field = HYPOTHESIS.field(name)
            old, new = ("—" if value is None else line(write_value(field, value)) for value in (before, after))
            told = Content.assemble((f"{field.label}: ", "$quiet"), f"{old} → {new}")
            lines += hung(head, told + Content.styled(f"  {line(edit.person)}", "$quiet"), width)
    return lines
