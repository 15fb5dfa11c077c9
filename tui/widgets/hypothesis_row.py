"""A hypothesis as one line of a list."""

from collections.abc import Sequence

from planner.hypotheses.beliefs import shown_share
from planner.hypotheses.model import ExperimentLine, HypothesisRow
from tui.safe import line
from tui.widgets.columns import Column
from tui.widgets.table_lines import Cell

BAR = 5  # cells
SIGNS = {
    "draft": ("○", "quiet"),
    "active": ("◔", "accent"),
    "testing": ("◑", "accent"),
    "supported": ("●", "good"),
    "refuted": ("✗", "bad"),
    "inconclusive": ("?", "warn"),
    "promoted": ("★", "good"),
    "retired": ("–", "quiet"),
}
COLUMNS: tuple[Column, ...] = (
    Column("id", "", 5, "right"),
    Column("statement", "statement"),
    Column("state", "state", 14),
    Column("belief", "belief", 8, "right", needs=60),
    Column("bar", "", BAR, needs=92),
    Column("for", "+", 3, "right", needs=48),
    Column("against", "−", 3, "right", needs=48),
    Column("next", "next experiment", 16, needs=118),
    Column("cost", "GPU-h", 7, "right", needs=84),
    Column("owner", "owner", 9, needs=132),
    Column("horizon", "by", 6, needs=140),
)


def cells(row: HypothesisRow) -> Sequence[Cell]:
    """The cells of `COLUMNS`. What speaks against stands out as much as what speaks for."""
    sign, tone = state_sign(row)
    quiet = "quiet" if row.state == "retired" else ""
    return (
        (f"H-{row.id}", "quiet"),
        (line(row.statement), quiet),
        (f"{sign} {state_word(row)}", tone),
        (belief(row), ""),
        (bar(row.belief), "accent"),
        (f"+{row.supporting}" if row.supporting else "", "good"),
        (f"−{row.opposing}" if row.opposing else "", "bad"),
        (following(row.next_experiment), "quiet"),
        (cost(row.gpu_hours, row.unknown_runs), "quiet"),
        (line(row.owner or ""), "quiet"),
        (line(row.horizon or ""), "quiet"),
    )


def state_sign(row: HypothesisRow) -> tuple[str, str]:
    """Sign and tone of a state; what is supported but blocked, or decided against its verdict, is to be watched."""
    if "blocked by" in row.shown_state or row.disagreement.startswith("against"):
        return "▲", "warn"
    return SIGNS[row.state]


def state_word(row: HypothesisRow) -> str:
    """The state in twelve cells: "blocked" where a supported one is."""
    return "blocked" if "blocked by" in row.shown_state and row.state in ("supported", "promoted") else row.state


def belief(row: HypothesisRow) -> str:
    """ ".30→.62"; one number where nothing has moved it, "—" where it is not known."""
    if row.prior is None or row.belief is None or row.prior == row.belief:
        return shown_share(row.belief)
    return f"{shown_share(row.prior)}→{shown_share(row.belief)}"


def bar(share: float | None, width: int = BAR) -> str:
    """A share as a bar: at least one full cell, and never all of them, for nothing is certain."""
    if share is None:
        return ""
    full = min(width - 1, max(1, round(share * width))) if width > 1 else 1
    return "▇" * full + "▁" * (width - full)


def following(experiment: ExperimentLine | None) -> str:
    """ "E-12 running"."""
    return f"E-{experiment.id} {experiment.state}" if experiment is not None else ""


def cost(known: float | None, unknown_runs: int) -> str:
    """ "120", "120+?" where some runs do not say, "?" where none does, "—" where nothing ran."""
    if known is None:
        return "?" if unknown_runs else "—"
    return f"{known:,.4g}" + ("+?" if unknown_runs else "")
