"""The states of a hypothesis, and which move leads where.

    draft ─▶ active ─▶ testing ─▶ supported ─▶ promoted
                 ╲        ╲       refuted
                  ╲        ╲────▶ inconclusive
                   ╲────────────▶ (decided from the literature alone)

Anything but a retired one can be retired. What is decided, promoted or retired can be reopened: it is active again, and
keeps what was found. A decided one may be decided otherwise, since a later verdict may say so. `testing` is entered
when the first run or result comes, and left for `active` again where nothing came of it.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final, Literal, get_args

from library.errors import UsageError

State = Literal["draft", "active", "testing", "supported", "refuted", "inconclusive", "promoted", "retired"]
STATES: Final[tuple[State, ...]] = get_args(State)
LIVE: Final = frozenset({"active", "testing"})  # papers are ranked by these
OUTCOMES: Final = frozenset({"supported", "refuted", "inconclusive"})
MEANING: Final[Mapping[State, str]] = MappingProxyType(
    {
        "draft": "being written; ranks no papers",
        "active": "ready to be tested; new papers are ranked by it",
        "testing": "runs or results are there; new papers are ranked by it",
        "supported": "held to be true after testing",
        "refuted": "held to be false after testing",
        "inconclusive": "tested, and not settled",
        "promoted": "on its way to production",
        "retired": "no longer pursued; what was found stays",
    }
)
MOVES: Final[Mapping[State, tuple[State, ...]]] = MappingProxyType(
    {
        "draft": ("active", "retired"),
        "active": ("draft", "testing", "supported", "refuted", "inconclusive", "retired"),
        "testing": ("active", "supported", "refuted", "inconclusive", "retired"),
        "supported": ("active", "refuted", "inconclusive", "promoted", "retired"),
        "refuted": ("active", "supported", "inconclusive", "retired"),
        "inconclusive": ("active", "supported", "refuted", "retired"),
        "promoted": ("active", "retired"),
        "retired": ("draft", "active"),
    }
)
# Without these nothing could be tested. The direction has a default, so it is never missing.
NEEDED: Final = ("statement", "metric", "direction", "delta")


def refuse_unknown_move(label: str, before: State, after: State) -> None:
    """Raise UsageError where no move leads from `before` to `after`, naming those that do."""
    if after in MOVES[before]:
        return
    if after == before:
        raise UsageError(f"{label} is {before} already.")
    *first, last = MOVES[before]
    ways = f"{', '.join(first)} or {last}" if first else last
    raise UsageError(f"{label} is {before}; from there it goes to {ways}, not to {after}.", mend=_way(label, before))


def _way(label: str, before: State) -> str:
    if before == "draft":
        return f"labtop hypothesis activate {label} comes first."
    if "active" in MOVES[before] and before not in LIVE:
        return f"labtop hypothesis reopen {label} makes it active again."
    return ""


def lacking(values: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the fields that a hypothesis must have to be tested, and that these values lack."""
    return tuple(name for name in NEEDED if values.get(name) is None)
