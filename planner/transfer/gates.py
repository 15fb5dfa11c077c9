"""Stages and gates as `data/programme/gates.toml` describes them."""

import difflib
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

from library.errors import UsageError
from library.paths import reference_data
from library.text import one_line
from planner.decisions.model import What

State = Literal["open", "met", "failed", "waived"]
_SPELLED: Final = {"canary": "shadow", "a/b": "ab", "a-b": "ab", "ab-test": "ab"}


@dataclass(frozen=True, slots=True)
class Gate:
    """What has to hold. `needs`: details without which it cannot be met."""

    id: str
    title: str
    question: str
    from_record: bool = False
    someone_else: bool = False
    once: bool = False
    compared: bool = False
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage and the gates before it. `approval`: whose yes it needs; None for the first, where everything begins."""

    id: str
    title: str
    gates: tuple[Gate, ...]
    approval: What | None = None

    def gate(self, name: str) -> Gate:
        """The gate of that name. Raises UsageError naming the nearest."""
        wanted = one_line(name).lower()
        found = next((gate for gate in self.gates if gate.id == wanted), None)
        if found is None:
            names = [gate.id for gate in self.gates]
            near = difflib.get_close_matches(wanted, names, 1)
            hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(names) or 'none'}."
            raise UsageError(f"{self.title} has no gate “{name}”.", mend=hint)
        return found


@lru_cache(1)
def stages() -> tuple[Stage, ...]:
    """All stages, in order."""
    text = (reference_data() / "programme" / "gates.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)
    gates = {
        name: Gate(name, **{**table, "needs": tuple(table.get("needs", ()))}) for name, table in tables["gates"].items()
    }
    return tuple(
        Stage(name, table["title"], tuple(gates[gate] for gate in table["gates"]), table.get("approval"))
        for name, table in tables["stages"].items()
    )


def stage(name: str) -> Stage:
    """A stage by its name; "canary" and "A/B" are understood. Raises UsageError."""
    wanted = one_line(name).lower()
    wanted = _SPELLED.get(wanted, wanted)
    found = next((each for each in stages() if each.id == wanted), None)
    if found is None:
        raise UsageError(f"There is no stage “{name}”.", mend=f"There are: {', '.join(each.id for each in stages())}.")
    return found


def after(name: str) -> Stage | None:
    """The stage that follows; None after the last."""
    listed = stages()
    place = [each.id for each in listed].index(name)
    return listed[place + 1] if place + 1 < len(listed) else None
