"""Signs and tones of what an experiment is and brought: the same wherever one is shown."""

from collections.abc import Mapping
from typing import Final

from planner.experiments.model import Kind, State, VerdictRow
from tui.widgets.table_lines import Part

# A sign and its tone: "", quiet, accent, good, warn, bad.
STATES: Final[Mapping[State, Part]] = {
    "idea": ("○", "quiet"),
    "ready": ("◔", ""),
    "planned": ("◑", "accent"),
    "running": ("▶", "accent"),
    "analysing": ("◕", "accent"),
    "done": ("●", "good"),
    "dropped": ("–", "quiet"),
}
KINDS: Final[Mapping[Kind, Part]] = {"exploration": ("·", "quiet"), "transfer-ready": ("◆", "accent")}
VERDICTS: Final[Mapping[str, Part]] = {
    "supported": ("●", "good"),
    "refuted": ("✗", "bad"),
    "inconclusive": ("?", "warn"),
}
STYLES: Final[Mapping[str, str]] = {
    "": "",
    "quiet": "$quiet",
    "accent": "$accent",
    "good": "$success",
    "warn": "$warning",
    "bad": "$error",
    "strong": "bold",
}
GATES: Final[Mapping[str, Part]] = {
    "met": ("●", "good"),
    "open": ("○", "quiet"),
    "failed": ("✗", "bad"),
    "waived": ("▲", "warn"),
}
LOCKED_IN: Final[Part] = ("⊕", "accent")
VETOED: Final[Part] = ("⊖", "warn")
BLOCKED: Final[Part] = ("▲", "warn")
STALE: Final[Part] = ("◌", "quiet")
DATA: Final[Part] = ("⚐", "warn")
EDITED: Final[Part] = ("✎", "quiet")
LACKING: Final[Part] = ("…", "quiet")


def verdict_part(verdict: VerdictRow | None) -> Part:
    """Sign and tone of a verdict; what is supported and blocked, or not cleared, is to be watched."""
    if verdict is None:
        return ("", "quiet")
    return verdict_sign(verdict.state, bool(verdict.blocked_by or verdict.suspected))


def verdict_sign(state: str | None, blocked: bool) -> Part:
    """The same from the state alone; no sign without a verdict."""
    if state is None:
        return ("", "quiet")
    return ("▲", "warn") if state == "supported" and blocked else VERDICTS.get(state, ("?", "warn"))
