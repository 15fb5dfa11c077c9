"""What a sentence is, and where it stands."""

import hashlib
from dataclasses import dataclass
from typing import Final, Literal

Source = Literal["abstract", "body", "note"]
SOURCES: Final[tuple[Source, ...]] = ("abstract", "body", "note")


@dataclass(frozen=True, slots=True)
class StoredText:
    """A text of a paper as it is now. `version` of the paper; for a note, of the paper when it was written; for a full
    text, of the paper that the file is of (None where nobody knows)."""

    paper_id: int
    source: Source
    note_id: int | None
    version: int | None
    text: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and its place: `text` is the source's text[start:end], in code points; `position` counts from 1.

    `version`: of the paper (for a note, of the paper when it was written; for a full text, that of its file).
    `text_hash`: sha256 of the source's text.
    """

    paper_id: int
    source: Source
    note_id: int | None
    version: int | None
    position: int
    start: int
    end: int
    text_hash: str
    text: str

    @property
    def hash(self) -> str:
        """Hexadecimal sha256 of the sentence."""
        return sha256(self.text).hex()

    @property
    def name(self) -> str:
        """What a person calls it: "3" of the abstract, "b17" of the full text, "n5.2" of note 5."""
        prefix = {"abstract": "", "body": "b", "note": f"n{self.note_id}."}[self.source]
        return f"{prefix}{self.position}"


def sha256(text: str) -> bytes:
    """sha256 of UTF-8 text."""
    return hashlib.sha256(text.encode()).digest()
