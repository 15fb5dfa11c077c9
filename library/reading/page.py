"""What people wrote on a paper while reading it, and whether its abstract has changed since: what stands beside it."""

import sqlite3
from dataclasses import dataclass

from library.reading.changes import Outdated, outdated
from library.reading.critiques import critiques_of
from library.reading.model import Critique, Quote
from library.reading.quotes import quotes_of


@dataclass(frozen=True, slots=True)
class Written:
    """Critiques (one's own first) and quotes of a paper; `outdated`: what a person did on an earlier text of it."""

    critiques: tuple[Critique, ...]
    quotes: tuple[Quote, ...]
    outdated: Outdated | None


def written(db: sqlite3.Connection, person: str, paper_id: int) -> Written:
    """What stands beside a paper for `person`. Raises NotFound."""
    critiques = sorted(critiques_of(db, paper_id), key=lambda each: each.person != person)
    return Written(tuple(critiques), quotes_of(db, paper_id), outdated(db, person, paper_id))
