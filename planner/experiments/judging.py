"""A verdict worked out: from the frozen plan and the stored results to the numbers and what they rest on.

Nothing is written here, and nothing is chosen after the results are known: arms, metric and rule are the plan's.
"""

import hashlib
import json
import math
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from library.errors import NotFound
from library.text import counted
from planner.experiments.copies import copies_of
from planner.experiments.costs import hours_per_seed, stated_hours
from planner.experiments.history import values_hash
from planner.experiments.model import Phase, Preregistration, Result
from planner.experiments.rules import (
    Comparison,
    Family,
    comparison,
    family_of,
    guardrails_of,
    lacks,
    named,
    outcomes,
    rows_of,
    rule_of,
)
from planner.experiments.standing import agreements_of, what_to_know, why_exploratory
from planner.experiments.tally import tally
from planner.experiments.traced import agreement_record, family_record, numbers, plain, rail_record

if TYPE_CHECKING:
    from planner.statistics.rule import Rule
    from planner.statistics.verdict import Verdict

FORMULA: Final = 1  # changes whenever the same results could give another verdict


@dataclass(frozen=True, slots=True)
class Judged:
    """What was worked out. `exploratory` holds the reasons why it confirms nothing; empty: it is confirmatory."""

    asked: Comparison
    verdict: "Verdict"
    exploratory: tuple[str, ...]
    details: Mapping[str, Any]
    results_hash: str


def work_out(
    db: sqlite3.Connection,
    frozen: Preregistration,
    *,
    treatment: str | None = None,
    baseline: str | None = None,
    phase: Phase = "offline",
    today: date,
    stale_days: int,
    fiscal_month: int = 1,
) -> Judged:
    """Judge one comparison under a frozen plan. Raises UsageError (ambiguous arms, a plan that fixes too little),
    NotFound where the arms have no result.
    """
    from planner.statistics.decide import Case, decide_family
    from planner.statistics.guardrails import check_guardrail, with_guardrails

    plan, number = frozen.plan, frozen.experiment_id
    asked = comparison(plan, number, treatment, baseline)
    family = family_of(db, asked, plan, phase)
    rule = rule_of(plan, number, family)
    rows = rows_of(db, family, phase)
    own = rows[number]
    members, cases, used = [], [], []
    seen, stated = hours_per_seed(own, (asked.baseline, asked.treatment)), stated_hours(db, number)
    for member, its_plan in family.members:
        if lacks(its_plan):
            continue
        left, right = (outcomes(rows[member.experiment_id], arm, its_plan["metric"]) for arm in
                       (member.baseline, member.treatment))  # fmt: skip
        if not left[1] and not right[1] and member != asked:
            continue
        members.append(member)
        hours = (stated if seen is None else seen) if member == asked else None
        its_rule = rule_of(its_plan, member.experiment_id, family)
        cases.append(Case(its_rule, left[0], right[0], hours, (member.baseline, member.treatment)))
        used += [*left[1], *right[1]]
    place = members.index(asked)
    if not cases[place].baseline and not cases[place].treatment:
        raise NotFound(
            f"Neither {asked.baseline} nor {asked.treatment} of E-{number} has a result in {plan['metric']}"
            f"{'' if phase == 'offline' else ' online'}.",
            mend=f"labtop experiment results list E-{number} shows what is there.",
        )
    judged = decide_family(cases)
    checks = []
    looked_at = {(arm, plan["metric"], "", phase) for arm in (asked.baseline, asked.treatment)}
    for rail in guardrails_of(plan):
        looked_at |= {(arm, rail.metric, rail.slice, phase) for arm in (asked.baseline, asked.treatment)}
        left, right = (outcomes(own, arm, rail.metric, rail.slice) for arm in (asked.baseline, asked.treatment))
        checks.append(check_guardrail(rail, left[0], right[0]))
        used += [*left[1], *right[1]]
    verdict = with_guardrails(judged[place], checks)
    ablations, of_ablations = _ablations(rule, plan, own, asked)
    used += of_ablations
    ids = {row.id for row in used}
    compared = [row for row in own if row.id in ids and row.arm in (asked.baseline, asked.treatment)]
    copies = copies_of(db, frozen, asked.treatment, phase)
    exploratory = why_exploratory(db, frozen, rule, verdict, compared, looked_at, copies)
    agreement = agreements_of(db, number, plan["metric"])
    warnings = what_to_know(db, frozen, verdict, asked, today, stale_days, agreement, phase, copies)
    judged_so_far = None if exploratory else tally(db, asked, phase, rule.alpha, today, fiscal_month)
    if judged_so_far is not None and judged_so_far.said:
        warnings.append(judged_so_far.said)
    details = {
        "formula": FORMULA,
        "phase": phase,
        "preregistration": {"id": str(frozen.id), "version": frozen.version, "sha256": frozen.hash},
        "rule": asdict(rule),
        "alpha": round(1 - verdict.level, 12) if verdict.level is not None else rule.alpha,
        "power": _power(verdict, rule),
        "numbers": numbers(verdict),
        "arms": [asdict(verdict.baseline), asdict(verdict.treatment)],
        "suspected": list(verdict.suspected),
        "guardrails": [rail_record(check) for check in checks],
        "ablations": ablations,
        "family": family_record(family, members, judged),
        "exploratory": list(exploratory),
        "warnings": [*verdict.warnings, *warnings],
        "tested": judged_so_far.record if judged_so_far is not None else None,
        "agreement": [agreement_record(rated) for rated in agreement],
        "gpu_hours_per_seed": cases[place].gpu_hours_per_seed,
        "gpu_hours_from": "results" if seen is not None else "plan" if stated is not None else None,
        "results": [str(each) for each in sorted(ids)],
        "values_sha256": values_hash({row.id: row for row in used}.values()),
    }
    return Judged(asked, verdict, exploratory, plain(details), _hash(frozen, asked, phase, family, rows, ids))


def _ablations(
    rule: "Rule", plan: Mapping[str, Any], own: Sequence[Result], asked: Comparison
) -> tuple[list[dict[str, Any]], list[Result]]:
    """What each ablation leaves out is worth: the treatment against it, as a screen, never as a verdict."""
    from planner.statistics.decide import Case, decide_family
    from planner.statistics.rule import Rule

    names = named(plan, "ablation")
    whole = outcomes(own, asked.treatment, rule.metric)
    parts = {name: outcomes(own, name, rule.metric) for name in names}
    there = [name for name in names if parts[name][1]]
    if not there:
        return [], []
    screen = Rule(
        metric=rule.metric,
        direction=rule.direction,
        delta=rule.delta,
        alpha=rule.alpha,
        pairing=rule.pairing,
        family="ablations",
        family_size=len(names),
        family_kind="screen",
    )
    found = decide_family([Case(screen, parts[name][0], whole[0]) for name in there])
    told = [
        {
            "arm": name,
            "effect": verdict.effect,
            "low": verdict.low,
            "high": verdict.high,
            "level": verdict.level,
            "n": verdict.n,
            "p": verdict.p,
            "p_adjusted": verdict.p_adjusted,
            "adjustment": verdict.adjustment,
            "summary": _said(asked.treatment, name, verdict),
        }
        for name, verdict in zip(there, found, strict=True)
    ]
    return told, [row for name in there for row in parts[name][1]]


def _said(treatment: str, ablation: str, verdict: "Verdict") -> str:
    """ "dense over no-distil: nDCG@10 improves by 1.05 [0.622, 1.47] (8 seed pairs, adjusted p 0.0006)"."""
    from planner.statistics.words import change, number

    if verdict.effect is None:
        return f"{treatment} over {ablation}: nothing that can be compared."
    seen = change(verdict.rule.metric, verdict.effect, verdict.low, verdict.high)
    p = "" if verdict.p_adjusted is None else f", adjusted p {number(verdict.p_adjusted)}"
    return f"{treatment} over {ablation}: {seen} ({counted(verdict.n, 'seed')}{p}); a screen, no verdict."


def _power(verdict: "Verdict", rule: "Rule") -> float | None:
    """The probability that this test finds an effect of δ, at the spread that was seen; None without an interval."""
    from planner.statistics.power import noncentral_t
    from planner.statistics.sequential import critical_t
    from planner.statistics.student import t_critical

    if verdict.se is None or verdict.df is None or verdict.level is None or not verdict.se > 0:
        return None
    alpha = 1 - verdict.level
    critical = critical_t(verdict.n, alpha) if rule.looks == "anytime" else t_critical(verdict.df, alpha)
    if not math.isfinite(critical):
        return None
    shift = rule.delta / verdict.se
    return noncentral_t(-critical, verdict.df, -shift) + noncentral_t(-critical, verdict.df, shift)


def _hash(
    frozen: Preregistration,
    asked: Comparison,
    phase: Phase,
    family: Family,
    rows: Mapping[int, Sequence[Result]],
    ids: set[int],
) -> str:
    """The sha256 of everything that the numbers come from: plan, comparison, family, and the results as they stand.

    In which order they came counts only where one may look at any time.
    """
    results = [
        [number, row.arm, row.metric, row.slice, row.seed, row.value, row.status, row.exclusion]
        for number, each in rows.items()
        for row in each
        if row.id in ids
    ]
    if frozen.plan["looks"] != "anytime":
        results.sort(key=lambda row: json.dumps(row))
    members = [[member.experiment_id, member.treatment, member.baseline] for member, _ in family.members]
    basis = [FORMULA, frozen.hash, frozen.exploratory, asdict(asked), phase, members, results]
    return hashlib.sha256(json.dumps(basis, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
