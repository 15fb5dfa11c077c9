"""What a format is handed: papers one after another, and what is said about all of them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from library.papers.model import Author, Paper

FormatName = Literal["bibtex", "ris", "csl", "csv", "markdown", "jsonl"]


@dataclass(frozen=True, slots=True)
class Item:
    """One paper on its way out. `key`: its citation key.

    `facts`: what a list says of it beyond what is stored of the paper (a queue: state, position, due …). `whole`: what
    only JSON lines take along: the full text, and the texts of earlier versions.
    """

    paper: Paper
    key: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    whole: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class About:
    """What holds of the whole list. `columns`: the names of all facts; `demo`: of the sample workspace."""

    title: str = "Papers"
    demo: bool = False
    columns: tuple[str, ...] = ()


Write = Callable[[Iterator[Item], About], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Format:
    """`write` makes the text of a file piece by piece; `whole`: it takes full texts and earlier versions, too."""

    name: FormatName
    suffix: str
    about: str
    write: Write
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Publication:
    """Where a paper appeared, in plain text. `kind`: a BibTeX entry type, or "preprint", or "document".

    `edited`: its authors are its editors. `fields`: volume, number, pages … under BibTeX's names.
    """

    kind: str
    container: str = ""
    editors: tuple[Author, ...] = ()
    edited: bool = False
    fields: Mapping[str, str] = field(default_factory=dict)
