"""Whether two names mean one person. Names are what people type, so one person has many spellings, and some that only
look alike: whoever may not decide on their own does not become another person by a Cyrillic letter.
"""

import unicodedata
from typing import Final

# Letters of other scripts that are drawn as Latin ones, in lower case (as they are after casefolding).
_DRAWN_ALIKE: Final = str.maketrans(
    {
        **dict(zip("авекмнорстухіјѕһԁԛԝӏ", "abekmhopctyxijshdqwl", strict=True)),  # Cyrillic
        **dict(zip("αβεζηικμνορτυχ", "abezhikmvoptyx", strict=True)),  # Greek
        "ı": "i",
        "ɑ": "a",
        "ɡ": "g",
        "\N{COMBINING DOT ABOVE}": None,  # what casefolding leaves of İ
    }
)
_LEFT_OUT: Final = frozenset({"Cf", "Cc", "Cs", "Co", "Cn"})  # not seen, or seen by nobody alike


def same(left: str | None, right: str | None) -> bool:
    """Whether two names mean one person: drawn alike but for capitals, blanks, punctuation and width.

    Nobody (None, an empty name) is no person.
    """
    return bool(left) and bool(right) and drawn(left or "") == drawn(right or "")


def drawn(name: str) -> str:
    """What there is to be seen of a name, in one spelling; the name itself where that is nothing."""
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).translate(_DRAWN_ALIKE)
    kept = [
        " " if letter.isspace() or unicodedata.category(letter)[0] == "Z" else letter
        for letter in text
        if (category := unicodedata.category(letter)) not in _LEFT_OUT and category[0] != "P"
    ]
    return " ".join("".join(kept).split()) or name
