"""A plan with its blanks filled from its hypothesis: what is really tested."""

import sqlite3
from dataclasses import dataclass
from typing import Final

from library.records import store
from library.records.kind import Values, from_row
from planner.experiments.kind import EXPERIMENT
from planner.experiments.model import Arm, Role
from planner.hypotheses.kind import HYPOTHESIS

INHERITED: Final = ("metric", "direction", "delta", "unit", "payoff", "loss")


@dataclass(frozen=True, slots=True)
class Effective:
    """`values`: every field of the plan, `inherited` ones from the hypothesis. `prior`: what is believed of it now."""

    experiment_id: int
    values: Values
    inherited: frozenset[str]
    statement: str | None = None
    prior: float | None = None

    @property
    def hypothesis_id(self) -> int | None:
        """The hypothesis that it tests."""
        return self.values["hypothesis_id"]  # type: ignore[no-any-return]

    @property
    def metric(self) -> str | None:
        """The primary metric."""
        return self.values["metric"]  # type: ignore[no-any-return]

    @property
    def direction(self) -> str | None:
        """increase or decrease."""
        return self.values["direction"]  # type: ignore[no-any-return]

    @property
    def delta(self) -> float | None:
        """The smallest effect worth having, in the metric's unit."""
        return self.values["delta"]  # type: ignore[no-any-return]

    @property
    def unit(self) -> str | None:
        """The metric's unit."""
        return self.values["unit"]  # type: ignore[no-any-return]

    @property
    def arms(self) -> tuple[Arm, ...]:
        """What is compared, in the order of the plan."""
        return arms_of(self.values)

    @property
    def baselines(self) -> tuple[str, ...]:
        """Names of the baseline arms."""
        return self._named("baseline")

    @property
    def treatments(self) -> tuple[str, ...]:
        """Names of the treatment arms."""
        return self._named("treatment")

    @property
    def ablations(self) -> tuple[str, ...]:
        """Names of the ablation arms."""
        return self._named("ablation")

    def _named(self, role: Role) -> tuple[str, ...]:
        return tuple(arm.name for arm in self.arms if arm.role == role)


def arms_of(values: Values) -> tuple[Arm, ...]:
    """The arms of a plan's values."""
    return tuple(Arm(row["name"], row["role"], row.get("set"), row.get("measured_on")) for row in values["arms"] or ())


def effective(db: sqlite3.Connection, experiment_id: int) -> Effective:
    """The plan as it would be judged now. Raises NotFound."""
    values = store.get(db, EXPERIMENT, experiment_id)
    hypothesis = belief = None
    if values["hypothesis_id"] is not None:
        hypothesis = store.row_of(db, HYPOTHESIS, values["hypothesis_id"])
        belief = _belief(db, values["hypothesis_id"])
    return filled(experiment_id, values, hypothesis, belief)


def filled(
    experiment_id: int, values: Values, hypothesis: sqlite3.Row | None, belief: float | None = None
) -> Effective:
    """`values` with the blanks filled from the row of the hypothesis."""
    if hypothesis is None:
        return Effective(experiment_id, values, frozenset())
    own = from_row(HYPOTHESIS, hypothesis)
    taken = frozenset(name for name in INHERITED if values[name] is None and own[name] is not None)
    return Effective(
        experiment_id,
        {**values, **{name: own[name] for name in taken}},
        taken,
        own["statement"],
        belief if belief is not None else own["prior"],
    )


def _belief(db: sqlite3.Connection, hypothesis_id: int) -> float | None:
    row = db.execute(
        "SELECT value FROM belief WHERE hypothesis_id = ? ORDER BY id DESC LIMIT 1", (hypothesis_id,)
    ).fetchone()
    return None if row is None else float(row["value"])
