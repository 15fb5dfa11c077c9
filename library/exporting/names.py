"""Names as formats take them apart.

Suffixes and particles are found again in a family name. arXiv's feeds print names whole; such a name is split as every
BibTeX program splits it, at its last word and the particles before it, unless a word in it says that it is a body.
"""

import re
from typing import Final

from library.papers.model import Author

_SUFFIX: Final = re.compile(r"(?P<family>.+?),?\s+(?P<suffix>Jr\.?|Sr\.?|I{2,3}|IV|VI{0,3})$")
# Lower-case words in front of a family name. A capital letter ends them: "De Vries" is sorted under D.
_PARTICLE: Final = re.compile(
    r"(?P<particle>(?:(?:van|von|vom|zu|zum|zur|de|del|della|dello|degli|dei|der|den|des|di|da|do|dos|das|du|la|le|lo|"
    r"ten|ter|te|af|av|el|al|bin|ibn|ben|y)\s+)+)(?P<family>\S.*)"
)


def suffix_of(family: str) -> tuple[str, str]:
    """("King", "Jr.") of "King Jr."; the suffix is empty where there is none."""
    match = _SUFFIX.fullmatch(family)
    return (match["family"], match["suffix"]) if match else (family, "")


def particle_of(family: str) -> tuple[str, str]:
    """("van der", "Waals") of "van der Waals"; the particle is empty where there is none."""
    match = _PARTICLE.fullmatch(family)
    return (match["particle"].strip(), match["family"]) if match else ("", family)


_BODY: Final = re.compile(
    r"\b(?:collaborations?|teams?|groups?|consortium|university|institutes?|laborator(?:y|ies)|labs?|inc|ltd|llc|gmbh|"
    r"corporation|company|foundation|association|society|organi[sz]ation|committee|council|agency|department|project|"
    r"network|community|research|and|of|the|for|on|in)\b|[\d&/@:;()\[\]{}<>\"$\\=+_|]",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"[^\W\d_][\w.’'‐-]*\.?")


def split(author: Author) -> tuple[str, str]:
    """(family, given), the suffix with the family; ("", "") where the name stays whole: a body, one word, no words."""
    if author.family:
        return (author.family, author.given) if author.given else ("", "")
    words = author.name.split()
    if len(words) < 2 or len(words) > 6 or "," in author.name or _BODY.search(author.name):
        return "", ""
    if not all(_WORD.fullmatch(word) for word in words):
        return "", ""
    at = len(words) - (2 if len(words) > 2 and suffix_of(" ".join(words[-2:]))[1] else 1)
    while at > 1 and _PARTICLE.fullmatch(f"{words[at - 1]} x"):
        at -= 1
    return " ".join(words[at:]), " ".join(words[:at])
