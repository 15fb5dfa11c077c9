"""What ranking has stored, as triage needs it: scores by paper, and the line."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from library.ranking.stored import Line, RankedPaper


@dataclass(frozen=True, slots=True)
class Standing:
    """Scores of papers for a person. A paper that is not in `scores` is not ranked yet: unknown, not low."""

    scores: "dict[int, RankedPaper]"
    line: "Line"
    model_hash: str | None

    def above(self, paper_id: int) -> bool:
        """Whether its score is on or above the line."""
        found, line = self.scores.get(paper_id), self.line.score
        return found is not None and line is not None and found.score >= line


def standing(db: sqlite3.Connection, person: str, paper_ids: Sequence[int]) -> Standing:
    """How the papers stand now."""
    from library.ranking import stored

    return Standing(stored.scores(db, person, paper_ids), stored.line(db, person), stored.state(db, person).model_hash)
