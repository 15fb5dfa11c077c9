"""In what share of resampled inputs an item stays in the plan.

In each draw, prior, payoff, loss and costs of every experiment are drawn from their spreads (see spread.py), its value
is reckoned anew, and the plan is solved anew at the same budget. Each input has a stream of random numbers of its own,
made from the seed, the id and the input's name: the same seed gives the same draws, and what is added to the portfolio
or left out changes nobody else's.
"""

import hashlib
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from library.jobs import CancelToken
from planner.prioritisation.formula import information, worth
from planner.prioritisation.inputs import SPREADS
from planner.prioritisation.portfolio import Budget, Item, attempt
from planner.prioritisation.score import Score

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

DRAWS: Final = 200
EVERY: Final = 5
_Z95: Final = 1.959963984540054  # the normal's 97.5 % point


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item with the score its numbers came from; without a score they are taken as certain."""

    item: Item
    score: Score | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """In what share of the draws an item was in, with Wilson's 95 % interval."""

    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Robustness:
    """Where the draws stand. `impossible` draws, in which the locked-in items did not fit, count in no share.

    `shares` is empty as long as no draw had a plan.
    """

    draws: int
    target: int
    impossible: int
    shares: Mapping[str, Share]


def robustness(
    candidates: Sequence[Candidate],
    budget: Budget,
    *,
    done: Collection[str] = (),
    draws: int = DRAWS,
    every: int = EVERY,
    seed: int = 0,
    cancel: CancelToken | None = None,
) -> Iterator[Robustness]:
    """The shares after every few draws, until `draws`. Checks `cancel` before each, and raises what it raises."""
    open_items = [candidate for candidate in candidates if candidate.item.id not in done]
    drawn = [drawn_items(candidate, draws, seed) for candidate in open_items]
    counts = {candidate.item.id: 0 for candidate in open_items}
    impossible = 0
    for number in range(draws):
        if cancel is not None:
            cancel.check()
        plan = attempt([items[number] for items in drawn], budget, done=done)
        if plan is None:
            impossible += 1
        else:
            for name in plan.selected:
                counts[name] += 1
        if (number + 1) % every == 0 or number + 1 == draws:
            solved = number + 1 - impossible
            shares = {name: wilson(count, solved) for name, count in counts.items()} if solved else {}
            yield Robustness(number + 1, draws, impossible, shares)


def drawn_items(candidate: Candidate, draws: int, seed: int) -> list[Item]:
    """The item in each draw. A cost is scaled as the stated cost is; a value is reckoned from what was drawn."""
    item, score = candidate.item, candidate.score
    if score is None:
        return [item] * draws
    drawn = _draw(item.id, score, draws, seed)
    hours = _hours(score, drawn)
    items = []
    for number in range(draws):
        now = {name: float(values[number]) for name, values in drawn.items()}
        items.append(
            replace(
                item,
                value=None if item.value is None else _value(item.value, score, now),
                gpu_hours=_scaled(item.gpu_hours, None if hours is None else float(hours[number]), score.gpu_hours),
                people_days=_scaled(item.people_days, now.get("people_days"), score.people_days),
            )
        )
    return items


def wilson(count: int, total: int) -> Share:
    """Wilson's score interval at 95 % (JASA 1927)."""
    share, z2 = count / total, _Z95**2
    centre = (share + z2 / (2 * total)) / (1 + z2 / total)
    half = _Z95 * math.sqrt(share * (1 - share) / total + z2 / (4 * total**2)) / (1 + z2 / total)
    low = 0.0 if count == 0 else max(0.0, centre - half)
    high = 1.0 if count == total else min(1.0, centre + half)
    return Share(share, low, high)


def _draw(name: str, score: Score, draws: int, seed: int) -> "dict[str, NDArray[np.float64]]":
    import numpy as np

    drawn = {}
    for field in SPREADS:
        spread = getattr(score.inputs, field)
        if spread is not None:
            digest = hashlib.sha256(f"{seed}\0{name}\0{field}".encode()).digest()
            drawn[field] = spread.sample(np.random.default_rng(int.from_bytes(digest)), draws)
    return drawn


def _hours(score: Score, drawn: "Mapping[str, NDArray[np.float64]]") -> "NDArray[np.float64] | None":
    fixed, each = drawn.get("gpu_hours_fixed"), drawn.get("gpu_hours_per_seed")
    if each is None or score.seeds is None:
        return fixed
    return score.seeds * each if fixed is None else fixed + score.seeds * each


def _value(stated: float, score: Score, now: Mapping[str, float]) -> float:
    prior = now.get("prior")
    if prior is None or score.power is None or score.alpha is None:
        return stated
    if score.basis == "bits":
        return information(prior, score.power, score.alpha)
    if "payoff" not in now or "loss" not in now:
        return stated
    return worth(prior, now["payoff"], now["loss"], score.power, score.alpha).evsi


def _scaled(stated: float | None, drawn: float | None, expected: float | None) -> float | None:
    return stated * drawn / expected if stated is not None and drawn is not None and expected else stated
