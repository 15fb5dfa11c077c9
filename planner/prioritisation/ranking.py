"""Scores of many experiments as ranks, by each of the ways to rank, so that disagreement is visible."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from planner.prioritisation.score import Score

Method = Literal["evsi", "bits", "rice", "ice", "wsjf", "payoff"]
_KEYS: Final[Mapping[Method, Callable[[Score], float | None]]] = {
    "evsi": lambda score: score.per_1000 if score.basis == "evsi" else None,
    "bits": lambda score: _bits_per_1000(score),
    "rice": lambda score: score.rice,
    "ice": lambda score: score.ice,
    "wsjf": lambda score: score.wsjf,
    "payoff": lambda score: score.payoff,
}


@dataclass(frozen=True, slots=True)
class Ranking:
    """`order`: the default order, best first. `ranks[method][id]` counts from 1, equal scores share the better rank.

    None: that method cannot rank it. The order begins with what has an EVSI, goes on with what is ranked by bits alone,
    and ends with what needs input; of equals the lower id comes first.
    """

    order: tuple[str, ...]
    ranks: Mapping[Method, Mapping[str, int | None]]

    def apart(self, method: Method) -> tuple[tuple[str, int], ...]:
        """Where `method` disagrees with EVSI: (id, places that it puts it higher) among those that both rank.

        Largest disagreement first; negative where the method puts it lower.
        """
        own, other = self.ranks["evsi"], self.ranks[method]
        both = [name for name in self.order if own[name] is not None and other[name] is not None]
        places = [(name, _place(own, both, name) - _place(other, both, name)) for name in both]
        return tuple(sorted((pair for pair in places if pair[1]), key=lambda pair: (-abs(pair[1]), pair[0])))


def rank(scores: Mapping[str, Score]) -> Ranking:
    """Rank scores by every method."""
    ranks = {method: _ranks({name: key(score) for name, score in scores.items()}) for method, key in _KEYS.items()}
    bases = ("evsi", "bits", "needs input")
    order = sorted(scores, key=lambda name: (bases.index(scores[name].basis), -(scores[name].per_1000 or 0.0), name))
    return Ranking(tuple(order), ranks)


def _ranks(values: Mapping[str, float | None]) -> dict[str, int | None]:
    known = sorted((value for value in values.values() if value is not None), reverse=True)
    first: dict[float, int] = {}
    for place, value in enumerate(known, 1):
        first.setdefault(value, place)
    return {name: None if value is None else first[value] for name, value in values.items()}


def _place(ranks: Mapping[str, int | None], among: list[str], name: str) -> int:
    own = ranks[name] or 0
    return 1 + sum((ranks[other] or 0) < own for other in among)


def _bits_per_1000(score: Score) -> float | None:
    return None if score.bits is None or not score.cost_gpu_hours else 1000 * score.bits / score.cost_gpu_hours
