"""Small research programmes for tests, made through the records as people make them."""

from collections.abc import Callable
from typing import Any, TypeVar

from library.db.changes import Change
from library.quarter import Quarter
from library.records import store
from library.settings import ProgrammeSettings
from planner.experiments.kind import EXPERIMENT
from planner.experiments.model import State
from planner.hypotheses.kind import HYPOTHESIS
from planner.prioritisation.portfolio import Budget
from planner.roadmap import plans
from planner.roadmap.model import QuarterPlan
from planner.roadmap.planning import Planned, compute
from planner.roadmap.snapshot import snapshot
from planner.roadmap.storing import store_plan
from planner.workspace import Workspace

T = TypeVar("T")
SETTINGS = ProgrammeSettings()
Q1 = Quarter(2027, 1)


def read(workspace: Workspace, function: Callable[..., T], *args: Any) -> T:
    return workspace.store.read(lambda db: function(db, *args)).result()


def write(workspace: Workspace, function: Callable[..., T], *args: Any) -> T:
    return workspace.store.write(lambda db: function(db, *args)).result()


def hypothesis(workspace: Workspace, *, prior: float | None = 0.4, payoff: Any = 10, loss: Any = 5, **more: Any) -> int:
    raw = {"statement": "Something helps", "prior": prior, "payoff": payoff, "loss": loss, "delta": 1, "metric": "nDCG"}
    number, _ = write(workspace, lambda db: store.create(db, "ada", HYPOTHESIS, {**raw, **more}))
    return number


def experiment(
    workspace: Workspace, hypothesis_id: int | None = None, *, state: State = "ready", hours: Any = 100, **more: Any
) -> int:
    """A complete experiment of five seeds with σ = 1; `hours` altogether. Fields are given by name."""
    raw = {
        "title": "An experiment",
        "hypothesis_id": hypothesis_id,
        "arms": "base|baseline\nnew|treatment",
        "seeds": 5,
        "sigma": 1,
        "gpu_hours": hours,
        "people_days": 2,
    }
    number, _ = write(workspace, lambda db: store.create(db, "ada", EXPERIMENT, {**raw, **more}))
    in_state(workspace, number, state)
    return number


def in_state(workspace: Workspace, number: int, state: State) -> None:
    write(workspace, lambda db: db.execute("UPDATE experiment SET state = ? WHERE id = ?", (state, number)))


def result(
    workspace: Workspace,
    number: int,
    seed: str,
    hours: float | None,
    *,
    at: str = "2027-02-01T12:00:00Z",
    metric: str = "nDCG",
    arm: str = "new",
) -> None:
    """One result as an import leaves it."""

    def insert(db: Any) -> None:
        batch = db.execute(
            "INSERT INTO result_batch (experiment_id, source, person, at) VALUES (?, 'test', 'ada', ?)", (number, at)
        ).lastrowid
        db.execute(
            "INSERT INTO result (batch_id, experiment_id, arm, metric, seed, value, gpu_hours) "
            "VALUES (?, ?, ?, ?, ?, 1.0, ?)",
            (batch, number, arm, metric, seed, hours),
        )

    write(workspace, insert)


def verdict(
    workspace: Workspace,
    number: int,
    state: str = "supported",
    *,
    at: str = "2027-02-20T12:00:00Z",
    blocked_by: str = "[]",
) -> None:
    """A stored verdict, with the frozen plan that it needs."""

    def insert(db: Any) -> None:
        plan = db.execute(
            "INSERT INTO preregistration (experiment_id, version, hash, plan, cause, exploratory, person, at) "
            "VALUES (?, 1, 'h', '{}', 'asked', 0, 'ada', ?)",
            (number, at),
        ).lastrowid
        db.execute(
            "INSERT INTO verdict (experiment_id, preregistration_id, state, blocked_by, exploratory, treatment, "
            "baseline, effect, low, high, n, method, summary, details, results_hash, person, at) "
            "VALUES (?, ?, ?, ?, 0, 'new', 'base', 1.2, 0.4, 2.0, 5, 't', 'new beats base', '{}', 'h', 'ada', ?)",
            (number, plan, state, blocked_by, at),
        )

    write(workspace, insert)


def planned(
    workspace: Workspace, hours: float, days: float | None = None, floor: float = 0.0, *, quarter: Quarter = Q1
) -> Planned:
    """The quarter's plan as it would be stored."""
    now = read(workspace, snapshot, SETTINGS, quarter)
    return compute(now, Budget(hours, days, floor))


def stored(workspace: Workspace, hours: float, *, quarter: Quarter = Q1, person: str = "ada") -> QuarterPlan:
    """Plan the quarter and store it as its draft."""
    plan = planned(workspace, hours, quarter=quarter)
    change: Change = write(workspace, store_plan, person, plan)
    assert change.journal_id is not None
    return read(workspace, plans.needed, quarter, ("draft",))


def chosen(plan: QuarterPlan) -> set[str]:
    return {entry.id for entry in plan.chosen}


def state_of(workspace: Workspace, number: int) -> str:
    row = workspace.store.read(
        lambda db: db.execute("SELECT state FROM experiment WHERE id = ?", (number,)).fetchone()
    ).result()
    return str(row["state"])
