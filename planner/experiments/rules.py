"""From a frozen plan to the rule that decides: which arms, which metric, how strictly, with whom."""

import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from library.errors import UsageError
from planner.experiments.effective import effective
from planner.experiments.model import Phase, Result
from planner.experiments.plans import plan_of, versions
from planner.experiments.storing import results

if TYPE_CHECKING:
    from planner.statistics.guardrails import Guardrail
    from planner.statistics.rule import FamilyKind, Outcome, Rule

Plan = Mapping[str, Any]
_MEMBERS = """
WITH measured AS (SELECT DISTINCT experiment_id AS id FROM result WHERE phase = ?3)
SELECT id FROM experiment e WHERE id != ?2 AND (
  (family = ?1 AND (state != 'dropped' OR id IN measured))
  OR (id IN measured AND EXISTS (
    SELECT 1 FROM preregistration p WHERE p.experiment_id = e.id AND json_extract(p.plan, '$.family') = ?1)))
ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One treatment against one baseline of an experiment."""

    experiment_id: int
    treatment: str
    baseline: str


@dataclass(frozen=True, slots=True)
class Family:
    """What is judged together: `members` (the one asked for among them) and how they are corrected."""

    name: str
    kind: "FamilyKind"
    members: tuple[tuple[Comparison, Plan], ...]

    @property
    def size(self) -> int:
        """How many comparisons there are, with and without results."""
        return len(self.members)


def named(plan: Plan, role: str) -> tuple[str, ...]:
    """Names of a frozen plan's arms of one role."""
    return tuple(arm["name"] for arm in plan["arms"] if arm["role"] == role)


def comparison(plan: Plan, experiment_id: int, treatment: str | None, baseline: str | None) -> Comparison:
    """The comparison that is meant. Raises UsageError where there are several, naming them, or none."""
    return Comparison(
        experiment_id,
        _one(plan, experiment_id, "treatment", treatment),
        _one(plan, experiment_id, "baseline", baseline),
    )


def rule_of(plan: Plan, experiment_id: int, family: Family) -> "Rule":
    """The rule that a frozen plan fixes. Raises UsageError listing what it does not fix."""
    from planner.statistics.rule import Rule

    lacking = lacks(plan)
    if lacking:
        raise UsageError(
            f"The frozen plan of E-{experiment_id} cannot be judged: it has no {', no '.join(lacking)}.",
            mend=f"Fill it in with labtop experiment edit E-{experiment_id}; what was filled in after results came in "
            "makes the verdict exploratory.",
        )
    return Rule(
        metric=plan["metric"],
        direction=plan["direction"],
        delta=plan["delta"],
        alpha=plan["alpha"],
        pairing=plan["pairing"],
        planned_n=plan["seeds"],
        looks=looks_of(plan["looks"]),
        family=family.name,
        family_size=family.size,
        family_kind=family.kind,
    )


def lacks(plan: Plan) -> tuple[str, ...]:
    """What a plan needs to be judged and does not have."""
    names = {"metric": "metric", "direction": "direction", "delta": "δ (smallest effect worth having)"}
    return tuple(said for name, said in names.items() if plan.get(name) is None)


def looks_of(text: str) -> Any:
    """end, anytime or the numbers of seeds, as a rule takes them."""
    return text if text in ("end", "anytime") else tuple(int(part) for part in re.findall(r"\d+", text))


def guardrails_of(plan: Plan) -> tuple["Guardrail", ...]:
    """Guardrails, then slices, of a frozen plan. A slice that names no metric is looked at in the primary one."""
    from planner.statistics.guardrails import Guardrail

    common = {"alpha": plan["alpha"], "pairing": plan["pairing"]}
    rails = [
        Guardrail(row["metric"], "", row["direction"], float(row.get("tolerance") or 0), **common)
        for row in plan["guardrails"]
    ]
    directions = {row["metric"]: row["direction"] for row in plan["guardrails"]}
    for row in plan["slices"]:
        metric = row.get("metric") or plan["metric"]
        direction = row.get("direction") or directions.get(metric) or plan["direction"]
        rails.append(Guardrail(metric, row["name"], direction, float(row.get("tolerance") or 0), **common))
    return tuple(rails)


def outcomes(
    rows: Iterable[Result], arm: str, metric: str, slice_: str = ""
) -> tuple[Sequence["Outcome"], tuple[Result, ...]]:
    """(what the statistics take, the rows it was taken from) of one arm, metric and slice, in the order they came."""
    from planner.statistics.rule import Outcome

    used = tuple(row for row in rows if row.arm == arm and row.metric == metric and row.slice == slice_)
    return [Outcome(row.arm, row.seed, row.value, row.status, row.reason or "") for row in used], used


def family_of(db: sqlite3.Connection, asked: Comparison, plan: Plan, phase: Phase) -> Family:
    """Everything that is judged together with a comparison: each treatment against each baseline of the experiment, and
    of all experiments of the same family.

    An experiment that was dropped without any result was never judged and does not count; one that waits for results
    does: the family is as large as it was planned. One that has left it counts once it has results, by the plan that
    was frozen while it belonged to it: who is judged together is not chosen by the outcome. Raises UsageError where
    plans of a family disagree on how.
    """
    own = [(each, plan) for each in _comparisons(asked.experiment_id, plan)]
    name = plan["family"]
    if name is None:
        return Family("" if len(own) == 1 else f"E-{asked.experiment_id}", "confirmatory", tuple(own))
    members = list(own)
    rows = db.execute(_MEMBERS, (name, asked.experiment_id, phase)).fetchall()
    for row in rows:
        frozen = [each.plan for each in versions(db, row["id"]) if each.plan.get("family") == name]
        other = frozen[-1] if frozen else plan_of(effective(db, row["id"]))
        for field in ("alpha", "family_rule"):
            if (other[field] or "holm") != (plan[field] or "holm"):
                raise UsageError(
                    f"E-{asked.experiment_id} and E-{row['id']} belong to the family {name}, but differ in {field}.",
                    mend="Experiments that are judged together need the same α and the same family rule.",
                )
        members += [(each, other) for each in _comparisons(row["id"], other)]
    return Family(name, "screen" if plan["family_rule"] == "bh" else "confirmatory", tuple(members))


def rows_of(db: sqlite3.Connection, family: Family, phase: Phase) -> dict[int, tuple[Result, ...]]:
    """The results of every experiment of a family."""
    numbers = {member.experiment_id for member, _ in family.members}
    return {number: results(db, number, phase=phase) for number in sorted(numbers)}


def _comparisons(experiment_id: int, plan: Plan) -> list[Comparison]:
    return [
        Comparison(experiment_id, treatment, baseline)
        for treatment in named(plan, "treatment")
        for baseline in named(plan, "baseline")
    ]


def _one(plan: Plan, experiment_id: int, role: str, wanted: str | None) -> str:
    names = named(plan, role)
    if not names:
        raise UsageError(
            f"The frozen plan of E-{experiment_id} has no {role}.",
            mend=f"Name what is compared: labtop experiment edit E-{experiment_id}",
        )
    if wanted is None and len(names) > 1:
        raise UsageError(
            f"E-{experiment_id} has {len(names)} {role}s: {', '.join(names)}.", mend=f"Say which with --{role} NAME."
        )
    if wanted is not None and wanted not in names:
        raise UsageError(f"E-{experiment_id} has no {role} called {wanted}.", mend=f"It has {', '.join(names)}.")
    return wanted or names[0]
