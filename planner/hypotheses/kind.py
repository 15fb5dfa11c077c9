"""What a hypothesis is made of."""

import sqlite3
from collections.abc import Iterable

from library.records.field import Field
from library.records.kind import Kind, Values
from planner.hypotheses.states import NEEDED

DIRECTIONS = ("increase", "decrease")


def _check(db: sqlite3.Connection, values: Values, number: int | None) -> Iterable[tuple[str, str]]:
    if number is None:
        return
    row = db.execute("SELECT state, prior FROM hypothesis WHERE id = ?", (number,)).fetchone()
    if row["state"] not in ("draft", "retired"):
        for name in NEEDED:
            if values[name] is None:
                yield name, f"cannot be emptied while it is {row['state']}"
    if values["prior"] != row["prior"]:
        verdict = db.execute(
            "SELECT id FROM verdict WHERE hypothesis_id = ? AND exploratory = 0 ORDER BY id LIMIT 1", (number,)
        ).fetchone()
        if verdict is not None:
            yield (
                "prior",
                f"is what was held before any test, and V-{verdict['id']} has come in since: say what you hold now with"
                f" labtop hypothesis believe H-{number}",
            )


HYPOTHESIS = Kind(
    "hypothesis",
    "hypotheses",
    "hypothesis",
    "H",
    "statement",
    (
        Field("statement", "line", "Statement", "What is claimed, so that it can turn out false", required=True),
        Field("mechanism", "text", "Mechanism", "Why it should be so"),
        Field("problem", "line", "Problem", "The problem of the group that it serves"),
        Field("product_metric", "line", "Product metric", "The figure of the product that should move"),
        Field("metric", "line", "Metric", "What an experiment measures, such as nDCG@10", group="Test"),
        Field(
            "direction",
            "choice",
            "Direction",
            "Whether the metric should increase or decrease",
            default="increase",
            choices=DIRECTIONS,
            group="Test",
        ),
        Field("delta", "number", "δ", "Smallest effect worth having, in the metric's unit", above=0, group="Test"),
        Field("unit", "line", "Unit", "The metric's unit, such as points or ms", group="Test"),
        Field("prior", "share", "Prior", "How probable it is held to be before any test", group="Belief"),
        Field("prior_reason", "text", "Why this prior", "What the prior rests on", group="Belief"),
        Field("payoff", "spread", "Payoff", "What adopting it is worth if it is true", minimum=0, group="Value"),
        Field("loss", "spread", "Loss", "What adopting it costs if it is false", minimum=0, group="Value"),
        Field("owner", "line", "Owner", "Who looks after it"),
        Field("horizon", "quarter", "Horizon", "By when it should be decided"),
        Field("tags", "words", "Tags", "Short names to find it by"),
    ),
    check=_check,
)
