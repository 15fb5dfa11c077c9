"""A verdict in a few lines: its words, and the interval drawn against 0 and δ."""

import math
from datetime import date

from textual.content import Content

from planner.experiments.model import VerdictRow
from tui.dates import shown_day
from tui.safe import line
from tui.widgets.experiment_signs import STYLES, verdict_part
from tui.widgets.text_parts import hung

NARROWEST = 24  # cells; a drawing that is narrower shows nothing
WIDEST = 60


def verdict_lines(verdict: VerdictRow, delta: float | None, today: date, width: int) -> list[Content]:
    """Id, state and summary; below them the interval, where there is one."""
    sign, tone = verdict_part(verdict)
    style = STYLES[tone]
    head = Content.assemble((f"{verdict.name:<5} ", "$quiet"), (f"{sign} ", style))
    state, colon, rest = line(verdict.summary).partition(": ")  # the summary begins with the state
    mark = "exploratory: " if verdict.exploratory else ""
    said = Content.assemble((mark, "$warning"), (state, f"bold {style}"), colon, rest)
    by = f"  {line(verdict.person)}, {shown_day(verdict.at[:10], today)}"
    lines = hung(head, said + Content.styled(by, "$quiet"), width)
    indent = " " * head.cell_length
    drawn = interval(verdict.effect, verdict.low, verdict.high, delta, min(WIDEST, width - len(indent)), style=style)
    return lines + [Content.assemble(indent, each) for each in drawn]


def interval(
    effect: float | None, low: float | None, high: float | None, delta: float | None, width: int, *, style: str = ""
) -> list[Content]:
    """Two lines: where 0 and δ lie, and the interval around the effect on the same axis; nothing without an effect.

    ┣ and ┫ end the interval, ● is the effect; ◀ and ▶ where it goes on beyond the axis.
    """
    if effect is None or not math.isfinite(effect) or width < NARROWEST:
        return []
    known = [value for value in (0.0, effect, low, high, delta) if value is not None and math.isfinite(value)]
    least, most = min(known), max(known)
    if least == most:
        return []
    margin = 0.08 * (most - least)
    least, most = least - margin, most + margin

    def place(value: float) -> int:
        return max(0, min(width - 1, round((value - least) / (most - least) * (width - 1))))

    marks = [" "] * width
    axis = [("─", "$quiet")] * width
    axis[place(0.0)] = ("┼", "$quiet")
    marks[place(0.0)] = "0"
    if delta is not None:
        axis[place(delta)] = ("┼", "$quiet")
        label = f"δ {delta:g}"
        start = min(place(delta), width - len(label))
        if start > place(0.0) + 1 or start + len(label) <= place(0.0):
            marks[start : start + len(label)] = list(label)
    if low is not None and high is not None:
        first = place(low) if math.isfinite(low) else 0
        last = place(high) if math.isfinite(high) else width - 1
        for cell in range(first, last + 1):
            axis[cell] = ("┿" if axis[cell][0] == "┼" else "━", style)
        axis[first] = ("┣" if math.isfinite(low) else "◀", style)
        axis[last] = ("┫" if math.isfinite(high) else "▶", style)
    axis[place(effect)] = ("●", f"bold {style}")
    return [Content.styled("".join(marks), "$quiet"), Content.assemble(*axis)]
