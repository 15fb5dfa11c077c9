"""Reasons that people give: one line each, kept whole or not at all."""

from typing import Final

from library.errors import UsageError
from library.text import one_line

LONGEST: Final = 1_000


def reason_of(text: str | None) -> str:
    """A reason as it is stored; empty where none was given. Raises UsageError for one that is too long to be a line."""
    said = one_line(text or "")
    if len(said) > LONGEST:
        raise UsageError(
            f"A reason has at most {LONGEST:,} characters; this has {len(said):,}.",
            mend="Say it shorter; a note or a memo has room for more.",
        )
    return said
