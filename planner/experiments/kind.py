"""What an experiment's plan is made of."""

import re
import sqlite3
from collections.abc import Iterable
from typing import Any

from library.records.field import Field
from library.records.kind import Kind, Values
from planner.experiments.checklists import items
from planner.hypotheses.kind import DIRECTIONS

ROLES = ("baseline", "treatment", "ablation")
KINDS = ("exploration", "transfer-ready")
# What a preregistration freezes. The rest (owner, dates, priorities, tags) may change without touching the claim.
FROZEN = (
    "hypothesis_id",
    "kind",
    "question",
    "arms",
    "datasets",
    "metric",
    "direction",
    "delta",
    "unit",
    "guardrails",
    "slices",
    "rating",
    "success",
    "seeds",
    "alpha",
    "pairing",
    "looks",
    "family",
    "family_rule",
    "exclusions",
)


def _check(db: sqlite3.Connection, values: Values, number: int | None) -> Iterable[tuple[str, str]]:
    arms = values["arms"] or ()
    if arms and not any(arm["role"] == "baseline" for arm in arms):
        yield "arms", "needs a baseline among them"
    if arms and not any(arm["role"] == "treatment" for arm in arms):
        yield "arms", "needs a treatment among them"
    looks = values["looks"]
    if looks not in ("end", "anytime"):
        planned = [int(part) for part in re.findall(r"\d+", looks)]
        if not re.fullmatch(r"\d+(\s*,\s*\d+)*", looks) or planned != sorted(set(planned)) or planned[0] < 3:
            yield "looks", "is end, anytime, or rising numbers of seeds from 3 on, such as 5, 8"
        elif values["seeds"] is None:
            yield "seeds", "is needed where looks are planned: they lie before the end"
        elif planned[-1] >= values["seeds"]:
            yield "looks", f"lie before the last seed ({values['seeds']})"
    elif looks == "anytime" and values["pairing"] == "none":
        yield "looks", "cannot be anytime without pairs: that test is of paired differences"
    better = {row["metric"] for row in values["guardrails"] or ()} | {values["metric"]}
    for row in values["slices"] or ():
        if row.get("metric") and row.get("direction") is None and row["metric"] not in better:
            yield "slices", f"need to say whether {row['metric']} should increase or decrease ({row['name']})"
    if values["family_rule"] and not values["family"]:
        yield "family", "is needed where a rule for families is set"
    if number is not None and number in (values["prerequisites"] or ()):
        yield "prerequisites", "cannot hold the experiment itself"
    if values["prerequisites"] and number is not None:
        circle = _circle(db, number, values["prerequisites"])
        if circle:
            yield "prerequisites", f"go round in a circle: {circle}"


def _circle(db: sqlite3.Connection, number: int, prerequisites: tuple[int, ...]) -> str:
    """ "E-3 → E-5 → E-3" where following prerequisites leads back to `number`; else an empty text."""
    import json

    stored: dict[int, Any] = {
        row["id"]: json.loads(row["prerequisites"])
        for row in db.execute("SELECT id, prerequisites FROM experiment WHERE prerequisites IS NOT NULL").fetchall()
    }
    paths: list[tuple[int, ...]] = [(each,) for each in prerequisites]
    seen: set[int] = set()
    while paths:
        path = paths.pop()
        if path[-1] == number:
            return " → ".join(f"E-{each}" for each in (number, *path))
        if path[-1] not in seen:
            seen.add(path[-1])
            paths += [(*path, each) for each in stored.get(path[-1], ())]
    return ""


_TOLERANCE = "How much worse it may be, in the metric's unit"
EXPERIMENT = Kind(
    "experiment",
    "experiments",
    "experiment",
    "E",
    "title",
    (
        Field("title", "line", "Title", "What is tried, in a few words", required=True),
        Field("hypothesis_id", "ref", "Hypothesis", "What it tests", target="H"),
        Field(
            "kind",
            "choice",
            "Kind",
            "Exploration, or a candidate for production (kept apart in every count)",
            default="exploration",
            choices=KINDS,
        ),
        Field("question", "text", "Question", "What will be known afterwards that is not known now"),
        Field(
            "arms",
            "rows",
            "Arms",
            "What is compared: one arm a row",
            group="Design",
            columns=(
                Field("name", "line", "Name", required=True),
                Field("role", "choice", "Role", choices=ROLES, required=True),
                Field("set", "line", "Parameters", "Overrides such as lr=1e-3 model=base"),
                Field("measured_on", "day", "Measured on", "When a baseline was last measured"),
            ),
        ),
        Field(
            "datasets", "refs", "Data", "Datasets, benchmarks and label requests it needs", target="DS", group="Design"
        ),
        Field("metric", "line", "Primary metric", "Empty: the hypothesis's", group="Design"),
        Field("direction", "choice", "Direction", "Empty: the hypothesis's", choices=DIRECTIONS, group="Design"),
        Field("delta", "number", "δ", "Smallest effect worth having; empty: the hypothesis's", above=0, group="Design"),
        Field("unit", "line", "Unit", "The metric's unit; empty: the hypothesis's", group="Design"),
        Field(
            "guardrails",
            "rows",
            "Guardrails",
            "Metrics that must not get worse",
            group="Design",
            columns=(
                Field("metric", "line", "Metric", required=True),
                Field("direction", "choice", "Better", choices=DIRECTIONS, required=True),
                Field("tolerance", "number", "Tolerance", _TOLERANCE, default=0.0, minimum=0),
            ),
        ),
        Field(
            "slices",
            "rows",
            "Slices",
            "Parts of the data on which it must not get worse",
            group="Design",
            columns=(
                Field("name", "line", "Name", required=True),
                Field("purpose", "choice", "Purpose", choices=("fairness", "robustness"), required=True),
                Field("metric", "line", "Metric", "Empty: the primary metric"),
                Field("direction", "choice", "Better", choices=DIRECTIONS),
                Field("tolerance", "number", "Tolerance", _TOLERANCE, default=0.0, minimum=0),
            ),
        ),
        Field(
            "rating",
            "rows",
            "Human rating",
            "Where people rate: how, how many, whether they know which arm they see, agreement wanted",
            group="Design",
            columns=(
                Field("rubric", "line", "Rubric", required=True),
                Field("raters", "whole", "Raters", minimum=1),
                Field("blinding", "choice", "Blinding", choices=("none", "single", "double")),
                Field("agreement", "share", "Agreement", "Smallest agreement to accept (Krippendorff's α)"),
            ),
        ),
        Field("success", "text", "Success criterion", "What counts as success, in words", group="Decision rule"),
        Field("seeds", "whole", "Seeds", "Planned for each arm", minimum=1, maximum=10_000, group="Decision rule"),
        Field(
            "alpha",
            "number",
            "α",
            "Probability of a false alarm",
            default=0.05,
            minimum=0.000001,
            maximum=0.5,
            group="Decision rule",
        ),
        Field(
            "pairing",
            "choice",
            "Pairing",
            "Whether arms share seeds (data order, split)",
            default="seed",
            choices=("seed", "none"),
            group="Decision rule",
        ),
        Field(
            "looks",
            "line",
            "Looks",
            "When results are looked at: end, anytime, or numbers of seeds such as 5, 8",
            default="end",
            group="Decision rule",
        ),
        Field("family", "line", "Family", "Name shared by experiments that are judged together", group="Decision rule"),
        Field(
            "family_rule",
            "choice",
            "Family rule",
            "holm, or bh for screens",
            choices=("holm", "bh"),
            group="Decision rule",
        ),
        Field("exclusions", "text", "Exclusions", "Which runs do not count, fixed beforehand", group="Decision rule"),
        Field(
            "sigma",
            "number",
            "σ",
            "Expected standard deviation of the paired difference",
            above=0,
            group="Decision rule",
        ),
        Field("start", "day", "Start", "Earliest day", group="Cost and time"),
        Field("days", "number", "Days", "How long it takes", above=0, group="Cost and time"),
        Field(
            "gpu_hours", "spread", "GPU-hours", "Cost apart from that of each seed", minimum=0, group="Cost and time"
        ),
        Field(
            "gpu_hours_per_seed", "spread", "GPU-hours a seed", "Of all arms together", minimum=0, group="Cost and time"
        ),
        Field("people_days", "spread", "People-days", "Work by people", minimum=0, group="Cost and time"),
        Field(
            "payoff", "spread", "Payoff", "Value if adopted and true; empty: the hypothesis's", minimum=0, group="Value"
        ),
        Field("loss", "spread", "Loss", "Cost if adopted and false; empty: the hypothesis's", minimum=0, group="Value"),
        Field("reach", "number", "Reach", "For RICE: how many it reaches a quarter", minimum=0, group="Value"),
        Field("impact", "number", "Impact", "For RICE: 0.25 minimal … 3 massive", minimum=0, group="Value"),
        Field("confidence", "share", "Confidence", "For RICE", group="Value"),
        Field("effort", "number", "Effort", "For RICE and WSJF: person-weeks", above=0, group="Value"),
        Field(
            "urgency",
            "number",
            "Urgency",
            "For WSJF: cost of a quarter's delay, in payoff's unit",
            minimum=0,
            group="Value",
        ),
        Field("prerequisites", "refs", "Prerequisites", "Experiments that come first", target="E", group="Roadmap"),
        Field("exclusive_group", "line", "Exclusive group", "At most one of a group is planned", group="Roadmap"),
        Field("command", "text", "Command", "Template of the command that runs one arm and seed", group="Runs"),
        Field("grid", "line", "Grid", "Parameters to sweep, such as lr=1e-3,1e-4", group="Runs"),
        Field("owner", "line", "Owner", "Who runs it"),
        Field("tags", "words", "Tags", "Short names to find it by"),
        Field("checks", "checks", "Checklists", "Design, reproducibility, responsible AI", checks=items()),
    ),
    check=_check,
)
