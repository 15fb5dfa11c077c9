"""The critique template: what one may ask of a paper. Nothing of it is needed but that something is said."""

import sqlite3
from collections.abc import Iterable
from typing import Final

from library.records.field import Field
from library.records.kind import Kind, Values

EFFECTS: Final = ("supports", "weakens", "neutral")
STRENGTHS: Final = ("weak", "moderate", "strong")
CONFIDENCES: Final = ("low", "medium", "high")


def _check(db: sqlite3.Connection, values: Values, _number: int | None) -> Iterable[tuple[str, str]]:
    if all(value in (None, ()) for value in values.values()):
        yield "line", "or any other field is needed: one line and a verdict are a critique"
    for effect in values["effects"] or ():
        if not hypothesis_exists(db, effect["hypothesis"]):
            yield "effects", f"there is no H-{effect['hypothesis']}"


def hypothesis_exists(db: sqlite3.Connection, number: int) -> bool:
    """Whether there is such a hypothesis; where none are kept at all, none is."""
    table = db.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'hypothesis'").fetchone()
    return table is not None and db.execute("SELECT 1 FROM hypothesis WHERE id = ?", (number,)).fetchone() is not None


CRITIQUE: Final = Kind(
    "critique",
    "critiques",
    "critique",
    "C",
    "line",
    (
        Field("line", "line", "In a line", "What you would say of it in passing; lists of papers show it"),
        Field(
            "verdict",
            "whole",
            "Verdict",
            "How good it is, from 1 (do not build on it) to 5 (build on it)",
            minimum=1,
            maximum=5,
        ),
        Field("confidence", "choice", "Confidence", "How sure you are of that verdict", choices=CONFIDENCES),
        Field("claim", "text", "Claim", "What it claims, in your words", group="The paper"),
        Field("evidence", "text", "Evidence", "What it shows for that", group="The paper"),
        Field(
            "baselines",
            "text",
            "Baseline fairness",
            "Whether what it is compared with is strong, tuned as well, and measured alike",
            group="The paper",
        ),
        Field("compute", "text", "Data and compute", "What it needs: data, parameters, GPU-hours", group="The paper"),
        Field("threats", "text", "Threats", "Threats to validity: what else could explain its results", group="Doubts"),
        Field(
            "reproducibility", "text", "Reproducibility", "Code, data, seeds: could you run it again", group="Doubts"
        ),
        Field(
            "change_mind",
            "text",
            "To change my mind",
            "What you would have to see to think otherwise",
            group="Doubts",
        ),
        Field(
            "applicability",
            "text",
            "Applicability",
            "What of it holds under our constraints: latency, languages, licences, budget",
            group="For us",
        ),
        Field(
            "effects",
            "rows",
            "Hypotheses",
            "Which of our hypotheses it bears on, and how",
            columns=(
                Field("hypothesis", "ref", "Hypothesis", required=True, target="H"),
                Field("effect", "choice", "Effect", default="neutral", choices=EFFECTS),
                Field("strength", "choice", "Strength", choices=STRENGTHS),
            ),
            group="For us",
        ),
    ),
    check=_check,
    verb="write",
)
TEXTS: Final = tuple(field.name for field in CRITIQUE.fields if field.type in ("line", "text"))
