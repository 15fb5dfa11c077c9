"""Members' names: one line each, and one spelling by which they are told apart."""

import unicodedata
from typing import Final

from library.errors import UsageError
from library.text import one_line, shortened

LONGEST: Final = 80


def member_name(text: str) -> str:
    """A name as it is stored. Raises UsageError for one that nobody could see or say."""
    name = one_line(text)
    if not any(letter.isalnum() for letter in name) or len(name) > LONGEST:
        raise UsageError(f"“{shortened(name)}” is no name: it has 1 to {LONGEST} characters, a letter among them.")
    return name


def name_key(name: str) -> str:
    """What stays the same of a name in capitals, in full width, with other blanks."""
    return " ".join(unicodedata.normalize("NFKC", one_line(name)).casefold().split())
