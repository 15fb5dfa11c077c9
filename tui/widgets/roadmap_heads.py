"""The lines above the Roadmap's tabs: the quarter with its budget, the board's columns, a legend, counts."""

from collections.abc import Mapping, Sequence
from typing import Final

from textual.content import Content

from planner.experiments.model import ExperimentRow, State
from planner.prioritisation.sentence import amount, short
from planner.roadmap.budgets import QuarterBudget
from planner.roadmap.candidates import label
from planner.roadmap.queries import Card, RoadmapRows
from planner.roadmap.timeline import Timeline
from tui.widgets.board import COLUMNS
from tui.widgets.experiment_row import counted
from tui.widgets.experiment_signs import KINDS, STYLES
from tui.widgets.roadmap_row import hours_of
from tui.widgets.text_parts import joined

BAR: Final = 20  # cells of the budget's bar, where there is room
_STATES: Final = {
    "draft": ("◌ draft", "$warning"),
    "adopted": ("● adopted", "$success"),
    "closed": ("■ closed", "$quiet"),
}


def quarter_head(rows: RoadmapRows) -> Content:
    """ "‹ 2027Q1 › ● adopted"."""
    sign, style = ("no plan", "$quiet") if rows.plan is None else _STATES.get(rows.plan.state, ("", ""))
    return Content.assemble(("[ ", "$quiet"), (rows.quarter, "bold"), (" ] ", "$quiet"), (sign, style))


def list_head(rows: RoadmapRows, budget: QuarterBudget, width: int) -> Content:
    """The budget as a bar and in figures; what the list is ranked by, right."""
    plan = rows.plan
    if plan is None or budget.total is None:
        told = joined((f"{amount(budget.used)} GPU-h used" if budget.used else "", "P plans the quarter"))
        return _sides(
            Content.assemble(" ", told.stylize("$quiet")), Content.styled("value per 1,000 GPU-h ▼", "$quiet"), width
        )
    cells = BAR if width >= 90 else BAR // 2
    unit = "bits" if plan.details.get("basis") == "bits" else "value"
    left = budget.left or 0.0
    over = left < 0
    said = joined(
        (
            f"used {hours_of(budget.used)}",
            f"planned {hours_of(budget.planned)}",
            Content.styled(f"✗ over by {hours_of(-left)}", "$error") if over else f"left {hours_of(left)}",
            f"{budget.unknown_plans + budget.unknown_runs} unknown"
            if budget.unknown_plans + budget.unknown_runs
            else "",
        )
    )
    days = "" if plan.people_days is None else f" · {amount(plan.people_days)} people-days"
    whole = Content.assemble(
        " ",
        (f"{amount(plan.gpu_hours)} GPU-h", "bold"),
        days,
        "  ",
        budget_bar(budget, cells),
        "  ",
        said.stylize("$quiet"),
    )
    taken = f"{len(plan.chosen)} in"
    worth = "" if plan.value is None else f" worth {short(plan.value)}{' bits' if unit == 'bits' else ''}"
    right = Content.styled(f"{taken}{worth} · {unit} per 1,000 GPU-h ▼", "$quiet")
    if whole.cell_length + right.cell_length + 3 > width:
        right = Content.styled(f"{unit} per 1,000 GPU-h ▼", "$quiet")
    return _sides(whole, right, width)


def budget_bar(budget: QuarterBudget, cells: int) -> Content:
    """▇ used, ▒ still planned, ▁ left."""
    whole = max(budget.total or 0.0, budget.used + budget.planned) or 1.0
    used = min(cells, max(round(cells * budget.used / whole), budget.used > 0))
    planned = min(cells - used, round(cells * budget.planned / whole))
    return Content.assemble(
        ("▇" * used, "$accent"), ("▒" * planned, "$accent"), ("▁" * (cells - used - planned), "$quiet")
    )


def board_head(cards: Mapping[State, Sequence[Card]], shown: range, here: int, width: int) -> Content:
    """Which of the columns are in sight: "idea 3 ‹ ready 6 · planned 2 · running 1 › analysing 1 · done 7"."""
    parts: list[Content] = []
    for number, state in enumerate(COLUMNS):
        style = "bold" if number == here else "" if number in shown else "$quiet"
        parts.append(Content.styled(f"{state} {len(cards[state]):,}", style))
    line = Content(" ")
    for number, part in enumerate(parts):
        if number:
            edge = "  ‹ " if number == shown.start else "  › " if number == shown.stop else " · "
            line = Content.assemble(line, (edge, "$accent" if edge != " · " else "$quiet"))
        line = Content.assemble(line, part)
    if shown.start == 0 and shown.stop >= len(COLUMNS):
        return _sides(line, Content.styled("< > move the card", "$quiet"), width)
    return _sides(line, Content.styled("h l go on", "$quiet"), width)


def timeline_head(found: Timeline, width: int) -> Content:
    """The days, the critical path, what is of unknown length."""
    span = f"{found.first.day} {found.first:%b} – {found.last.day} {found.last:%b}"
    path = " → ".join(label(number) for number in found.critical_path)
    late = sum(bar.late for bar in found.bars)
    parts = [
        Content(span),
        Content.assemble(("━ ", "$accent"), f"critical {path}") if path else Content(""),
        Content.styled(f"▶ {late} late", "$error") if late else Content(""),
        Content.styled(f"? {len(found.unknown)} of unknown length", "$warning") if found.unknown else Content(""),
    ]
    left = Content.assemble(" ", joined(parts))
    legend = Content.styled("─ may slip   ┄ over   ┆ today", "$quiet")
    return _sides(left, legend, width)


def experiments_head(rows: Sequence[ExperimentRow], width: int) -> Content:
    """ "· exploration 12: 3 idea · 2 ready   ◆ transfer-ready 8: …": never added up."""
    line = Content(" ")
    wide = width >= 110
    for kind, count, told in counted(rows):
        sign, tone = KINDS[kind]
        part = Content.assemble((f"{sign} ", STYLES[tone]), (f"{kind} {count:,}", "bold"))
        if told and wide:
            part = Content.assemble(part, (f"  {told}", "$quiet"))
        line = Content.assemble(line, part, "    ")
    judged = [row.verdict for row in rows if row.verdict is not None]
    if not wide and judged:
        line = Content.assemble(line, (f"{len(judged):,} with a verdict", "$quiet"))
    return line


def _sides(left: Content, right: Content, width: int) -> Content:
    """Left and right on one line; the right side gives way."""
    blank = width - left.cell_length - right.cell_length - 1
    return Content.assemble(left, " " * blank, right) if blank >= 2 else left
