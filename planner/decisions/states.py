"""The states of a decision memo, which moves are allowed, and what a decision goes against."""

from typing import Final, Literal

State = Literal["draft", "proposed", "accepted", "rejected", "superseded"]
STATES: Final[tuple[State, ...]] = ("draft", "proposed", "accepted", "rejected", "superseded")

# state → the states it may go to. Accepting and rejecting are approvals, never one's own; an accepted decision is
# replaced by another that supersedes it, it is not changed.
MOVES: Final[dict[State, tuple[State, ...]]] = {
    "draft": ("proposed",),
    "proposed": ("draft", "accepted", "rejected"),
    "accepted": ("superseded",),
    "rejected": ("proposed",),
    "superseded": (),
}
EDITABLE: Final[tuple[State, ...]] = ("draft", "proposed", "rejected")

# What the newest confirmatory verdict says, the strictest first: a supported one that a guardrail blocks is "blocked",
# one that an incident throws doubt on is "doubtful", "none" means that nothing confirmatory was found.
Outcome = Literal["supported", "refuted", "inconclusive", "blocked", "doubtful", "none"]
AGAINST: Final[dict[str, tuple[Outcome, ...]]] = {
    "proceed": ("refuted", "inconclusive", "blocked", "doubtful", "none"),
    "pivot": ("supported",),
    "stop": ("supported",),
}


def allowed(before: State, after: State) -> bool:
    """Whether a memo may go from one state to the other."""
    return after in MOVES[before]
