"""What a write touched, so that every screen showing it can look again."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Change:
    """`topic` is a table's subject (papers, notes, tags, searches, sync, vectors); no ids means "many"."""

    topic: str
    ids: tuple[int, ...] = ()
    journal_id: int | None = None
    summary: str = field(default="")
