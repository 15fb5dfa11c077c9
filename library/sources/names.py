"""BibTeX names: people split into their parts, bodies in braces kept whole, "and others" remembered."""

import re
from collections.abc import Iterator

from library.papers.model import Author
from library.sources.latex import latex_to_text
from library.sources.reference import known, literal, person, printed

_JOINT = re.compile(r"\\.|[{}]|(?<!\S)and(?!\S)", re.IGNORECASE | re.DOTALL)
_INITIALS = re.compile(r"(?:[A-Z]\.?[ -]?){1,4}")


def authors_of(value: str) -> tuple[tuple[Author, ...], bool]:
    """The people in an author or editor field, and whether the list was cut ("and others", "et al.")."""
    if not value.strip():
        return (), False
    names = [name for name in _apart(re.sub(r"\s+", " ", value)) if name]
    kept = [name for name in names if latex_to_text(name).lower() not in ("others", "et al.", "et al", "...")]
    cut = len(kept) < len(names)
    if kept and re.search(r",?\s+et\.? al\.?$", kept[-1]):
        kept[-1], cut = re.sub(r",?\s+et\.? al\.?$", "", kept[-1]), True
    return known(author for name in kept for author in _people(name)), cut


def readable_names(value: str) -> str:
    """A name field in which every name is one: what strict readers refuse (too many commas) is put in braces."""
    from bibtexparser.middlewares.names import InvalidNameError, parse_single_name_into_parts

    names = []
    for name in _apart(value):
        try:
            parse_single_name_into_parts(name)
            names.append(name)
        except InvalidNameError:
            names.append("{" + re.sub(r"[{}]", "", name).strip(" ,") + "}")
    return " and ".join(name for name in names if name)


def _apart(value: str) -> list[str]:
    """Names parted by "and" outside braces. bibtexparser's splitter loses a command at the beginning of a name."""
    names, start, level = [], 0, 0
    for found in _JOINT.finditer(value):
        if found[0] in "{}":
            level = level + 1 if found[0] == "{" else max(0, level - 1)
        elif level == 0 and not found[0].startswith("\\"):
            names.append(value[start : found.start()].strip())
            start = found.end()
    return [*names, value[start:].strip()]


def _people(name: str) -> Iterator[Author | None]:
    """Usually one. Some people put commas between names: "Marchi, E., Li, H." and "Ada Lovelace, Alan Turing, …"."""
    parts = [part.strip() for part in name.split(",")]
    if len(parts) < 3 or "{" in name or not all(parts):
        yield _author(name)
    elif len(parts) >= 4 and len(parts) % 2 == 0 and all(_INITIALS.fullmatch(part) for part in parts[1::2]):
        for family, given in zip(parts[::2], parts[1::2], strict=True):
            yield person(latex_to_text(family), latex_to_text(given))
    elif all(" " in part for part in parts):
        for part in parts:
            yield _author(part)
    else:
        yield _author(name)


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
