"""What a decision's experiments cost, planned and actual, and the seeds and runs that its results came from."""

import sqlite3
from collections.abc import Sequence

from library.markdown import Marked, table
from planner.decisions.facts import Facts
from planner.decisions.gather import Gathered, Tried
from planner.prioritisation.inputs import Inputs
from planner.prioritisation.spread import Spread


def planned_gpu_hours(row: sqlite3.Row) -> float | None:
    """Expected GPU-hours of a plan, as the roadmap counts them: None where they cannot be said."""
    stated = Inputs.stated(gpu_hours_fixed=row["gpu_hours"], gpu_hours_per_seed=row["gpu_hours_per_seed"])
    return stated.gpu_hours(row["seeds"])


def _expected(stated: str | None) -> float | None:
    return Spread.parse("cost", stated).expected if stated else None


def cost(found: Gathered, facts: Facts) -> str:
    """Planned against actual, one experiment a row; a sum only where every part of it is known."""
    if not found.experiments:
        return "This decision rests on no experiment."
    rows = [_row(tried, facts) for tried in found.experiments]
    notes = [note for tried in found.experiments for note in _gaps(tried, facts)]
    head = ("experiment", "GPU-hours planned", "GPU-hours actual", "people-days planned")
    return "\n\n".join([table(head, [*rows, *_total(found, facts)], "lrrr"), *notes])


def _row(tried: Tried, facts: Facts) -> tuple[str, ...]:
    row, number = tried.row, tried.row["id"]
    return (
        facts.id(f"E-{number}", "experiment", number),
        facts.number(
            f"E-{number} GPU-hours planned",
            planned_gpu_hours(row),
            "experiment",
            "gpu_hours, gpu_hours_per_seed, seeds",
            number,
            unit="GPU-hours",
            how="expected value",
        ),
        facts.number(
            f"E-{number} GPU-hours actual",
            tried.spent.stated,
            "result",
            "gpu_hours",
            _rows_with_hours(tried),
            unit="GPU-hours",
            how="each run once, added up",
        ),
        facts.number(
            f"E-{number} people-days planned",
            _expected(row["people_days"]),
            "experiment",
            "people_days",
            number,
            unit="people-days",
            how="expected value",
        ),
    )


def _total(found: Gathered, facts: Facts) -> list[tuple[str, ...]]:
    if len(found.experiments) < 2:
        return []
    planned = [planned_gpu_hours(tried.row) for tried in found.experiments]
    days = [_expected(tried.row["people_days"]) for tried in found.experiments]
    numbers = [tried.row["id"] for tried in found.experiments]
    return [
        (
            "all",
            facts.number(
                "GPU-hours planned",
                _sum(planned),
                "experiment",
                "gpu_hours, gpu_hours_per_seed, seeds",
                numbers,
                unit="GPU-hours",
                how="expected values, added up",
            ),
            facts.number(
                "GPU-hours actual",
                _sum([tried.spent.stated for tried in found.experiments]),
                "result",
                "gpu_hours",
                [row for tried in found.experiments for row in _rows_with_hours(tried)],
                unit="GPU-hours",
                how="each run once, added up",
            ),
            facts.number(
                "people-days planned",
                _sum(days),
                "experiment",
                "people_days",
                numbers,
                unit="people-days",
                how="expected values, added up",
            ),
        )
    ]


def _sum(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def _rows_with_hours(tried: Tried) -> tuple[int, ...]:
    """The results in which what the runs used stands."""
    return tuple(row["id"] for row in tried.results if row["gpu_hours"] is not None)


def _gaps(tried: Tried, facts: Facts) -> list[Marked]:
    """That some runs do not say what they cost."""
    if not tried.spent.unknown_runs or not tried.spent.known_runs:
        return []
    number = tried.row["id"]
    count = facts.number(
        f"E-{number} runs without GPU-hours",
        tried.spent.unknown_runs,
        "result",
        "gpu_hours",
        [row["id"] for row in tried.results if row["gpu_hours"] is None],
        how="runs counted",
    )
    return [Marked(f"Runs of {facts.id(f'E-{number}', 'experiment', number)} that do not say what they used: {count}.")]


def seeds_and_runs(found: Gathered, facts: Facts) -> str:
    """Per experiment, phase and arm: the seeds that count and those that do not, and the runs."""
    lines: list[tuple[str, ...]] = []
    for tried in found.experiments:
        groups: dict[tuple[str, str], list[sqlite3.Row]] = {}
        for row in tried.results:
            groups.setdefault((row["phase"], row["arm"]), []).append(row)
        lines += [_group(tried.row["id"], phase, rows, facts) for (phase, _), rows in sorted(groups.items())]
    if not lines:
        return "No result came in yet."
    return table(("experiment", "phase", "arm", "seeds", "lost or left out", "runs"), lines)


def _group(number: int, phase: str, rows: Sequence[sqlite3.Row], facts: Facts) -> tuple[str, ...]:
    key = f"result {rows[0]['id']}"
    good = [row for row in rows if row["status"] == "ok"]
    bad = [row for row in rows if row["status"] != "ok"]
    runs = [row for row in rows if row["run"]]

    def text(name: str, of: Sequence[sqlite3.Row], column: str, values: Sequence[str]) -> Marked:
        joined = ", ".join(dict.fromkeys(values))
        return facts.text(f"{key} {name}", joined, "result", column, [row["id"] for row in of]) or Marked("—")

    return (
        facts.id(f"E-{number}", "experiment", number),
        Marked(phase),
        text("arm", rows[:1], "arm", [rows[0]["arm"]]),
        text("seeds", good, "seed", [row["seed"] for row in good]),
        text("lost", bad, "seed", [f"{row['seed']} ({row['status']})" for row in bad]),
        text("runs", runs, "run", [row["run"] for row in runs]),
    )
