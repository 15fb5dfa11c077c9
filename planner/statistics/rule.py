"""What is fixed before the first result, and what a run brings."""

import math
from dataclasses import dataclass
from typing import Literal

from library.errors import UsageError

Direction = Literal["increase", "decrease"]
Pairing = Literal["seed", "none"]
FamilyKind = Literal["confirmatory", "screen"]
Status = Literal["ok", "nan", "crashed", "excluded"]

LEAST_SEEDS = 3  # below this no interval is ever given
INTERIM_ALPHA = 0.001  # Haybittle–Peto, for an alpha of .05


@dataclass(frozen=True, slots=True)
class Rule:
    """How a result will be judged, written down beforehand. Raises UsageError where it cannot be followed.

    `delta` is the smallest effect worth having, in the metric's unit. `planned_n` counts seed pairs (without pairing:
    runs of the smaller arm). `looks`: "end" = judged once at `planned_n`; a tuple = also at these interim numbers of
    seeds (Haybittle–Peto); "anytime" = after any number of seeds, by an e-process. `family_size` counts all the
    hypotheses that are judged together, itself included; a "screen" is corrected by Benjamini–Hochberg, a
    "confirmatory" family by Holm.
    """

    metric: str
    direction: Direction
    delta: float
    alpha: float = 0.05
    pairing: Pairing = "seed"
    planned_n: int | None = None
    looks: Literal["end", "anytime"] | tuple[int, ...] = "end"
    family: str = ""
    family_size: int = 1
    family_kind: FamilyKind = "confirmatory"

    def __post_init__(self) -> None:
        if self.direction not in ("increase", "decrease"):
            raise UsageError(f"The direction is {self.direction!r}.", mend="Say increase or decrease.")
        if self.pairing not in ("seed", "none"):
            raise UsageError(f"The pairing is {self.pairing!r}.", mend="Say seed or none.")
        if self.family_kind not in ("confirmatory", "screen"):
            raise UsageError(f"The family is {self.family_kind!r}.", mend="Say confirmatory or screen.")
        if not (math.isfinite(self.delta) and self.delta > 0):
            raise UsageError(
                f"The smallest effect worth having is {self.delta}.",
                mend="Give a number above 0, in the metric's unit; the direction says which way is better.",
            )
        if not 0 < self.alpha <= 0.5:
            raise UsageError(f"alpha is {self.alpha}.", mend="Give a number above 0 and at most 0.5; usual is 0.05.")
        if self.planned_n is not None and self.planned_n < 1:
            raise UsageError(f"{self.planned_n} seeds are planned.", mend="Plan at least one, better five to ten.")
        if self.family_size < 1:
            raise UsageError(f"The family has {self.family_size} members.", mend="It counts itself: at least 1.")
        self._check_looks()

    def _check_looks(self) -> None:
        if isinstance(self.looks, str):
            if self.looks not in ("end", "anytime"):
                raise UsageError(f"The looks are {self.looks!r}.", mend="Say end, anytime, or the numbers of seeds.")
            if self.looks == "anytime" and self.pairing == "none":
                raise UsageError(
                    "Looking at any time needs pairs: its test is of paired differences.",
                    mend="Pair by seed, or plan the looks.",
                )
            return
        looks = tuple(self.looks)
        object.__setattr__(self, "looks", looks)  # a list, as read from JSON, is taken too
        if self.planned_n is None:
            raise UsageError("Looks are planned, but not the number of seeds at the end.", mend="Give planned_n too.")
        if not looks or list(looks) != sorted(set(looks)) or looks[0] < LEAST_SEEDS or looks[-1] >= self.planned_n:
            raise UsageError(
                f"The planned looks {', '.join(map(str, looks)) or '(none)'} do not fit {self.planned_n} seeds.",
                mend=f"Give rising numbers of seeds from {LEAST_SEEDS} to below the planned number.",
            )

    @property
    def interim_alpha(self) -> float:
        """The alpha of an interim look: .001, or a fiftieth of alpha where that is less."""
        return min(INTERIM_ALPHA, self.alpha / 50)


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run's value of one metric.

    A value that is missing or not finite counts as "nan" whatever the status says. An empty seed is an unknown one:
    it is never paired.
    """

    arm: str
    seed: str
    value: float | None
    status: Status = "ok"
    reason: str = ""

    @property
    def standing(self) -> Status:
        """The status, with "ok" only where there is a finite value."""
        if self.status == "ok" and (self.value is None or not math.isfinite(self.value)):
            return "nan"
        return self.status
