"""What the register keeps of a dataset, a benchmark or a label request."""

import sqlite3
from collections.abc import Iterable

from library.records.field import Field
from library.records.kind import Kind, Values

SENSITIVITIES = ("public", "internal", "confidential", "personal", "unknown")
APPROVALS = ("approved", "pending", "refused", "not needed")


def _check(db: sqlite3.Connection, values: Values, number: int | None) -> Iterable[tuple[str, str]]:
    taken = db.execute(
        "SELECT id FROM dataset WHERE lower(name) = lower(?) AND lower(version) = lower(?) AND id IS NOT ?",
        (values["name"], values["version"], number),
    ).fetchone()
    if taken:
        yield "version", f"{values['name']} {values['version']} is in the register already, as DS-{taken['id']}"
    if values["delivered"] is not None and values["wanted"] is None:
        yield "wanted", "is needed where labels were delivered"


DATASET = Kind(
    "dataset",
    "datasets",
    "dataset",
    "DS",
    "name",
    (
        Field(
            "kind",
            "choice",
            "Kind",
            "A dataset, a benchmark, or labels that were asked for",
            default="dataset",
            choices=("dataset", "benchmark", "labels"),
        ),
        Field("name", "line", "Name", "What it is called", required=True),
        Field("version", "line", "Version", "Which edition", default=""),
        Field("about", "text", "About", "What it holds"),
        Field("content_hash", "line", "Content hash", "sha256 of the files or of their manifest"),
        Field("licence", "line", "Licence", "Under which terms it may be used"),
        Field(
            "sensitivity",
            "choice",
            "Sensitivity",
            "How it has to be protected",
            default="unknown",
            choices=SENSITIVITIES,
        ),
        Field("retention_until", "day", "Keep until", "When it has to be deleted"),
        Field("biases", "text", "Known biases", "Whom it leaves out or misrepresents"),
        Field("contamination", "text", "Contamination", "What is known of its text in training data"),
        Field("owner", "line", "Owner", "Who answers for it"),
        Field("wanted", "whole", "Labels wanted", "For label requests", minimum=1, group="Label request"),
        Field("delivered", "whole", "Labels delivered", "For label requests", minimum=0, group="Label request"),
        Field("due", "day", "Due", "When the labels are needed", group="Label request"),
    ),
    check=_check,
)
