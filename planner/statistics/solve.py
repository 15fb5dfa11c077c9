"""Roots of monotone functions, by halving: no derivative, no failure, exact to the last bits."""

from collections.abc import Callable


def root(function: Callable[[float], float], low: float, high: float) -> float:
    """Where a monotone function crosses 0 between `low` and `high`. Raises ValueError where it has one sign there."""
    at_low, at_high = function(low), function(high)
    if at_low == 0:
        return low
    if at_high == 0:
        return high
    if (at_low < 0) == (at_high < 0):
        raise ValueError(f"no change of sign between {low} and {high}")
    while True:
        middle = low + (high - low) / 2
        if not low < middle < high:
            return middle
        value = function(middle)
        if value == 0:
            return middle
        if (value < 0) == (at_low < 0):
            low = middle
        else:
            high = middle


def smallest(holds: Callable[[int], bool], low: int, most: int) -> int | None:
    """The smallest whole number from `low` to `most` that holds, where all above it hold too; None where none does."""
    if low > most:
        return None
    step, high = 1, low
    while not holds(high):
        if high == most:
            return None
        low = high + 1
        high = min(most, high + step)
        step *= 2
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return high
