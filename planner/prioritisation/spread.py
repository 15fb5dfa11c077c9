"""An input as people state it: one number with a stated spread, or a range of three points.

What is drawn:

    one number, probability    logit-normal: logit(x) = logit(number) + sigma·z; the number is the median
    one number, value or cost  log-normal: x = number·exp(sigma·z); the number is the median
    low..mode..high            PERT (a beta on [low, high] with shape 4), whatever the kind

A score is reckoned with `expected`: the number itself, or the mean (low + 4·mode + high)/6 of the range. PERT: Malcolm,
Roseboom, Clark, Fazar: Application of a technique for research and development program evaluation, 1959.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, Self

from library.errors import UsageError
from library.text import one_line

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Kind = Literal["probability", "value", "cost"]

# The spread of one number stated without a range: a value may well be half or one and a half times what was said, a
# cost a third off, a prior of .50 anything from .38 to .62 (each at one standard deviation, roughly).
DEFAULT_SIGMA: Final[Mapping[Kind, float]] = {"probability": 0.5, "value": 0.5, "cost": 0.3}
_MEND: Final = "Write one number, such as 120, or low..mode..high, such as 80..120..200."


@dataclass(frozen=True, slots=True)
class Spread:
    """A number with its uncertainty. Either `sigma` is there (one number) or `low` and `high` are (a range).

    `sigma` is on the log scale of a value or cost, on the logit scale of a probability.
    """

    kind: Kind
    mode: float
    low: float | None = None
    high: float | None = None
    sigma: float | None = None

    def __post_init__(self) -> None:
        if (self.low is None) != (self.high is None):
            raise UsageError("A range needs its low and its high end.", mend=_MEND)
        if self.low is None and self.sigma is None:
            object.__setattr__(self, "sigma", DEFAULT_SIGMA[self.kind])
        if self.low is not None and self.sigma is not None:
            raise UsageError("A range has no sigma: its ends say how wide it is.", mend="Leave one of the two out.")
        if self.sigma is not None and not (math.isfinite(self.sigma) and self.sigma >= 0):
            raise UsageError(f"A sigma is a number from 0 up, not {self.sigma:g}.")
        for number in self._points():
            _check(self.kind, number)
        if list(self._points()) != sorted(self._points()):
            raise UsageError(f"{self} does not ascend.", mend="Write low..mode..high, smallest first.")

    def _points(self) -> tuple[float, ...]:
        if self.low is None or self.high is None:
            return (self.mode,)
        return (self.low, self.mode, self.high)

    @property
    def expected(self) -> float:
        """The number that a score is reckoned with."""
        if self.low is None or self.high is None:
            return self.mode
        return (self.low + 4 * self.mode + self.high) / 6

    def sample(self, generator: "np.random.Generator", draws: int) -> "NDArray[np.float64]":
        """`draws` numbers, shape (draws,). The first ones are the same however many are drawn."""
        import numpy as np

        if self.low is not None and self.high is not None:
            width = self.high - self.low
            if width == 0:
                return np.full(draws, self.mode)
            rise, fall = 1 + 4 * (self.mode - self.low) / width, 1 + 4 * (self.high - self.mode) / width
            # Rounding may step over an end by one unit in the last place.
            return np.clip(self.low + width * generator.beta(rise, fall, draws), self.low, self.high)
        noise = (self.sigma or 0.0) * generator.standard_normal(draws)
        if self.kind == "probability":
            return 1 / (1 + (1 / self.mode - 1) * np.exp(-noise))
        return self.mode * np.exp(noise)

    def __str__(self) -> str:
        return "..".join(f"{number:g}" for number in self._points())

    def to_json(self) -> dict[str, float]:
        """{mode, sigma} or {low, mode, high}; the field that it stands in says which kind it is."""
        if self.low is None or self.high is None:
            return {"mode": self.mode, "sigma": self.sigma or 0.0}
        return {"low": self.low, "mode": self.mode, "high": self.high}

    @classmethod
    def parse(cls, kind: Kind, stated: "str | float | Mapping[str, Any] | Spread") -> Self:
        """ "120", "80..120..200", 120, {"mode": 120, "sigma": 0.3} or {"low": 80, "mode": 120, "high": 200}.

        Raises UsageError where it is none of these, or is no possible number of that kind.
        """
        if isinstance(stated, Spread):
            return cls(kind, stated.mode, stated.low, stated.high, stated.sigma)
        if isinstance(stated, Mapping):
            unknown = sorted(map(str, stated.keys() - {"low", "mode", "high", "sigma"}))
            if unknown or "mode" not in stated:
                what = f"does not know {', '.join(unknown)}" if unknown else "needs a mode"
                raise UsageError(f"A range {what}.", mend="It has low, mode and high, or mode and sigma.")
            optional = {
                name: _number(stated[name]) for name in ("low", "high", "sigma") if stated.get(name) is not None
            }
            return cls(kind, _number(stated["mode"]), **optional)
        if isinstance(stated, str):
            parts = stated.split("..")
            if len(parts) == 3:
                low, mode, high = (_number(part) for part in parts)
                return cls(kind, mode, low, high)
            if len(parts) != 1:
                raise UsageError(f"“{one_line(stated)}” has two points.", mend=_MEND)
        return cls(kind, _number(stated))


def _number(stated: object) -> float:
    if isinstance(stated, bool) or not isinstance(stated, str | int | float):
        raise UsageError(f"“{one_line(str(stated))}” is no number.", mend=_MEND)
    try:
        return float(stated)
    except (ValueError, OverflowError) as error:
        raise UsageError(f"“{one_line(str(stated))}” is no number.", mend=_MEND) from error


def _check(kind: Kind, number: float) -> None:
    if not math.isfinite(number):
        raise UsageError(f"{number} is no finite number.", mend=_MEND)
    if kind == "probability" and not 0 < number < 1:
        raise UsageError(f"A probability lies between 0 and 1, and {number:g} does not.", mend="Write 0.4 for 40 %.")
    if number < 0:
        what = "A cost" if kind == "cost" else "A payoff or a loss"
        raise UsageError(f"{what} is stated as a number from 0 up, not {number:g}.", mend="Leave the minus sign out.")
