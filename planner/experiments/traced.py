"""What is stored beside a verdict, as plain data: every number, every guardrail, every member of the family."""

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from planner.experiments.rules import Comparison, Family

if TYPE_CHECKING:
    from planner.experiments.ratings import Rated
    from planner.statistics.guardrails import GuardrailCheck
    from planner.statistics.verdict import Verdict

_NUMBERS: Final = (
    *("effect", "low", "high", "level", "raw_low", "raw_high", "sd", "se", "df", "p", "p_delta", "p_adjusted"),
    *("p_delta_adjusted", "adjustment", "p_signflip", "signflip_method", "e_value", "more_seeds", "more_gpu_hours"),
    "shrunk",
)


def numbers(verdict: "Verdict") -> dict[str, Any]:
    """The statistics of a verdict."""
    found = {name: getattr(verdict, name) for name in _NUMBERS}
    return {**found, "bca": list(verdict.bca) if verdict.bca else None}


def rail_record(check: "GuardrailCheck") -> dict[str, Any]:
    """What became of a guardrail or a slice."""
    rail = check.guardrail
    return {
        "name": rail.name,
        "metric": rail.metric,
        "slice": rail.slice or None,
        "direction": rail.direction,
        "tolerance": rail.tolerance,
        "state": check.state,
        "suspected": check.suspected,
        "effect": check.effect,
        "low": check.low,
        "high": check.high,
        "n": check.n,
        "summary": check.summary,
    }


def family_record(family: Family, members: Sequence[Comparison], judged: Sequence["Verdict"]) -> dict[str, Any] | None:
    """Who was judged together, with raw and adjusted p; None where a comparison stands alone."""
    if family.size == 1:
        return None
    return {
        "name": family.name,
        "kind": family.kind,
        "size": family.size,
        "members": [
            {
                "experiment": f"E-{member.experiment_id}",
                "treatment": member.treatment,
                "baseline": member.baseline,
                "p": verdict.p,
                "p_adjusted": verdict.p_adjusted,
            }
            for member, verdict in zip(members, judged, strict=True)
        ],
    }


def agreement_record(rated: "Rated") -> dict[str, Any]:
    """How far raters agree."""
    found = rated.agreement
    return {
        "metric": rated.metric,
        "name": found.name,
        "value": found.value,
        "low": found.low,
        "high": found.high,
        "level": found.level,
        "items": found.items,
        "raters": found.raters,
        "ratings": rated.ratings,
        "wanted": rated.wanted,
        "below": rated.below,
        "warnings": list(found.warnings),
    }


def plain(value: Any) -> Any:
    """Plain data; numbers that are not finite, and empty texts, are unknown."""
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return None if value == "" else value
