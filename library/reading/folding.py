"""Text as `critique:` compares it."""

import unicodedata

from library.text import clean


def folded(text: str) -> str:
    """Lower case, without accents, words between single blanks."""
    plain = unicodedata.normalize("NFKD", clean(text).casefold())
    letters = (letter if letter.isalnum() else " " for letter in plain if not unicodedata.combining(letter))
    return " ".join("".join(letters).split())
