"""What a write touched, so that every screen showing it can look again."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """`topic`: papers, searches, interests, sync, vectors, sentences, quarantine, ranking, programme (hypotheses,
    experiments, roadmap, decisions), club, or rows (what is said of papers, not which there are). Without `ids` it may
    be any.
    `journal_id` is None where nothing had to be changed.
    """

    topic: str
    ids: tuple[int, ...] = ()
    journal_id: int | None = None
    summary: str = ""
