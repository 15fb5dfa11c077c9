"""What bulk encoding encodes: which texts lack a vector, what they say, where their vectors go."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from library.vectors import waiting
from library.vectors.waiting import Waiting

if TYPE_CHECKING:
    from library.vectors.stored import Halves


class Task(Protocol):
    """Texts by their hash. Its functions are called one after the other, the last two by a writer."""

    @property
    def what(self) -> str:
        """For the progress line."""
        ...

    def hashes(self, db: sqlite3.Connection, model_id: int | None) -> list[str]:
        """Texts without a vector of that model, each once, in the order to encode them in; None: all texts."""
        ...

    def count(self, db: sqlite3.Connection, model_id: int | None) -> int:
        """How much is left."""
        ...

    def texts(self, db: sqlite3.Connection, hashes: Sequence[str]) -> list[Waiting]:
        """The texts to those hashes, as they are now; one that is gone since is left out."""
        ...

    def store(self, db: sqlite3.Connection, model_id: int, hashes: Sequence[str], vectors: "Halves") -> int:
        """Store vectors; returns how many were new. A text that is gone since gets none."""
        ...

    def forget(self, db: sqlite3.Connection, model_id: int, hashes: Sequence[str]) -> None:
        """Delete the vectors of those texts: they are encoded again."""
        ...


@dataclass(frozen=True, slots=True)
class Papers:
    """The papers' own texts (title and abstract); `only`: among these paper ids."""

    only: Sequence[int] | None = None
    what: str = "encoding"

    def hashes(self, db: sqlite3.Connection, model_id: int | None) -> list[str]:
        """See Task. The newest papers first."""
        return waiting.waiting_hashes(db, model_id, self.only)

    def count(self, db: sqlite3.Connection, model_id: int | None) -> int:
        """See Task. Papers, of the whole library."""
        return waiting.waiting_count(db, model_id)

    def texts(self, db: sqlite3.Connection, hashes: Sequence[str]) -> list[Waiting]:
        """See Task."""
        return waiting.texts(db, hashes)

    def store(self, db: sqlite3.Connection, model_id: int, hashes: Sequence[str], vectors: "Halves") -> int:
        """See Task."""
        from library.vectors.stored import store

        return store(db, model_id, hashes, vectors)

    def forget(self, db: sqlite3.Connection, model_id: int, hashes: Sequence[str]) -> None:
        """See Task. Sentences' vectors of that model go, too: they are made again when next asked for."""
        from library.vectors.stored import forget

        forget(db, model_id, hashes)
        if self.only is None:
            db.execute("DELETE FROM sentence_embedding WHERE model_id = ?", (model_id,))
