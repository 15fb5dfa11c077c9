"""0/1 programmes by HiGHS (scipy.optimize.milp), to proven optimality, checked, and without a word to the terminal.

The gap that HiGHS stops at by default (1e-4) misses the optimum often enough to matter: it is set to 0. What it returns
is rounded and held against every row before it is believed. It lets go of the interpreter while it works, so a thread
suffices to keep a dashboard moving; it cannot be interrupted, only given a time limit.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from library.errors import LabtopError
from planner.prioritisation.silence import without_c_output

# HiGHS stops within an absolute gap of 1e-6 that scipy cannot set: values are scaled so that this is nothing.
_SCALE: Final = 1e4
_TOLERANCE: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Row:
    """low ≤ Σ weights·x ≤ high. `text` names it for a person; empty: nobody demanded it. `budget`: it limits a sum."""

    text: str
    weights: Mapping[int, float]
    low: float = -math.inf
    high: float = math.inf
    budget: bool = False

    def keeps(self, taken: Sequence[bool]) -> bool:
        """Whether a choice keeps it, to one part in a million."""
        total = math.fsum(weight for number, weight in self.weights.items() if taken[number])
        end = self.high if math.isfinite(self.high) else self.low
        slack = _TOLERANCE * max(1.0, abs(end))
        return self.low - slack <= total <= self.high + slack


@dataclass(frozen=True, slots=True)
class Solution:
    """`taken[i]`: whether x_i is 1. `optimal`: proven. `bound`: what no choice can pass; `gap` relative to it."""

    taken: tuple[bool, ...]
    optimal: bool
    bound: float
    gap: float
    status: str


def maximise(values: Sequence[float], rows: Sequence[Row], *, time_limit: float | None = None) -> Solution | None:
    """The choice of 0 and 1 with the highest total value that keeps all rows; None where none does.

    Raises LabtopError where the solver gave no answer it could stand by (in the time limit, in seconds).
    """
    if not values:
        return Solution((), True, 0.0, 0.0, "nothing to choose from") if all(row.keeps(()) for row in rows) else None
    for presolve in (True, False):
        found = _highs(values, rows, presolve=presolve, time_limit=time_limit)
        if found.status == 2:
            return None
        if found.x is None:
            if found.status == 1 and time_limit is not None:
                raise LabtopError(f"No plan was found within {time_limit:g} s.", mend="Give it more time.")
            continue
        taken = tuple(bool(x > 0.5) for x in found.x)
        if all(row.keeps(taken) for row in rows):
            total = math.fsum(value for value, x in zip(values, taken, strict=True) if x)
            proven = found.status == 0
            bound = total if proven else max(total, -found.mip_dual_bound * _unit(values))
            gap = (bound - total) / bound if bound > total else 0.0
            return Solution(taken, proven, bound, gap, "optimal" if proven else "stopped at the time limit")
    raise LabtopError(
        f"The solver gave no plan that keeps all constraints ({found.message}).", mend="Change a cost by a little."
    )


def _highs(values: Sequence[float], rows: Sequence[Row], *, presolve: bool, time_limit: float | None) -> Any:
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    unit = _unit(values)
    entries = [(weight, line, number) for line, row in enumerate(rows) for number, weight in row.weights.items()]
    weights, lines, numbers = zip(*entries, strict=True) if entries else ((), (), ())
    matrix = csr_array((weights, (lines, numbers)), shape=(len(rows), len(values)), dtype=float)
    options: dict[str, float | bool] = {"mip_rel_gap": 0.0, "presolve": presolve}
    if time_limit is not None:
        options["time_limit"] = time_limit
    with without_c_output():
        return milp(
            [-value / unit for value in values],
            integrality=np.ones(len(values)),
            bounds=Bounds(0, 1),
            constraints=LinearConstraint(matrix, [row.low for row in rows], [row.high for row in rows]),
            options=options,
        )


def _unit(values: Sequence[float]) -> float:
    return (max(map(abs, values)) or 1.0) / _SCALE
