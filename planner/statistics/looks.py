"""When a result is looked at decides how strictly: the alpha of this look, and what to say about it."""

from dataclasses import dataclass
from typing import Literal

from library.text import counted
from planner.statistics.rule import Rule


@dataclass(frozen=True, slots=True)
class Look:
    """The alpha that holds at this number of seeds."""

    alpha: float
    kind: Literal["end", "interim", "anytime"]
    warnings: tuple[str, ...] = ()


def look_at(rule: Rule, n: int, tried_seeds: int) -> Look:
    """The look at `n` seed pairs of which `tried_seeds` were started.

    Planned looks (Haybittle 1971, Peto 1976): rule.interim_alpha before planned_n, then the full alpha; in total at
    most alpha + .001 a look. A look before the end that nobody planned is held to the interim alpha too. Seeds lost to
    crashes are no early stop; stopping early or adding seeds is, where no look was planned.
    """
    if rule.looks == "anytime":
        return Look(rule.alpha, "anytime")
    if rule.looks == "end":
        return Look(rule.alpha, "end", _unplanned(rule, n, tried_seeds))
    planned = rule.planned_n or 0
    if n < planned and tried_seeds < planned:
        told = (
            ()
            if n in rule.looks or (n < tried_seeds and tried_seeds in rule.looks)
            else (
                f"{counted(n, 'seed')} is not one of the planned looks ({', '.join(map(str, rule.looks))}, end at "
                f"{planned}): judged as an interim look.",
            )
        )
        return Look(rule.interim_alpha, "interim", told)
    return Look(rule.alpha, "end", _unplanned(rule, n, tried_seeds))


def _unplanned(rule: Rule, n: int, tried_seeds: int) -> tuple[str, ...]:
    if rule.planned_n is None:
        return (
            "No number of seeds was fixed beforehand: where results decided when to stop, the error rates do not hold.",
        )
    if n == rule.planned_n or (n < rule.planned_n <= tried_seeds):
        return ()
    how = "stopping when" if n < rule.planned_n else "adding seeds until"
    return (
        f"{counted(n, 'seed')} where {rule.planned_n} were planned, and no such look: {how} a result looks good finds "
        "effects that are not there (27 % instead of 5 % when looking after every seed).",
    )
