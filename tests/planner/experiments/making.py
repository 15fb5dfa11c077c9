"""An experiment with results in a few words."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from library.db import journal
from library.workspace import Workspace
from planner.experiments import commands
from planner.experiments.columns import choices_of
from planner.experiments.importing import Imported, import_results, known_names
from planner.experiments.model import ExperimentRow, VerdictDetail
from planner.experiments.queries import ExperimentDetail, experiment
from planner.experiments.reading import read_results
from planner.experiments.verdicts import judge, verdict
from planner.hypotheses import commands as hypotheses

TODAY = date(2026, 11, 25)
METRIC = "nDCG@10"
HYPOTHESIS = {
    "statement": "Late interaction beats distillation",
    "metric": METRIC,
    "delta": "1",
    "unit": "points",
    "prior": "0.4",
}
PLAN = {
    "title": "Distil late interaction",
    "hypothesis_id": "H-1",
    "arms": "bm25 | baseline\ndense | treatment",
    "seeds": "8",
    "gpu_hours_per_seed": "4",
}


def write(workspace: Workspace, function: Any, *args: Any, person: str = "ada", **more: Any) -> Any:
    """What a write of `person` returns."""
    return workspace.store.write(lambda db: function(db, person, *args, **more)).result()


def read(workspace: Workspace, function: Any, *args: Any, **more: Any) -> Any:
    """What a read returns."""
    return workspace.store.read(lambda db: function(db, *args, **more)).result()


def undo(workspace: Workspace, person: str = "ada") -> str:
    """Undo the last action."""
    return workspace.store.write(lambda db: journal.undo(db, person)).result().summary


def hypothesis(workspace: Workspace, **raw: Any) -> int:
    """An active hypothesis."""
    number: int = write(workspace, hypotheses.add, {**HYPOTHESIS, **raw})[0]
    write(workspace, hypotheses.move, number, "active", "to be tested")
    return number


def planned(workspace: Workspace, **raw: Any) -> int:
    """An experiment that tests H-1, which is made where there is none."""
    if not read(workspace, lambda db: db.execute("SELECT 1 FROM hypothesis").fetchall()):
        hypothesis(workspace)
    number: int = write(workspace, commands.add, {**PLAN, **raw})[0]
    return number


def csv_of(values: Mapping[str, Sequence[Any]], metric: str = METRIC, slice_: str = "") -> list[str]:
    """Rows of a long CSV: arm → values by seed; a text is a status, None leaves the seed out."""
    rows = []
    for arm, each in values.items():
        for seed, value in enumerate(each):
            if isinstance(value, str):
                rows.append(f"{arm},{seed},{metric},{slice_},,{value}")
            elif value is not None:
                rows.append(f"{arm},{seed},{metric},{slice_},{value!r},ok")
    return rows


def bring_in(
    workspace: Workspace,
    folder: Path,
    number: int,
    rows: Iterable[str],
    *,
    head: str = "arm,seed,metric,slice,value,status",
    name: str = "results.csv",
    columns: Sequence[str] = (),
    arms: Sequence[str] = (),
    metric: str | None = None,
    phase: str | None = None,
    **more: Any,
) -> Imported:
    """Write a CSV and import it as a person would."""
    file = folder / name
    file.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    known = read(workspace, known_names, number)
    choices = choices_of(known, columns=columns, arms=arms, metric=metric, phase=phase)
    found: Imported = write(workspace, import_results, number, read_results(str(file), known, choices), **more)[0]
    return found


def judged(workspace: Workspace, number: int, **asked: Any) -> VerdictDetail:
    """The verdict that judging gives."""
    verdict_id = write(workspace, judge, number, today=TODAY, **asked)[0]
    found: VerdictDetail = read(workspace, verdict, verdict_id)
    return found


def detail(workspace: Workspace, number: int, today: date = TODAY) -> ExperimentDetail:
    """The experiment as it is read."""
    found: ExperimentDetail = read(workspace, experiment, number, today=today)
    return found


def row(workspace: Workspace, number: int) -> ExperimentRow:
    """The experiment as lists show it."""
    return detail(workspace, number).row
