"""Outcomes from plain numbers."""

from collections.abc import Sequence

from planner.statistics.rule import Outcome, Rule


def runs(arm: str, values: Sequence[float | None]) -> list[Outcome]:
    """One run a seed, seeds 0, 1, 2 …"""
    return [Outcome(arm, str(seed), value) for seed, value in enumerate(values)]


def rule(delta: float = 1.0, n: int | None = 5, **more) -> Rule:
    """A rule on a metric whose name says nothing about its direction."""
    return Rule("score", more.pop("direction", "increase"), delta, planned_n=n, **more)
