"""BibTeX names: people split into their parts, bodies in braces kept whole, "and others" remembered."""

import re

from library.papers.model import Author
from library.sources.latex import latex_to_text
from library.sources.reference import known, literal, person, printed


def authors_of(value: str) -> tuple[tuple[Author, ...], bool]:
    """The people in an author or editor field, and whether the list was cut ("and others", "et al.")."""
    if not value.strip():
        return (), False
    from bibtexparser.middlewares.names import split_multiple_persons_names

    value = re.sub(r"\s+", " ", value)
    names = [name.strip() for name in split_multiple_persons_names(value) if name.strip()]
    kept = [name for name in names if latex_to_text(name).lower() not in ("others", "et al.", "et al", "...")]
    cut = len(kept) < len(names)
    if kept and re.search(r",?\s+et\.? al\.?$", kept[-1]):
        kept[-1], cut = re.sub(r",?\s+et\.? al\.?$", "", kept[-1]), True
    return known(_author(name) for name in kept), cut


def _author(name: str) -> Author | None:
    from bibtexparser.middlewares.names import parse_single_name_into_parts

    if _is_one_group(name):
        return literal(latex_to_text(name))
    if re.match(r"(?:family|given|prefix)\s*=", name, re.IGNORECASE):
        return _extended(name)
    parts = parse_single_name_into_parts(name.strip(" ,"), strict=False)
    family = " ".join([*parts.von, *parts.last])
    given, suffix = " ".join(parts.first), " ".join(parts.jr)
    if not family and given:
        return printed(latex_to_text(given))
    return person(latex_to_text(family), latex_to_text(given), latex_to_text(suffix))


def _extended(name: str) -> Author | None:
    """BibLaTeX's "family=Beethoven, given=Ludwig, prefix=van"."""
    parts = {}
    for piece in name.split(","):
        key, _, value = piece.partition("=")
        parts[key.strip().lower()] = latex_to_text(value)
    family = f"{parts.get('prefix', '')} {parts.get('family', '')}".strip()
    return person(family, parts.get("given", ""), parts.get("suffix", ""))


def _is_one_group(name: str) -> bool:
    """Whether the whole name stands in one pair of braces and is more than one accented letter."""
    if not (name.startswith("{") and name.endswith("}")) or name.startswith("{\\"):
        return False
    level = 0
    for position, character in enumerate(name):
        level += (character == "{") - (character == "}")
        if level == 0:
            return position == len(name) - 1
    return False
