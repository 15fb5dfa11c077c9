"""What is asked about a gate, about the next stage and about going back, as small forms."""

from typing import Any, Final

from library.records.field import Field, FieldError
from library.records.kind import Kind
from planner.transfer.commands import GATE_STATES
from planner.transfer.gates import Gate
from planner.transfer.model import GateState

MEANING: Final = {
    "open": "nobody has said yet",
    "met": "it holds; the note says what that rests on",
    "failed": "it was looked at and does not hold",
    "waived": "it goes on without it: needs the reason and whoever may allow that",
}
_NOTE: Final = Field("note", "text", "Note", "What it rests on, or for a waiver the reason")
_EXTRA: Final = {
    "owner": Field("owner", "line", "Owner", "Who answers the monitor's alarms"),
    "thresholds": Field("thresholds", "line", "Thresholds", "What raises an alarm, such as: p95 above 120 ms"),
    "review_on": Field("review_on", "day", "Review on", "When the launch is looked at again"),
}
_MEASURED: Final = (
    Field("value", "number", "Measured", "Latency or cost as it was measured"),
    Field("target", "number", "Target", "What it must not exceed"),
    Field("unit", "line", "Unit", "Of both, such as: ms"),
)
ASK: Final = Kind(
    "request",
    "requests",
    "transfer",
    "",
    "note",
    (Field("note", "line", "To know", "What whoever approves should know, such as: canary, 1 % of traffic"),),
)
BACK: Final = Kind(
    "rollback",
    "rollbacks",
    "transfer",
    "",
    "reason",
    (Field("reason", "text", "Why", "Why it is taken back", required=True),),
)


def kind_of(gate: Gate, authority: str) -> Kind:
    """What is asked about a gate; what the record says of it can only be waived."""
    states = ("open", "waived") if gate.from_record else GATE_STATES
    fields = (
        Field("state", "choice", "State", gate.question, required=True, choices=states),
        *(_MEASURED if gate.compared else ()),
        *(_EXTRA[name] for name in gate.needs),
        _NOTE,
        Field("authority", "line", "Allowed by", f"Only for a waiver: {authority}"),
    )
    return Kind("gate", "gates", "transfer", "", "note", fields)


def filled_of(gate: GateState) -> dict[str, str]:
    """What was said of it last; of what nobody has spoken of, that it is met."""
    if gate.gate.from_record:
        waived = gate.state == "waived"
        return {
            "state": "waived",
            "note": gate.why if waived else "",
            "authority": str(gate.details.get("authority", "")),
        }
    said = {name: f"{value:g}" if isinstance(value, float) else str(value) for name, value in gate.details.items()}
    state = "met" if gate.state == "open" else gate.state
    by_hand = gate.person is not None and gate.state != "open"
    return {**said, "state": state, "note": gate.why if by_hand else ""}


def check(gate: Gate, state: str, note: Any, authority: Any, details: dict[str, Any]) -> None:
    """Raise FieldError at the field that a state lacks; whether the rest may be said so, the command knows."""
    if state == "waived" and not note:
        raise FieldError("note", "a waiver needs its reason")
    if state == "waived" and not authority:
        raise FieldError("authority", "a waiver needs whoever may allow it")
    if state == "met":
        missing = [name for name in gate.needs if not details.get(name)]
        if missing:
            raise FieldError(missing[0], "it is met only with this")
    if ("value" in details or "target" in details) and bool(details.get("value")) != bool(details.get("target")):
        raise FieldError("target" if details.get("value") else "value", "a value and its target go together")
    if state in ("met", "failed") and not note and not any(details.values()):
        raise FieldError("note", "what does that rest on?")
