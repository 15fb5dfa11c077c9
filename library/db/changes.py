"""What a write touched, so that every screen showing it can look again."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Change:
    """`topic`: papers, searches, sync, vectors, quarantine, or rows (what is said of papers, not which there are).

    No ids: many.
    """

    topic: str
    ids: tuple[int, ...] = ()
    journal_id: int | None = None
    summary: str = field(default="")
