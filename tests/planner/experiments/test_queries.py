"""What is read of experiments: the list, the counts by kind, records as JSON and as TOML."""

import json
from pathlib import Path
from typing import Any

import pytest

from library.errors import NotFound
from library.records import store
from library.records.toml import from_toml, to_toml
from library.workspace import Workspace
from planner.experiments import commands
from planner.experiments.kind import EXPERIMENT
from planner.experiments.queries import counts, experiment, experiments
from planner.experiments.record import experiment_record, row_record
from planner.obstacles import commands as obstacles
from tests.planner.experiments.making import TODAY, bring_in, csv_of, detail, judged, planned, read, row, write

FULL: dict[str, Any] = {
    "title": "[b]Distil[/b] “late” \\ interaction",
    "question": "Does it help?\nAnd whom?",
    "arms": [
        {"name": "a|b", "role": "baseline", "set": "lr=1e-3", "measured_on": "2026-10-01"},
        {"name": "dense", "role": "treatment"},
        {"name": "no distil", "role": "ablation"},
    ],
    "metric": "MRR",
    "direction": "decrease",
    "delta": "0.125",
    "unit": "%",
    "guardrails": [{"metric": "latency", "direction": "decrease", "tolerance": 2}],
    "slices": [{"name": "long", "purpose": "fairness", "metric": "loss", "direction": "decrease", "tolerance": 0.5}],
    "rating": [{"rubric": "1 to 5", "raters": 3, "blinding": "double", "agreement": 0.67}],
    "success": "ships",
    "seeds": 8,
    "alpha": 0.01,
    "looks": "4, 6",
    "family": "f",
    "family_rule": "bh",
    "exclusions": "node failed",
    "sigma": 0.3,
    "start": "2027-01-04",
    "days": 14,
    "gpu_hours": "10",
    "gpu_hours_per_seed": "2..4..8",
    "people_days": "3",
    "payoff": "100",
    "loss": "20..30..40",
    "reach": 3,
    "impact": 2,
    "confidence": 0.8,
    "effort": 2,
    "urgency": 5,
    "exclusive_group": "encoder",
    "command": "python train.py \\\n  --seed {seed}",
    "grid": "lr=1e-3,1e-4",
    "owner": "kim",
    "tags": ["distil", "late interaction"],
    "checks": {"power": "yes", "misuse": "n/a"},
}


def full(workspace: Workspace) -> int:
    from planner.register import commands as register

    write(workspace, register.add, {"name": "MS MARCO"})
    other = planned(workspace, title="First")
    return planned(workspace, **FULL, datasets=["DS-1"], prerequisites=[f"E-{other}"])


def test_a_record_comes_back_from_toml_as_it_was(workspace: Workspace) -> None:
    number = full(workspace)
    values = read(workspace, store.get, EXPERIMENT, number)
    assert not [name for name, value in values.items() if value is None], "every field is tried here"
    raw = from_toml(EXPERIMENT, to_toml(EXPERIMENT, values, heading="E-2"))
    change = write(workspace, commands.revise, number, raw)
    assert change.journal_id is None, change.summary
    fresh = write(workspace, commands.add, {**(raw or {}), "title": "A copy"})[0]
    assert {**read(workspace, store.get, EXPERIMENT, fresh), "title": values["title"]} == values


def test_the_json_record_says_everything_and_nothing_is_not_a_number(workspace: Workspace, tmp_path: Path) -> None:
    number = full(workspace)
    bring_in(workspace, tmp_path, number, ["dense,0,MRR,,1,", "a|b,0,MRR,,2,", "dense,1,MRR,,,nan"])
    judged(workspace, number)
    record = json.loads(json.dumps(experiment_record(detail(workspace, number)), allow_nan=False))
    assert record["id"] == "E-2"
    assert record["fields"]["arms"][1] == {"name": "dense", "role": "treatment", "set": None, "measured_on": None}
    assert record["fields"]["prerequisites"] == ["E-1"]
    assert record["results_so_far"]["arms"][1]["failed"] == 1
    assert [each["id"] for each in record["checklists"]] == ["design", "reproducibility", "responsible-ai"]
    assert record["preregistrations"][0]["sha256"] == detail(workspace, number).versions[0].hash
    assert record["inherited"] == []
    assert record["verdicts"][0]["id"] == "V-1"


def test_exploration_and_transfer_are_kept_apart(workspace: Workspace) -> None:
    for kind, state in (("exploration", "ready"), ("exploration", "idea"), ("transfer-ready", "ready")):
        number = planned(workspace, kind=kind)
        if state == "ready":
            write(workspace, commands.move, number, "ready")
    found = counts(read(workspace, experiments))
    assert (found["exploration"]["ready"], found["exploration"]["idea"], found["transfer-ready"]["ready"]) == (1, 1, 1)
    assert sum(found["transfer-ready"].values()) == 1


def test_open_blockers_are_on_the_row_and_the_page(workspace: Workspace) -> None:
    number = planned(workspace)
    for raw in ({"what": "No GPUs", "on_whom": "kim", "experiment_id": "E-1"},
                {"what": "Licence", "kind": "risk", "hypothesis_id": "H-1"}):  # fmt: skip
        write(workspace, obstacles.add, raw, today=TODAY)
    found = detail(workspace, number)
    assert (found.row.blockers, found.row.risks) == (1, 1)
    assert [each.what for each in found.obstacles] == ["No GPUs", "Licence"]
    write(workspace, obstacles.resolve, 1, "two nodes came")
    assert (row(workspace, number).blockers, len(detail(workspace, number).obstacles)) == (0, 1)


def test_seeds_count_where_every_arm_that_is_compared_has_them(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace, arms="bm25 | baseline\ndense | treatment\nless | ablation")
    bring_in(workspace, tmp_path, number, csv_of({"bm25": [1.0, 2.0, 3.0], "dense": [2.0, "nan", 3.0], "less": [1.0]}))
    assert row(workspace, number).seeds_done == 2
    assert [(arm.arm, arm.seeds, arm.failed, arm.mean) for arm in detail(workspace, number).arms] == [
        ("bm25", 3, 0, 2.0),
        ("dense", 2, 1, 2.5),
        ("less", 1, 0, 1.0),
    ]


def test_a_confirmatory_verdict_stands_before_a_newer_exploratory_one(workspace: Workspace, tmp_path: Path) -> None:
    number = planned(workspace, seeds="3")
    bring_in(workspace, tmp_path, number, csv_of({"bm25": [1.0, 2.0, 3.0], "dense": [3.1, 4.2, 5.3]}))
    judged(workspace, number)
    write(workspace, commands.revise, number, {"delta": "0.5"})
    judged(workspace, number)
    shown = row(workspace, number).verdict
    assert shown is not None
    assert (shown.id, shown.exploratory) == (1, False)
    assert row_record(row(workspace, number))["verdict"]["headline"] == "supported"


def test_a_list_of_many_is_read_with_few_questions(workspace: Workspace) -> None:
    for place in range(30):
        planned(workspace, title=f"Number {place}")
    asked: list[str] = []

    def counting(db: Any) -> int:
        db.set_trace_callback(asked.append)
        try:
            return len(experiments(db))
        finally:
            db.set_trace_callback(None)

    assert workspace.store.read(counting).result() == 30
    assert len(asked) < 15, asked


def test_what_is_not_there_is_not_found(workspace: Workspace) -> None:
    with pytest.raises(NotFound, match="no experiment E-7"):
        read(workspace, experiment, 7)
    assert read(workspace, experiments) == ()
