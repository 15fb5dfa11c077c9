"""What is kept of a blocker or a risk."""

import sqlite3
from collections.abc import Iterable

from library.records.field import Field
from library.records.kind import Kind, Values

LEVELS = ("low", "medium", "high")


def _check(_db: sqlite3.Connection, values: Values, _number: int | None) -> Iterable[tuple[str, str]]:
    if values["kind"] == "blocker" and not values["on_whom"]:
        yield "on_whom", "is needed for a blocker: who can remove it"
    if values["experiment_id"] is None and values["hypothesis_id"] is None:
        yield "experiment_id", "or hypothesis_id is needed: what it is in the way of"


OBSTACLE = Kind(
    "obstacle",
    "obstacles",
    "obstacle",
    "B",
    "what",
    (
        Field(
            "kind",
            "choice",
            "Kind",
            "A blocker stops work now, a risk may",
            default="blocker",
            choices=("blocker", "risk"),
        ),
        Field("what", "line", "What", "What is in the way", required=True),
        Field("experiment_id", "ref", "Experiment", "Which experiment", target="E"),
        Field("hypothesis_id", "ref", "Hypothesis", "Which hypothesis", target="H"),
        Field("on_whom", "line", "On whom", "Who can remove it"),
        Field("since", "day", "Since", "Since when", required=True),
        Field("next_step", "line", "Next step", "What happens next"),
        Field("likelihood", "choice", "Likelihood", "Of a risk", choices=LEVELS),
        Field("impact", "choice", "Impact", "If it happens", choices=LEVELS),
        Field("contingency", "text", "Contingency", "What we do if it happens"),
    ),
    check=_check,
)
